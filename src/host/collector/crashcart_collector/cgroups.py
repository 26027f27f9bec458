"""Control groups of containers, pods and guests, by difference."""

import errno
import os
import re
import struct
import time

from crashcart_collector.hangs import HANGS
from crashcart_collector.reads import Miss, slurp, small
from crashcart_collector.tables import Table

MYPY = False
if MYPY:
    from typing import Any, List, Optional, Tuple

    from crashcart_collector.hangs import Head, Worker
    from crashcart_collector.tables import Handles

    # Index of a file and its content, None when it has gone.
    Records = List[Tuple[int, Optional[bytes]]]
    # The group, whether it is gone, whether all was read of it, records of what changed, group and process where that changed.
    Step = Tuple["Group", bool, bool, Records, List[List[Optional[int]]]]
    # Index, mount, name; index of the file that makes it needless when that one stays open, or -1; starts of the lines to be kept.
    Place = Tuple[int, str, str, int, Tuple[bytes, ...]]

MAX_GROUPS = 8192
MAX_FOLDERS = 30000  # looked into in one walk
FRESH = 1000  # groups read whole for the first time, in one sample,
TIME = 1.0  # and for how long anything but use is read: on a busy machine the answer comes first
RESERVE = 0.2  # of the handles is left for what is read each time
NEVER = 0xFFFFFFFF  # in place of a length: this file is gone


class Group:
    """A control group, its open files and what was last read of it."""

    __slots__ = ("fresh", "id", "inner", "last", "net", "often", "path", "pid", "ran", "shut", "use", "was")

    def __init__(self, number: int, path: str, files: int, inner: bool) -> None:
        self.id, self.path, self.inner = number, path, inner
        # Open files as (index, descriptor).
        self.use = None  # type: list[tuple[int, int]] | None
        self.often = None  # type: list[tuple[int, int]] | None
        self.shut = []  # type: list[tuple[str, int, str]]  # pace, index and path of those that could not stay open
        self.last = [None] * (files + 1)  # type: list[bytes | None]  # the last one is net/dev
        self.fresh = self.ran = self.was = True  # was: ran before the last look
        self.pid = None  # type: int | None
        self.net = False


class Cgroups(Table):
    """Use of CPU and memory each time; events, disks and pressure every fifth time, of a group that does not run every
    fifteenth; limits every thirtieth; each group at its own turn. What is read often stays open: a fifth of the cost."""

    def __init__(self, handles: "Handles", root: str = "") -> None:
        super().__init__(handles, root)
        self.groups = {}  # type: dict[str, Group]
        self.judged = {}  # type: dict[str, tuple[bool, bool]]
        self.number, self.left, self.rewalk = 0, 0, True
        self.layout = None  # type: str | None
        self.mounts = {}  # type: dict[str, str]
        self.keep = self.enter = re.compile("$")
        self.names = []  # type: list[str]
        self.tops = []  # type: list[str]
        self.by_pace = {}  # type: dict[str, list[Place]]
        self.expected = 0
        self.fresh = []  # type: list[list[Any]]
        self.pids = []  # type: list[list[int | None]]
        self.left_fresh, self.until = 0, 0.0

    def release(self) -> None:
        for group in self.groups.values():
            self.drop(group)
        self.groups, self.rewalk = {}, True

    def forget(self) -> None:
        self.release()
        self.mounts, self.layout = self.find_mounts()
        self.keep, self.enter = re.compile(self.asked["keep"]), re.compile(self.asked["enter"])
        of = [file for file in self.asked["files"] if file["of"] in self.mounts]
        if self.layout == "hybrid":
            of = [file for file in of if file["of"] != "unified" or file["name"] in self.asked["hybrid"]]
        # A hybrid host has two files of the name cpu.stat.
        self.names = [("unified/" if self.layout == "hybrid" and file["of"] == "unified" else "") + file["name"] for file in of]
        self.names.append("net/dev")
        self.tops = [self.mounts[name] for name in ("cpu", "cpuacct", "memory", "unified") if name in self.mounts]
        unless = [self.names.index(file["unless"]) if file.get("unless") in self.names else -1 for file in of]
        self.by_pace = {
            pace: [
                (index, self.mounts[file["of"]], "/" + file["name"], unless[index], tuple(map(str.encode, file.get("lines", []))))
                for index, file in enumerate(of)
                if file["pace"] == pace
            ]
            for pace in ("use", "often", "ran", "seldom")
        }
        self.expected = sum(place[3] < 0 for pace in ("use", "often") for place in self.by_pace[pace])

    def drop(self, group: Group) -> None:
        for _, fd in (group.use or []) + (group.often or []):
            self.handles.close(fd)
        group.use, group.often, group.shut = None, None, []

    def open(self, group: Group, pace: str, reserve: float) -> "list[tuple[int, int]]":
        """Opens what is there; what cannot stay open is read by its path."""
        opened = []  # type: list[tuple[int, int]]
        for index, mount, name, unless, _ in self.by_pace[pace]:
            if unless in [other for other, _ in opened]:
                continue
            path = mount + group.path + name
            try:
                fd = self.handles.open(path, reserve)
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE):
                    continue  # not there; looked for again seldom
                fd = -1
            if fd >= 0:
                opened.append((index, fd))
            else:
                group.shut.append((pace, index, path))
        return opened

    def find_mounts(self) -> "tuple[dict[str, str], str]":
        """Controller (or `unified`) -> where its hierarchy is mounted, and the layout."""
        mounts = {}  # type: dict[str, str]
        partial = {}  # type: dict[str, str]
        for line in slurp(self.root + "/proc/self/mountinfo").decode("utf-8", "surrogateescape").split("\n"):
            fields, kind = (part.split(" ") for part in (line.partition(" - ")[0], line.partition(" - ")[2]))
            if kind[0] not in ("cgroup", "cgroup2") or len(fields) < 5 or len(kind) < 3:
                continue
            folder = self.root + re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), fields[4])
            for name in ["unified"] if kind[0] == "cgroup2" else kind[2].split(","):
                (mounts if fields[3] == "/" else partial).setdefault(name, folder)
        for name, folder in partial.items():
            mounts.setdefault(name, folder)
        v1 = any(name in mounts for name in ("cpu", "cpuacct", "memory"))
        if not v1 and "unified" not in mounts:
            raise Miss("absent", "no control groups are mounted on this host")
        return mounts, "v2" if not v1 else "hybrid" if "unified" in mounts else "v1"

    def judge(self, path: str) -> "tuple[bool, bool]":
        known = self.judged.get(path)
        if known is None:
            known = self.judged[path] = (bool(self.keep.search(path)), bool(self.enter.search(path)))
        return known

    def walk(self) -> "tuple[list[list[Any]], list[int]]":
        """Finds groups that came. A folder whose link count shows none below it is not listed."""
        top = self.tops[0]
        stack, folders, self.left = [("", False)], 0, 0
        seen = set()  # type: set[str]
        fresh = []  # type: list[list[Any]]
        judged = {}  # type: dict[str, tuple[bool, bool]]
        while stack and folders < MAX_FOLDERS:
            path, inner = stack.pop()
            folders += 1
            try:
                if path and os.stat(top + path).st_nlink == 2:
                    continue
                below = [path + "/" + entry.name for entry in os.scandir(top + path) if entry.is_dir(follow_symlinks=False)]
            except OSError:
                continue  # it went meanwhile
            for child in below:
                keep, enter = judged[child] = self.judge(child)
                if keep and not (HANGS.known and HANGS.why(top + child)):
                    if len(seen) >= MAX_GROUPS:
                        self.left += 1
                        continue
                    seen.add(child)
                    if child not in self.groups:
                        self.number += 1
                        group = self.groups[child] = Group(self.number, child, len(self.names) - 1, inner)
                        fresh.append([group.id, child.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")])
                if enter or (not keep and not inner):
                    stack.append((child, inner or keep))
        self.judged = judged
        gone = [path for path in self.groups if path not in seen]
        return fresh, [self.remove(path) for path in gone]

    def remove(self, path: str) -> int:
        group = self.groups.pop(path)
        self.drop(group)
        return group.id

    def items(self, worker: "Worker") -> "list[Group]":
        self.fresh, self.pids, self.left_fresh, self.until = [], [], FRESH, time.monotonic() + TIME
        if self.rewalk or self.tick % 2:
            self.rewalk = False
            self.fresh, self.gone = self.walk()
        return list(self.groups.values())

    def step(self, worker: "Worker", group: Group) -> "Step":
        """Reads what is due of one group."""
        if not worker.enter(self.tops[0] + group.path):
            return group, True, False, [], []
        since = time.monotonic()
        pids = []  # type: list[list[int | None]]
        records = self.read_use(group)
        if records is None:
            return group, True, False, [], []
        turn = (self.tick + group.id) % 30
        rest = self.left_fresh > 0 if group.fresh else turn % 15 == 0 or (turn % 5 == 0 and (group.ran or group.was))
        rest = rest and since < self.until
        if rest and not self.read_rest(group, turn == 0 or group.fresh, records, pids):
            return group, True, False, [], []
        worker.leave()
        return group, False, rest, records, pids

    def take(self, result: "Step") -> None:
        group, gone, rest, records, pids = result
        if gone:
            self.gone.append(self.remove(group.path))
            self.rewalk = True
        elif rest or records:
            self.pids += pids
            self.out.append(struct.pack("<IBB", group.id, rest, len(records)))
            for index, data in records:
                self.out.append(struct.pack("<BI", index, NEVER if data is None else len(data)))
                if data:
                    self.out.append(data)

    def leave_out(self, group: Group) -> bool:
        """Its files are closed by the thread that hangs in one of them."""
        if self.groups.pop(group.path, None):
            self.gone.append(group.id)
        return True

    def abandon(self, group: "Group | None") -> None:
        if group:
            self.drop(group)
        else:
            self.lost()

    def head(self) -> "Head":
        return {"layout": self.layout, "left": self.left, "files": self.names, "fresh": self.fresh, "pids": self.pids}

    def read_use(self, group: Group) -> "Records | None":
        """Records of what changed; None when the group is gone."""
        records = []  # type: Records
        if group.use is None:
            group.use = self.open(group, "use", 0)
        if not self.read_open(group, group.use, records):
            return None
        self.read_shut(group, "use", records)
        if records:
            group.ran = True
        elif not group.use and not os.path.isdir(self.tops[0] + group.path):
            return None
        return records

    @staticmethod
    def read_open(group: Group, files: "list[tuple[int, int]]", records: "Records") -> bool:
        """False when the group was removed; a file that cannot be read is missing."""
        last, pread = group.last, os.pread
        for index, fd in files:
            try:
                data = pread(fd, 16384, 0)  # type: bytes | None
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return False
                data = None
            if data != last[index]:
                last[index] = data
                records.append((index, data))
        return True

    @staticmethod
    def read_shut(group: Group, pace: str, records: "Records") -> None:
        for of, index, path in group.shut:
            if of == pace:
                data = small(path) or None
                if data != group.last[index]:
                    group.last[index] = data
                    records.append((index, data))

    def read_rest(self, group: Group, seldom: bool, records: "Records", pids: "list[list[int | None]]") -> bool:
        """Adds to the records; False when the group is gone."""
        last = group.last
        places = []  # type: list[Place]
        if seldom:
            if group.often is not None and len(group.use or ()) + len(group.often) + len(group.shut) < self.expected:
                self.drop(group)  # some were not there: looked for again
            self.find_pid(group, pids)
            places = self.by_pace["seldom"]
        if group.ran or seldom:
            places = self.by_pace["ran"] + places
        if group.often is None:
            group.often = self.open(group, "often", self.handles.most * RESERVE)
        if not self.read_open(group, group.often, records):
            return False
        self.read_shut(group, "often", records)
        for index, mount, name, _, kept in places:
            data = small(mount + group.path + name) or None  # type: bytes | None
            if kept and data:
                data = b"\n".join(line for line in data.split(b"\n") if line.startswith(kept))
            if data != last[index]:
                last[index] = data
                records.append((index, data))
        data = small("%s/proc/%d/net/dev" % (self.root, group.pid)) or None if group.net and group.pid else None
        if data != last[-1]:
            last[-1] = data
            records.append((len(last) - 1, data))
        group.was, group.fresh, group.ran, self.left_fresh = group.ran, False, False, self.left_fresh - 1
        return True

    def find_pid(self, group: Group, pids: "list[list[int | None]]") -> None:
        """Its first process, and whether that has a network other than that of the host."""
        pid = next(filter(None, (self.pid_below(top + group.path) for top in reversed(self.tops))), None)
        if pid != group.pid:
            group.pid = pid
            pids.append([group.id, pid])
        try:
            of = "%s/proc/%s/ns/net"
            group.net = bool(pid) and not group.inner and os.readlink(of % (self.root, pid)) != os.readlink(of % (self.root, "self"))
        except OSError:
            group.net = False  # needs root

    @staticmethod
    def pid_below(folder: str) -> "int | None":
        """In a systemd container the first process is a level deeper; in a pod, in its containers."""
        stack, looked = [folder], 0
        while stack and looked < 64:
            folder = stack.pop()
            looked += 1
            first = small(folder + "/cgroup.procs").split(b"\n", 1)[0]
            if first.isdigit() and first != b"0":
                return int(first)
            try:
                below = sorted((entry.name for entry in os.scandir(folder) if entry.is_dir(follow_symlinks=False)), reverse=True)
            except OSError:
                continue
            stack += [folder + "/" + name for name in below if not name.startswith("init.scope")]
            stack += [folder + "/init.scope"] if "init.scope" in below else []
        return None
