"""Mounted filesystems, and who uses one."""

import errno
import os
import re

from crashcart_collector.hangs import HANGS, Reading
from crashcart_collector.reads import Miss, miss_of, slurp, small

MYPY = False
if MYPY:
    from typing import Iterable, List, Tuple

    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.processes import Processes
    from crashcart_collector.readers import Job

    # Place in the list or pid, mount point, line of mountinfo.
    Mount = Tuple[int, bytes, bytes]
    # Place in the list, result of statfs, line of mountinfo.
    Probed = Tuple[int, bytes, bytes]
    # Deleted bytes, open files, line.
    User = Tuple[int, int, bytes]

MOUNTINFO = "/proc/self/mountinfo"
MAX_MOUNTS = 512
MAX_BLOCKED = 16
BLOCKED = b"D"  # in the place of a line of mountinfo: the item is a process
MAX_LINKS = 4096  # of one process
MAX_USERS = 200
# Without space to fill. A statfs of autofs would mount.
PSEUDO = set(
    b"autofs binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs efivarfs fusectl fuse.gvfsd-fuse fuse.portal hugetlbfs"
    b" mqueue nfsd nsfs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs selinuxfs smackfs sysfs tracefs".split()
)
IMAGES = set(b"cramfs erofs iso9660 squashfs udf".split())  # full by design
# A tmpfs or a layer for each container.
OF_CONTAINERS = re.compile(
    b"/(?:var/lib/(?:kubelet|docker|containers|containerd|lxd|incus|rancher)"
    b"|run/(?:user|credentials|netns|containerd|docker|lock|snapd)|var/snap|snap)(?:/|$)"
)


def fields_of(line: bytes) -> "tuple[bytes, bytes, bytes]":
    """Device number, mount point and type of a line of mountinfo; ValueError or IndexError for another line."""
    fields = line.split(b" ")
    return fields[2], unescaped(fields[4]), fields[fields.index(b"-", 6) + 1]


def unescaped(text: bytes) -> bytes:
    return re.sub(rb"\\([0-7]{3})", lambda found: bytes([int(found.group(1), 8) & 255]), text)


class Mounts(Reading):
    """Filesystems by mountinfo, one mount of each, with their space: disks and servers first, as many as MAX_MOUNTS. Each has
    its own statfs; one that hangs has the reason in the place of its space and gets no other while it does. A line
    `D` for each process in D state in a read, write or sync of a file, by which a frozen filesystem is known."""

    def __init__(self, processes: "Processes") -> None:
        self.processes = processes
        self.counts = dict.fromkeys(("total", "pseudo", "image", "overlay", "container", "bind", "hidden", "left"), 0)
        self.done = []  # type: list[Probed]
        self.blocked = []  # type: list[bytes]

    def begin(self, worker: "Worker", job: "Job") -> "Iterable[Mount]":
        lines = slurp(MOUNTINFO).splitlines()
        shown = {}  # type: dict[bytes, int]
        parsed = []  # type: list[tuple[bytes, bytes, bytes, bytes]]
        for line in lines:
            try:
                device, point, kind = fields_of(line)
            except (ValueError, IndexError):
                continue
            shown[point] = len(parsed)  # the last one on a mount point hides those before
            parsed.append((device, point, kind, line))
        counts, seen = self.counts, set()  # type: tuple[dict[str, int], set[bytes]]
        ranked = []  # type: list[tuple[bool, int, bytes, bytes]]
        counts["total"] = len(parsed)
        for place, (device, point, kind, line) in enumerate(parsed):
            if kind in PSEUDO:
                counts["pseudo"] += 1
            elif shown[point] != place:
                counts["hidden"] += 1
            elif kind in IMAGES or (kind == b"overlay" and point != b"/"):
                counts["overlay" if kind == b"overlay" else "image"] += 1
            elif device in seen:
                counts["bind"] += 1
            elif kind == b"tmpfs" and OF_CONTAINERS.match(point):
                counts["container"] += 1
            else:
                seen.add(device)
                ranked.append((kind == b"tmpfs", place, point, line))
        ranked.sort()
        counts["left"] = max(0, len(ranked) - MAX_MOUNTS)
        known = list(self.processes.known.items())
        waiting = [pid for pid, one in known if one[0][one[0].rfind(b")") + 2 :][:1] == b"D"]
        items = [(place, point, line) for _, place, point, line in ranked[:MAX_MOUNTS]]
        return [(pid, b"", BLOCKED) for pid in waiting[:MAX_BLOCKED]] + items

    @staticmethod
    def blocked_file(worker: "Worker", pid: int) -> bytes:
        """Line of the file whose descriptor is the first argument of the system call in which a process waits. Its link is read, never
        the file."""
        base = "/proc/%d/" % pid
        if not worker.enter(base + "syscall"):
            return b""
        call = small(base + "syscall").split(b" ")
        worker.leave()
        try:
            target = os.fsencode(os.readlink("%sfd/%d" % (base, int(call[1], 16))))
        except (OSError, ValueError, IndexError):
            return b""  # not ours, not in a call, or in one with another argument
        if not target.startswith(b"/"):
            return b""
        return b"D\t%d\t%s\t%s" % (pid, small(base + "wchan"), re.sub(rb"[\t\n]", b"?", target))

    def step(self, worker: "Worker", item: "Mount") -> "Probed":
        place, point, line = item
        if line is BLOCKED:
            return -1, b"", self.blocked_file(worker, place)
        path = os.fsdecode(point)
        if not worker.enter(path):
            return place, hung(path), line
        try:
            v = os.statvfs(point)
            figures = (v.f_frsize, v.f_blocks, v.f_bfree, v.f_bavail, v.f_files, v.f_ffree, v.f_flag)
            result = b",".join(b"%d" % figure for figure in figures)
        except OSError as error:
            result = b"!error,%s" % errno.errorcode.get(error.errno or 0, str(error.errno)).encode()
        worker.leave()
        return place, result, line

    def take(self, result: "Probed") -> None:
        if result[0] >= 0:
            self.done.append(result)
        elif result[2]:
            self.blocked.append(result[2])

    def end(self, job: "Job") -> "Answer":
        if job.cut and not self.done:
            raise Miss("timeout", "%s: no answer in %g s" % (MOUNTINFO, job.timeout))
        head = b"#\t" + b",".join(b"%s=%d" % (name.encode(), self.counts[name]) for name in sorted(self.counts))
        body = [probe + b"\t" + line for _, probe, line in sorted(self.done)]
        return {}, b"\n".join([head, *body, *self.blocked]) + b"\n"


def hung(path: str) -> bytes:
    """Why a mount gets no statfs: since when it hangs (host clock, seconds) and where; or how long it took when it last did."""
    hang = HANGS.known.get(path)
    if hang is None:
        return b"!left"
    if hang.stuck:
        return b"!timeout,%.1f,%s" % (hang.since, hang.where.lstrip(", ").encode())
    return b"!slow,%.1f,%s" % (hang.took, hang.where.lstrip(", ").encode())


def links_of(base: str) -> "List[Tuple[str, bytes]]":
    """Name and target of the working directory, root, program and open files of a process."""
    names = ["cwd", "root", "exe"]
    try:
        names += ["fd/" + fd for fd in os.listdir(base + "fd")[:MAX_LINKS]]
    except OSError:
        pass  # it is gone, or not ours
    found = []  # type: list[tuple[str, bytes]]
    for name in names:
        try:
            target = os.fsencode(os.readlink(base + name))
        except OSError:
            continue
        if target.startswith(b"/"):
            found.append((name, target))
    return found


class MountUsers(Reading):
    """Processes with files on one mount, and what deleted files of it they hold. Links are read; of deleted files the size,
    which stands behind the note of a hang as other reads do."""

    def __init__(self, path: str) -> None:
        self.path, self.point = path, os.fsencode(path)
        self.below = []  # type: list[bytes]  # mounts on folders of this one
        self.users = []  # type: list[User]
        self.space = ""

    def begin(self, worker: "Worker", job: "Job") -> "Iterable[int]":
        self.space = os.readlink("/proc/self/ns/mnt")
        prefix = self.point.rstrip(b"/") + b"/"
        for line in slurp(MOUNTINFO).splitlines():
            try:
                point = fields_of(line)[1]
            except (ValueError, IndexError):
                continue
            if point.startswith(prefix) and point != self.point:
                self.below.append(point + b"/")
        try:
            return [int(name) for name in os.listdir("/proc") if name.isdigit()]
        except OSError as error:
            raise miss_of(error, "/proc") from error

    def has(self, target: bytes) -> bool:
        prefix = self.point.rstrip(b"/") + b"/"
        return (target == self.point or target.startswith(prefix)) and not (target + b"/").startswith(tuple(self.below))

    def step(self, worker: "Worker", pid: int) -> "User | None":
        base = "/proc/%d/" % pid
        try:
            if os.readlink(base + "ns/mnt") != self.space:
                return None  # its paths are those of a container
        except OSError:
            return None
        files = [(name, target) for name, target in links_of(base) if self.has(target) and name != "root"]
        if not files:
            return None
        deleted = [(name, target) for name, target in files if name.startswith("fd/") and target.endswith(b" (deleted)")]
        size, largest, most = 0, b"", -1
        for name, target in deleted:
            if not worker.enter(self.path):
                break
            try:
                blocks = os.stat(base + name).st_blocks * 512
            except OSError:
                blocks = 0
            worker.leave()
            size += blocks
            if blocks > most:
                largest, most = target, blocks
        stat = small(base + "stat")
        command = stat[stat.find(b"(") + 1 : stat.rfind(b")")]
        row = (b"%d" % pid, command, b"%d" % len(files), b"%d" % len(deleted), b"%d" % size, largest or files[0][1])
        return size, len(files), b"\t".join(re.sub(rb"[\t\n]", b"?", cell) for cell in row)

    def take(self, result: "User | None") -> None:
        if result:
            self.users.append(result)

    def end(self, job: "Job") -> "Answer":
        if job.cut:
            raise Miss("timeout", "users of %s: no answer in %g s" % (self.path, job.timeout))
        self.users.sort(reverse=True)
        return {}, b"\n".join([b"%d" % len(self.users)] + [line for _, _, line in self.users[:MAX_USERS]]) + b"\n"
