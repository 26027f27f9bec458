"""Processes near their limits."""

import os

from crashcart_collector.hangs import Reading
from crashcart_collector.sampling import pids_of

MYPY = False
if MYPY:
    from typing import List, Optional, Tuple

    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.readers import Job

    # Processes with what is known of them; None of one that has gone.
    Step = List[Tuple[int, Optional["Usage"]]]

AT_ONCE = 2000  # processes in one reading, 4 us each; the others by turns
BATCH = 50  # in one step: a step by itself costs more than a process
FILES_READ = 1200  # limits and states in one reading, 15 us each
AGAIN = 30  # readings after which the limits of a process are read again,
AGAIN_LISTED = 6  # and its open files, where stat(2) does not count them
MANY = 100  # open files from which limits are read at once
MOST_ENTRIES = 20000  # open files that are then listed in one reading
NAMED = 10
NEAR = 0.5  # of a limit: read again each time
LEAST_PROCESSES = 64  # a lower RLIMIT_NPROC is there to forbid new processes


class Usage:
    """What is known of a process."""

    __slots__ = ("age", "limits", "locked", "open", "uid")

    def __init__(self) -> None:
        self.uid, self.open, self.locked, self.age = 0, -1, 0, AGAIN  # open: -1 where it is not readable; locked: KiB
        self.limits = {}  # type: dict[str, int]  # soft limits by their name; without a limit none

    def near(self) -> bool:
        return self.open > NEAR * self.limits.get("files", 1 << 62) or self.locked > NEAR * self.limits.get("locked", 1 << 62)


class Limits(Reading):
    """Open files, locked memory and processes against their soft limits. A reading goes through `AT_ONCE` processes, the next
    ones then; those near a limit and those with the most files each time. Limits are read again by turns."""

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.known = {}  # type: dict[int, Usage]
        self.ring = []  # type: list[int]
        self.listed = 0  # processes of the host
        self.reads_left = self.entries_left = 0
        self.counts = False  # stat of /proc/PID/fd counts (commit f1f1f2569901, in v6.2)

    def begin(self, worker: "Worker", job: "Job") -> "list[list[int]]":
        self.reads_left, self.entries_left = FILES_READ, MOST_ENTRIES
        self.counts = size_of(self.root + "/proc/self/fd") > 0
        if not self.ring:
            self.ring = pids_of(self.root)
            self.listed = len(self.ring)
            present = set(self.ring)
            self.known = {pid: usage for pid, usage in self.known.items() if pid in present}
        turn, self.ring = self.ring[-AT_ONCE:], self.ring[:-AT_ONCE]
        of_turn = set(turn)
        turn += [pid for pid, usage in self.most() if pid not in of_turn]
        return [turn[at : at + BATCH] for at in range(0, len(turn), BATCH)]

    def most(self) -> "list[tuple[int, Usage]]":
        """Those near a limit, and those with the most open files."""
        ranked = sorted(self.known.items(), key=lambda one: -one[1].open)
        return ranked[:NAMED] + [one for one in ranked[NAMED:] if one[1].near()][: 10 * NAMED]

    def step(self, worker: "Worker", pids: "list[int]") -> "Step":
        return [(pid, self.usage_of(worker, pid)) for pid in pids]

    def usage_of(self, worker: "Worker", pid: int) -> "Usage | None":
        base = "%s/proc/%d/" % (self.root, pid)
        try:
            found = os.stat(base + "fd")
        except OSError:
            return None
        usage = self.known.get(pid) or Usage()
        usage.age += 1
        if (usage.age > (AGAIN if self.counts else AGAIN_LISTED) or usage.near()) and (self.reads_left > 0 or found.st_size > MANY):
            self.reads_left -= 2
            limits, status = worker.small(base + "limits"), worker.small(base + "status")
            usage.age, usage.limits = 0, soft_limits(limits or b"")
            # The owner of /proc/PID is root where a process changed its user by itself.
            usage.uid = number_after(status or b"", b"Uid:")
            usage.locked = number_after(status or b"", b"VmLck:") + number_after(status or b"", b"VmPin:")
            if not self.counts:
                usage.open = self.listed_files(base, usage, number_after(status or b"", b"FDSize:"))
        if self.counts:
            usage.open = found.st_size
        return usage

    def listed_files(self, base: str, usage: Usage, slots: int) -> int:
        """Open files by their list, where the size of the table of descriptors does not exclude that it is near its limit."""
        if slots <= NEAR * usage.limits.get("files", 1 << 62) or slots > self.entries_left:
            return -1
        self.entries_left -= slots
        try:
            return len(os.listdir(base + "fd"))
        except OSError:
            return -1

    def take(self, result: "Step") -> None:
        for pid, usage in result:
            if usage is None:
                self.known.pop(pid, None)
            else:
                self.known[pid] = usage

    def leave_out(self, item: "list[int]") -> bool:
        return True

    def end(self, job: "Job") -> "Answer":
        lines = ["read %d %d" % (len(self.known), self.listed)]
        for pid, usage in self.most():
            if usage.open > 0:
                lines.append("files %d %d %s" % (pid, usage.open, usage.limits.get("files", "-")))
            if usage.locked > NEAR * usage.limits.get("locked", 1 << 62):
                lines.append("locked %d %d %d" % (pid, usage.locked, usage.limits["locked"]))
        least = {}  # type: dict[int, int]
        for usage in self.known.values():
            limit = usage.limits.get("processes", 0)
            if usage.uid and limit >= LEAST_PROCESSES:
                least[usage.uid] = min(limit, least.get(usage.uid, limit))
        lines += ["processes %d %d" % one for one in sorted(least.items())[:1000]]
        return {}, "\n".join(lines).encode()


LIMITS = {b"Max open files": ("files", 1), b"Max processes": ("processes", 1), b"Max locked memory": ("locked", 1024)}


def soft_limits(text: bytes) -> "dict[str, int]":
    """Soft limits of /proc/PID/limits, locked memory in KiB: `Max open files            1024                 4096            files`."""
    found = {}
    for line in text.split(b"\n"):
        name, unit = LIMITS.get(line[:25].strip(), ("", 1))
        value = line[25:].split()[:1]
        if name and value and value[0].isdigit():
            found[name] = int(value[0]) // unit
    return found


def number_after(text: bytes, name: bytes) -> int:
    value = text.partition(b"\n" + name)[2].split(None, 1)[:1]
    return int(value[0]) if value and value[0].isdigit() else 0


def size_of(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0
