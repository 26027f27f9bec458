"""Sockets on which programs listen, found by their processes: any address and port, any network namespace and container.

A name is `listening:COMMAND:PID:ADDRESS:PORT` or `unix:COMMAND:PID:PATH`, whose path is percent-encoded."""

import os
import re
import sys
import threading
import time

from crashcart_collector.reads import Miss, beginning, miss_of, slurp, small
from crashcart_collector.roots import identity, open_inside

MYPY = False
if MYPY:
    from crashcart_collector.commands import Commands
    from crashcart_collector.hangs import Head

LISTENING, UNIX = "listening:", "unix:"
LOOK_AGAIN = 5.0  # seconds for which the list of commands is taken as current
YOUNG = 20.0  # seconds in which a new process may still become another program
ALL_AGAIN = 60.0  # seconds after which every process is looked at again: a pid may belong to another one
MOST_NAMES = 64
MOST_FILES = 1024  # of a process, the lowest numbers: it listens before it serves
MOST_BYTES = 65536  # of a table of sockets, in which the kernel lists listening ones first
LISTEN = b"0A"
PLAIN = re.compile("[A-Za-z0-9_.-]")
TEMPORARY = re.compile(r"\.\d+\.tmp$")  # HAProxy binds to such a name and then renames it
# Servers whose sockets on this host are read by their paths: those in these folders are not named again. Several sockets of one are the
# same server, and its children are its sessions.
BY_PATH = {
    "postgres": ("/var/run/postgresql",),
    "mariadbd": ("/var/run/mysqld", "/var/lib/mysql"),
    "mysqld": ("/var/run/mysqld", "/var/lib/mysql"),
}


class Listeners:
    def __init__(self, index: "Commands") -> None:
        self.index, self.lock = index, threading.Lock()
        self.commands = {}  # type: dict[str, tuple[bytes, float]]  # pid -> command, and when it was first seen
        self.looked = self.refreshed = float("-inf")

    def names(self, pattern: str) -> "Head":
        """`listening:redis-server:*` is the lowest port of each process, or its unix sockets where it has none;
        `listening:beam.smp:*:15692` that port of each; `unix:haproxy:*` the unix sockets of each."""
        kind, command, rest = pattern.split(":", 2)
        port = int(rest[2:]) if rest[2:].isdigit() else None
        found, places, errors = [], set(), []  # type: list[str], set[tuple[str, str]], list[OSError]
        for pid in self.pids(command.encode()):
            try:
                if command in BY_PATH and self.is_child(pid, command):
                    continue
                addresses = addresses_of("/proc/%d" % pid, kind == "unix", port)
                if command in BY_PATH:
                    addresses = elsewhere("/proc/%d" % pid, addresses, BY_PATH[command])
            except OSError as error:
                errors.append(error)
                continue
            for place, address in addresses:
                if (place, address) not in places:  # a child shares the sockets of its parent
                    places.add((place, address))
                    found.append("%s:%s:%d:%s" % (kind, command, pid, address))
        if not found and errors:
            raise miss_of(errors[0], "sockets of %s" % command)
        if not found:
            raise Miss("absent", "%s: no such process listens" % pattern)
        return {"names": found[:MOST_NAMES]}

    @staticmethod
    def is_child(pid: int, command: str) -> bool:
        """Whether the parent of a process has its command."""
        parent = small("/proc/%d/stat" % pid).rpartition(b")")[2].split()[1:2]
        try:
            return bool(parent) and small("/proc/%d/comm" % int(parent[0])).strip() == command.encode()
        except OSError:  # of another user, hidden by hidepid, or outside our PID namespace
            return False

    def pids(self, command: bytes) -> "list[int]":
        """By the process table where that is read, else by a look at each process."""
        indexed = self.index.named(command)
        if indexed is not None:
            return sorted(indexed)
        with self.lock:
            now = time.monotonic()
            if now - self.looked > LOOK_AGAIN:
                if now - self.refreshed > ALL_AGAIN:
                    self.commands, self.refreshed = {}, now
                before, self.looked = self.commands, now
                self.commands = {}
                for pid in filter(str.isdigit, os.listdir("/proc")):
                    known = before.get(pid)
                    if known is None or now - known[1] < YOUNG:
                        known = small("/proc/" + pid + "/comm").strip(), known[1] if known else now
                    self.commands[pid] = known
            return sorted(int(pid) for pid, (name, _) in self.commands.items() if name == command)


def addresses_of(process: str, unix: bool, port: "int | None") -> "list[tuple[str, str]]":
    """Each with the namespace in which it is one."""
    numbers = sorted(map(int, os.listdir(process + "/fd")))[:MOST_FILES]
    inodes = set()
    for number in numbers:
        try:
            link = os.readlink("%s/fd/%d" % (process, number))
        except OSError:
            continue  # it was closed
        if link.startswith("socket:["):
            inodes.add(link[8:-1].encode())
    ports = {} if unix else ports_of(process, inodes)
    wanted = [one for one in sorted(ports) if port in (None, one)][:1]
    if wanted or port is not None:
        place = os.readlink(process + "/ns/net")
        return [(place, "%s:%d" % (ports[one], one)) for one in wanted]
    place = os.readlink(process + "/ns/mnt")
    return [(place, encoded(path)) for path in paths_of(process, inodes)]


def elsewhere(process: str, addresses: "list[tuple[str, str]]", folders: "tuple[str, ...]") -> "list[tuple[str, str]]":
    """The first of the sockets of a process; none where one of them is in these folders of this host."""
    here = {identity("/", folder) for folder in folders} - {None}
    if any(identity(process + "/root", os.path.dirname(decoded(path))) in here for _, path in addresses):
        return []
    return addresses[:1]


def ports_of(process: str, inodes: "set[bytes]") -> "dict[int, str]":
    """port -> address to connect to, IPv4 where it has both."""
    ports = {}  # type: dict[int, str]
    for file in ("tcp6", "tcp"):
        for row in beginning(process + "/net/" + file, MOST_BYTES).split(b"\n")[1:]:
            fields = row.split()
            if len(fields) < 10 or fields[3] != LISTEN:
                break
            if fields[9] in inodes:
                address, number = fields[1].decode("ascii", "replace").split(":")
                ports[int(number, 16)] = address_of(address)
    return ports


def address_of(text: str) -> str:
    """Words of four bytes in the order of the processor."""
    words = [bytes.fromhex(text[at : at + 8]) for at in range(0, len(text), 8)]
    if sys.byteorder == "little":
        words = [word[::-1] for word in words]
    raw = b"".join(words)
    if len(raw) == 4:
        return "127.0.0.1" if raw == bytes(4) else ".".join(map(str, raw))
    if raw == bytes(16):
        return "::1"
    return ":".join("%x" % (raw[at] << 8 | raw[at + 1]) for at in range(0, 16, 2))


def paths_of(process: str, inodes: "set[bytes]") -> "list[str]":
    paths = set()
    for row in slurp(process + "/net/unix").split(b"\n")[1:]:
        fields = row.split(None, 7)
        # The flag is that of a socket that accepts connections; an abstract name begins with @.
        if len(fields) == 8 and fields[3] == b"00010000" and fields[6] in inodes and fields[7].startswith(b"/"):
            paths.add(TEMPORARY.sub("", os.fsdecode(fields[7])))
    return sorted(paths)


def encoded(path: str) -> str:
    return "".join(chr(one) if PLAIN.match(chr(one)) else "%%%02X" % one for one in os.fsencode(path))


def decoded(text: str) -> str:
    return os.fsdecode(re.sub(b"%([0-9A-F]{2})", lambda found: bytes([int(found.group(1), 16)]), text.encode()))


class Listener:
    """Place of a name to dial."""

    def __init__(self, name: str) -> None:
        kind, self.command, pid, address = name.split(":", 3)
        self.pid = int(pid)
        self.process = "/proc/%d" % self.pid
        self.path = None  # type: str | None  # of a unix socket, as the process sees it
        self.host, self.port = "", 0
        host, _, port = address.rpartition(":")
        if host and kind == "listening":
            self.host, self.port = host, int(port)
        else:
            self.path = decoded(address)

    def open(self, path: str) -> int:
        """Descriptor of its unix socket."""
        return open_inside(self.process + "/root", path)

    def runs(self) -> bool:
        return small(self.process + "/comm").strip() == self.command.encode()
