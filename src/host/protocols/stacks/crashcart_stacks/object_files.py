"""Files that a core dump names. The names are the writer's of the core: an open of a device acts, and a lookup may mount or hang."""

import os
import re
import stat

MOUNTINFO = "/proc/self/mountinfo"
# Whose lookups ask neither a server nor a program. Programs of a host lie on these; autofs mounts, FUSE asks a process of any user.
LOCAL = set(b"bcachefs btrfs erofs exfat ext2 ext3 ext4 f2fs jfs overlay ramfs reiserfs squashfs tmpfs vfat xfs zfs".split())
MAX_LINKS = 40  # as of the kernel: path_resolution(7)
FLAGS = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def other_mounts(mountinfo: bytes) -> "set[bytes]":
    """Mount points of filesystems that are not local, beside the root: where that is of a server, this program came from there."""
    found = set()  # type: set[bytes]
    for line in mountinfo.split(b"\n"):
        fields, _, source = line.partition(b" - ")
        words = fields.split(b" ")
        if len(words) > 5 and source.split(b" ")[0] not in LOCAL:
            found.add(re.sub(rb"\\([0-7]{3})", lambda code: bytes([int(code.group(1), 8) & 255]), words[4]))
    return found - {b"/"}


def mounts_now() -> "set[bytes]":
    with open(MOUNTINFO, "rb") as file:
        return other_mounts(file.read())


def names_of(path: bytes) -> "list[bytes]":
    """Names of a path, the last one first."""
    return [name for name in reversed(path.split(b"/")) if name not in (b"", b".")]


def object_file(path: str, others: "set[bytes]") -> "int | None":
    """A regular file of that absolute path, of which no part, also of links, is on one of these mounts: not even a lookup asks it."""
    at = os.open("/", FLAGS)
    try:
        names, place, links = names_of(os.fsencode(path)), [], 0  # type: list[bytes], list[bytes], int
        while names:
            name = names.pop()
            place = place[:-1] if name == b".." else [*place, name]
            if b"/" + b"/".join(place) in others:
                return None
            found = os.open(name, FLAGS, dir_fd=at)
            if not stat.S_ISLNK(os.fstat(found).st_mode):
                os.close(at)
                at = found
                continue
            os.close(found)
            target = os.readlink(name, dir_fd=at)
            links, place = links + 1, place[:-1]
            if links > MAX_LINKS:
                return None
            names += names_of(target)
            if target.startswith(b"/"):
                os.close(at)
                at, place = os.open("/", FLAGS), []
        if stat.S_ISREG(os.fstat(at).st_mode):
            return os.open("/proc/self/fd/%d" % at, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError):
        pass
    finally:
        os.close(at)
    return None
