"""Processes by their command, as the process table has them."""

import time

CURRENT = 15.0  # seconds since a walk of the process table began, in which it finds new programs for others too


class Commands:
    """Index of the process table: what looks for a program need not read the stat of each of 10 000 processes."""

    def __init__(self) -> None:
        self.by_pid = {}  # type: dict[int, bytes]
        self.by_name = {}  # type: dict[bytes, set[int]]
        self.walked = float("-inf")

    def put(self, pid: int, name: bytes) -> None:
        """`name`: of /proc/PID/stat, without parentheses."""
        if self.by_pid.get(pid) != name:
            self.drop(pid)
            self.by_pid[pid] = name
            self.by_name.setdefault(name, set()).add(pid)

    def drop(self, pid: int) -> None:
        name = self.by_pid.pop(pid, None)
        if name is None:
            return
        self.by_name[name].discard(pid)
        if not self.by_name[name]:
            del self.by_name[name]

    def starting(self, prefixes: "tuple[bytes, ...]") -> "list[int] | None":
        """Processes whose command starts with one of these; None where the process table is not read."""
        if time.monotonic() - self.walked > CURRENT:
            return None
        return [pid for name, pids in list(self.by_name.items()) if name.startswith(prefixes) for pid in list(pids)]

    def named(self, name: bytes) -> "list[int] | None":
        """As `starting`, of the whole command."""
        return list(self.by_name.get(name, ())) if time.monotonic() - self.walked <= CURRENT else None
