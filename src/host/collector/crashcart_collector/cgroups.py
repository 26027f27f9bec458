"""crashcart collector, part 5: control groups of containers, pods and guests, by difference."""

import errno
import os
import re
import struct
import time

from crashcart_collector.hangs import HANGS
from crashcart_collector.reads import Miss, slurp, small
from crashcart_collector.tables import Table

MAX_GROUPS = 8192
MAX_FOLDERS = 30000     # looked into in one walk
FRESH = 1000            # groups read whole for the first time, in one sample,
TIME = 1.0              # and for how long anything but use is read: on a busy machine the answer comes first
RESERVE = 0.2            # of the handles is left for what is read each time
NEVER = 0xffffffff      # in place of a length: this file is gone


class Group:
    __slots__ = ("id", "path", "use", "often", "shut", "last", "fresh", "ran", "was", "pid", "net", "inner")

    def __init__(self, number, path, files, inner):
        self.id, self.path, self.inner = number, path, inner
        self.use, self.often, self.shut = None, None, []    # open files as (place, descriptor), and those that could not stay open
        self.last = [None] * (files + 1)                    # the last place is that of net/dev
        self.fresh, self.ran, self.was, self.pid, self.net = True, True, True, None, False    # was: ran before the last look


class Cgroups(Table):
    """Use of CPU and memory each time; events, disks and pressure every fifth time, of a group that does not run every
    fifteenth; limits every thirtieth; each group at its own turn. What is read often stays open: a fifth of the cost."""

    def __init__(self, handles, root=""):
        super().__init__(handles, root)
        self.groups, self.judged, self.number, self.left, self.layout, self.rewalk = {}, {}, 0, 0, None, True

    def release(self):
        for group in self.groups.values():
            self.drop(group)
        self.groups, self.rewalk = {}, True

    def forget(self):
        self.release()
        self.mounts, self.layout = self.find_mounts()
        self.keep, self.enter = re.compile(self.asked["keep"]), re.compile(self.asked["enter"])
        of = [file for file in self.asked["files"] if file["of"] in self.mounts]
        if self.layout == "hybrid":
            of = [file for file in of if file["of"] != "unified" or file["name"] in self.asked["hybrid"]]
        # A hybrid host has two files of the name cpu.stat.
        self.names = [("unified/" if self.layout == "hybrid" and file["of"] == "unified" else "") + file["name"] for file in of] + ["net/dev"]
        self.tops = [self.mounts[name] for name in ("cpu", "cpuacct", "memory", "unified") if name in self.mounts]
        # The last of each: lines to be kept; of what stays open, the file that makes this one needless.
        more = [self.names.index(file["unless"]) if file.get("unless") in self.names else tuple(map(str.encode, file.get("lines", [])))
                for file in of]
        self.by_pace = {pace: [(place, self.mounts[file["of"]], "/" + file["name"], more[place])
                               for place, file in enumerate(of) if file["pace"] == pace]
                        for pace in ("use", "often", "ran", "seldom")}
        self.expected = sum(not isinstance(more, int) for pace in ("use", "often") for _, _, _, more in self.by_pace[pace])

    def drop(self, group):
        for _, fd in (group.use or []) + (group.often or []):
            self.handles.close(fd)
        group.use, group.often, group.shut = None, None, []

    def open(self, group, pace, reserve):
        """Opens what is there; what cannot stay open is read by its path."""
        opened = []
        for place, mount, name, unless in self.by_pace[pace]:
            if unless in [other for other, _ in opened]:
                continue
            path = mount + group.path + name
            try:
                fd = self.handles.open(path, reserve)
            except OSError as error:
                if error.errno not in (errno.EMFILE, errno.ENFILE):
                    continue                # not there; looked for again seldom
                fd = -1
            if fd >= 0:
                opened.append((place, fd))
            else:
                group.shut.append((pace, place, path))
        return opened

    def find_mounts(self):
        """Controller (or `unified`) -> where its hierarchy is mounted, and the layout."""
        mounts, partial = {}, {}
        for line in slurp(self.root + "/proc/self/mountinfo").decode("utf-8", "surrogateescape").split("\n"):
            fields, _, kind = line.partition(" - ")
            fields, kind = fields.split(" "), kind.split(" ")
            if kind[0] not in ("cgroup", "cgroup2") or len(fields) < 5 or len(kind) < 3:
                continue
            place = self.root + re.sub(r"\\([0-7]{3})", lambda found: chr(int(found.group(1), 8)), fields[4])
            for name in ["unified"] if kind[0] == "cgroup2" else kind[2].split(","):
                (mounts if fields[3] == "/" else partial).setdefault(name, place)
        for name in partial:
            mounts.setdefault(name, partial[name])
        v1 = any(name in mounts for name in ("cpu", "cpuacct", "memory"))
        if not v1 and "unified" not in mounts:
            raise Miss("absent", "no control groups are mounted on this host")
        return mounts, "v2" if not v1 else "hybrid" if "unified" in mounts else "v1"

    def judge(self, path):
        known = self.judged.get(path)
        if known is None:
            known = self.judged[path] = (bool(self.keep.search(path)), bool(self.enter.search(path)))
        return known

    def walk(self):
        """Finds groups that came. A folder of which the link count says that it has none below is not listed."""
        top = self.tops[0]
        stack, seen, folders, fresh, self.left, judged = [("", False)], set(), 0, [], 0, {}
        while stack and folders < MAX_FOLDERS:
            path, inner = stack.pop()
            folders += 1
            try:
                if path and os.stat(top + path).st_nlink == 2:
                    continue
                with os.scandir(top + path) as entries:
                    below = [path + "/" + entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
            except OSError:
                continue                    # it went meanwhile
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
                if enter or not keep and not inner:
                    stack.append((child, inner or keep))
        self.judged = judged
        gone = [path for path in self.groups if path not in seen]
        return fresh, [self.remove(path) for path in gone]

    def remove(self, path):
        group = self.groups.pop(path)
        self.drop(group)
        return group.id

    def items(self, worker):
        self.fresh, self.pids, self.left_fresh, self.until = [], [], FRESH, time.monotonic() + TIME
        if self.rewalk or self.tick % 2:
            self.rewalk = False
            self.fresh, self.gone = self.walk()
        return list(self.groups.values())

    def step(self, worker, group):
        """The group, whether it is gone, whether all was read of it, records of what changed, its first process where that changed."""
        if not worker.enter(self.tops[0] + group.path):
            return group, True, False, (), ()
        since, pids = worker.at[1], []
        records = self.read_use(group)
        if records is None:
            return group, True, False, (), ()
        turn = (self.tick + group.id) % 30
        rest = self.left_fresh > 0 if group.fresh else turn % 15 == 0 or turn % 5 == 0 and (group.ran or group.was)
        rest = rest and since < self.until
        if rest and not self.read_rest(group, turn == 0 or group.fresh, records, pids):
            return group, True, False, (), ()
        worker.leave()
        return group, False, rest, records, pids

    def take(self, result):
        group, gone, rest, records, pids = result
        if gone:
            self.gone.append(self.remove(group.path))
            self.rewalk = True
        elif rest or records:
            self.pids += pids
            self.out.append(struct.pack("<IBB", group.id, rest, len(records)))
            for place, data in records:
                self.out.append(struct.pack("<BI", place, NEVER if data is None else len(data)))
                if data:
                    self.out.append(data)

    def leave_out(self, group):
        """Its files are closed by the thread that hangs in one of them."""
        if self.groups.pop(group.path, None):
            self.gone.append(group.id)
        return True

    def abandon(self, group):
        if group:
            self.drop(group)
        else:
            self.lost()

    def head(self):
        return {"layout": self.layout, "left": self.left, "files": self.names, "fresh": self.fresh, "pids": self.pids}

    def read_use(self, group):
        """Records of what changed; None when the group is gone."""
        records = []
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
    def read_open(group, files, records):
        """False when the group was removed; a file that will not tell is missing."""
        last, pread = group.last, os.pread
        for place, fd in files:
            try:
                data = pread(fd, 16384, 0)
            except OSError as error:
                if error.errno == errno.ENODEV:
                    return False
                data = None
            if data != last[place]:
                last[place] = data
                records.append((place, data))
        return True

    @staticmethod
    def read_shut(group, pace, records):
        for of, place, path in group.shut:
            if of == pace:
                data = small(path) or None
                if data != group.last[place]:
                    group.last[place] = data
                    records.append((place, data))

    def read_rest(self, group, seldom, records, pids):
        """Adds to the records; False when the group is gone."""
        last, places = group.last, []
        if seldom:
            if group.often is not None and len(group.use) + len(group.often) + len(group.shut) < self.expected:
                self.drop(group)            # some were not there: looked for again
            self.find_pid(group, pids)
            places = self.by_pace["seldom"]
        if group.ran or seldom:
            places = self.by_pace["ran"] + places
        if group.often is None:
            group.often = self.open(group, "often", self.handles.most * RESERVE)
        if not self.read_open(group, group.often, records):
            return False
        self.read_shut(group, "often", records)
        for place, mount, name, kept in places:
            data = small(mount + group.path + name) or None
            if kept and data:
                data = b"\n".join(line for line in data.split(b"\n") if line.startswith(kept))
            if data != last[place]:
                last[place] = data
                records.append((place, data))
        data = small("%s/proc/%d/net/dev" % (self.root, group.pid)) or None if group.net else None
        if data != last[-1]:
            last[-1] = data
            records.append((len(last) - 1, data))
        group.was, group.fresh, group.ran, self.left_fresh = group.ran, False, False, self.left_fresh - 1
        return True

    def find_pid(self, group, pids):
        """Its first process, and whether that has a network other than ours."""
        pid = next(filter(None, (self.pid_below(top + group.path) for top in reversed(self.tops))), None)
        if pid != group.pid:
            group.pid = pid
            pids.append([group.id, pid])
        try:
            of = "%s/proc/%s/ns/net"
            group.net = bool(pid) and not group.inner and os.readlink(of % (self.root, pid)) != os.readlink(of % (self.root, "self"))
        except OSError:
            group.net = False               # not ours to know

    @staticmethod
    def pid_below(folder):
        """In a systemd container the first process is a level deeper; in a pod, in its containers."""
        stack, looked = [folder], 0
        while stack and looked < 64:
            folder = stack.pop()
            looked += 1
            first = small(folder + "/cgroup.procs").split(b"\n", 1)[0]
            if first.isdigit() and first != b"0":
                return int(first)
            try:
                with os.scandir(folder) as entries:
                    below = sorted((entry.name for entry in entries if entry.is_dir(follow_symlinks=False)), reverse=True)
            except OSError:
                continue
            stack += [folder + "/" + name for name in below if not name.startswith("init.scope")]
            stack += [folder + "/init.scope"] if "init.scope" in below else []
        return None
