"""Network namespaces other than that of this program, through /proc/PID/net of a process in each: no setns, no rights."""

import os

from crashcart_collector.reads import Miss, slurp, small

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

MOST = 100  # namespaces that are read
MAX_PIDS = 40000
AGAIN = 12  # readings after which every process is looked at again
LISTEN = b"0A"
CONNTRACK = ("entries", "invalid", "insert_failed", "drop", "early_drop")
MOST_LISTENERS = 50


class Namespaces:
    """A namespace is known by the inode of its /proc/PID/net/dev, which each has for itself; only new processes are looked at."""

    def __init__(self) -> None:
        self.of = {}  # type: dict[str, int]  # pid -> inode
        self.turn = 0
        self.own = inode("self")
        self.listening = {}  # type: dict[int, tuple[int, list[list[Any]]]]  # inode -> drops when its listeners were read, and these

    def read(self, asked: "Any") -> "Head":
        pids = [pid for pid in os.listdir("/proc") if pid.isdigit()][:MAX_PIDS]
        if self.turn % AGAIN == 0:
            self.of = {}
        self.of = {pid: self.of[pid] if pid in self.of else inode(pid) for pid in pids}
        first = {}  # type: dict[int, str]
        for pid, number in self.of.items():
            if number and number != self.own and int(pid) < int(first.get(number, "9999999999")):
                first[number] = pid
        spaces = {}
        self.listening = {number: known for number, known in self.listening.items() if number in first}
        for number, pid in sorted(first.items(), key=lambda one: int(one[1]))[:MOST]:
            found = self.space(pid, number, asked["names"])
            if found:
                spaces[str(number)] = found
        self.turn += 1
        return {"facts": {"all": len(first), "spaces": spaces}}

    def space(self, pid: str, number: int, names: "list[str]") -> "Head | None":
        folder = "/proc/" + pid
        if inode(pid) != number:
            self.of.pop(pid, None)
            return None
        sockets = small(folder + "/net/sockstat") + small(folder + "/net/sockstat6")
        values = socket_counts(sockets)
        for file in ("snmp", "netstat"):
            values.update(pairs(small(folder + "/net/" + file)))
        return {
            "pid": int(pid),
            "command": small(folder + "/comm").decode("utf-8", "replace").strip(),
            "cgroup": small(folder + "/cgroup").decode("utf-8", "replace"),
            "counters": {name: values[name] for name in names if name in values},
            "conntrack": conntrack(folder + "/net/stat/nf_conntrack"),
            "listeners": self.listeners(folder, number, values.get("TcpExt ListenDrops", 0), sockets),
        }

    def listeners(self, folder: str, number: int, drops: int, sockets: bytes) -> "list[list[Any]]":
        """The kernel looks through the table of all namespaces (2 ms): read again after a drop, and
        seldom, in turn."""
        known = self.listening.get(number)
        if known is None or known[0] != drops or (self.turn + number) % AGAIN == 0:
            found = []  # type: list[list[Any]]
            for file, mark in (("tcp", b"TCP: inuse 0 "), ("tcp6", b"TCP6: inuse 0\n")):
                if mark not in sockets:
                    found += listeners(folder + "/net/" + file)
            known = self.listening[number] = drops, found[:MOST_LISTENERS]
        return known[1]


def inode(pid: str) -> int:
    """0 for a process that went, or that is hidden."""
    try:
        return os.stat("/proc/" + pid + "/net/dev").st_ino
    except OSError:
        return 0


def pairs(text: bytes) -> "dict[str, int]":
    """A line of names and one of values, in turn."""
    rows = text.decode("ascii", "replace").split("\n")
    found = {}  # type: dict[str, int]
    for names, values in zip(rows[::2], rows[1::2]):
        group = names.partition(":")[0]
        for name, value in zip(names.split()[1:], values.split()[1:]):
            if value.isdigit():
                found[group + " " + name] = int(value)
    return found


def socket_counts(text: bytes) -> "dict[str, int]":
    """`TCP: inuse 2 orphan 0 tw 3`: names and values in turn."""
    found = {}  # type: dict[str, int]
    for row in text.decode("ascii", "replace").split("\n"):
        group, _, rest = row.partition(":")
        words = rest.split()
        found.update((group + " " + name, int(value)) for name, value in zip(words[::2], words[1::2]) if value.isdigit())
    return found


def conntrack(path: str) -> "dict[str, int]":
    """Sums over the CPUs, which have a line each; every one has the number of all entries."""
    try:
        rows = [row.split() for row in slurp(path).decode("ascii", "replace").split("\n") if row]
    except Miss:
        return {}
    found = {}  # type: dict[str, int]
    for at, name in enumerate(rows[0] if rows else []):
        if name in CONNTRACK:
            values = [int(row[at], 16) for row in rows[1:] if len(row) == len(rows[0])]
            if values:
                found[name] = values[0] if name == "entries" else sum(values)
    return found


def listeners(path: str) -> "list[list[Any]]":
    """Address in hexadecimal, port, connections that wait for accept: the kernel lists listening sockets first."""
    found = []  # type: list[list[Any]]
    for row in small(path).split(b"\n")[1:]:
        fields = row.split()
        if len(fields) < 10 or fields[3] != LISTEN:
            break
        address, port = fields[1].decode("ascii", "replace").split(":")
        found.append([address, int(port, 16), int(fields[4].split(b":")[1], 16)])
    return found
