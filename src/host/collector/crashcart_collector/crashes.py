"""
Crash dumps of the last days by what their names, extended attributes and heads say: systemd-coredump(8), apport, core(5), kdump(8), pstore.
The dumps themselves are not read.
"""

import errno
import itertools
import os
import re
import stat
import struct
import time

from crashcart_collector.objects import owners_of, versions_of
from crashcart_collector.reads import FLAGS, Miss, slurp

MYPY = False
if MYPY:
    from typing import Any, Callable

    from crashcart_collector.hangs import Head

DAYS = 7
MAX_DUMPS = 500  # the newest
MAX_NAMES = 5000  # of a folder, which may be writable for all
MAX_REPORT = 64 << 10
MAX_NOTES = 16 << 10
MAX_DMESG = 256 << 10
MAX_TEXT = 300
PATTERN = "/proc/sys/kernel/core_pattern"
COREDUMPS, CRASHES, PSTORE = "/var/lib/systemd/coredump", "/var/crash", "/sys/fs/pstore"
ATTRIBUTES = ("pid", "uid", "signal", "timestamp", "comm", "exe")
FIELDS = (b"ProblemType", b"ExecutablePath", b"Package", b"Signal", b"SignalName", b"Date", b"UnreportableReason", b"Traceback")
PANICS = ("Kernel panic", "BUG: ", "Oops", "general protection fault", "soft lockup", "hard LOCKUP", "Unable to handle")
# Names that state a dump by themselves, where it is not readable: folders of kdump have the time of the crash.
DATED, CORE = re.compile(r"\d{4}-?\d\d-?\d\d"), re.compile(r"core(\.|$)")
NT_PRSTATUS, NT_PRPSINFO = 1, 3
packages = {}  # type: dict[str, list[str]]


def crashes(_: "Any") -> "Head":
    """Dumps of all keepers, the newest first, and whether the memory of the running kernel can be asked."""
    pattern = text_of(PATTERN)
    dumps, unread, since = [], [], time.time() - 86400 * DAYS  # type: list[Head], list[str], float
    folders = [(COREDUMPS, systemd_dump), (CRASHES, crash_dump), (PSTORE, pstore_dump)]
    own = os.path.dirname(pattern) if pattern.startswith("/") else ""
    prefix = os.path.basename(pattern).split("%")[0]
    if own and own not in (COREDUMPS, CRASHES):
        folders.append((own, lambda path, seen: own_dump(path, seen, prefix)))
    for folder, describe in folders:
        dumps += dumps_in(folder, describe, since, unread)
    dumps.sort(key=lambda one: float(one["at"]), reverse=True)
    named = dumps[:MAX_DUMPS]
    add_packages(named)
    facts = {"pattern": pattern, "dumps": named, "left": len(dumps) - len(named), "unread": unread, "live": live_kernel()}
    return {"facts": facts}


def dumps_in(folder: str, describe: "Callable[[str, os.stat_result], Head | None]", since: float, unread: "list[str]") -> "list[Head]":
    """Dumps of a folder; adds to `unread` what of it is not readable, with the reason."""
    try:
        names = names_in(folder)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            unread.append("%s: %s" % (folder, reason(error)))
        return []
    if len(names) > MAX_NAMES:
        unread.append("%s: more than %d names, the others not read" % (folder, MAX_NAMES))
    dumps, reasons = [], {}  # type: list[Head], dict[str, int]
    for name in names[:MAX_NAMES]:
        path = folder + "/" + name
        try:
            seen = os.lstat(path)
            # Firmware dates its files at the boot after.
            found = describe(path, seen) if folder == PSTORE or seen.st_mtime >= since else None
        except FileNotFoundError:
            continue
        except OSError as error:
            found = {"unread": reason(error)}
        except (ValueError, struct.error):
            continue
        if found is None:
            continue
        why = found.pop("unread", None)
        if why is not None:
            reasons[why] = reasons.get(why, 0) + 1
        if "by" in found:
            size = None if stat.S_ISDIR(seen.st_mode) else seen.st_size
            dumps.append(dict(found, path=path, at=seen.st_mtime, bytes=found.get("bytes", size)))
    unread += ["%s: %d not readable: %s" % (folder, number, why) for why, number in sorted(reasons.items())]
    return dumps


def names_in(folder: str) -> "list[str]":
    """Names of a folder, as many as MAX_NAMES, and one more where there are more."""
    return [entry.name for entry in itertools.islice(os.scandir(folder), MAX_NAMES + 1)]


def reason(error: OSError) -> str:
    return error.strerror or str(error)


def described(by: str, path: str, is_named: bool, describe: "Callable[[str], Head | None]") -> "Head | None":
    """Dump by its content; where that is not readable the reason as `unread`, and the keeper where the name states that it is a dump."""
    try:
        return describe(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        found = {"unread": reason(error)}  # type: Head
        return dict(found, by=by) if is_named else found


def text_of(path: str) -> str:
    try:
        return slurp(path, 4096).decode("utf-8", "replace").strip()
    except Miss:
        return ""


def systemd_dump(path: str, seen: os.stat_result) -> "Head | None":
    """A file `core.COMM.UID.BOOT.PID.TIME.zst`, whose attributes have the signal and the program."""
    if not os.path.basename(path).startswith("core.") or not stat.S_ISREG(seen.st_mode):
        return None
    found = {"by": "systemd"}  # type: Head
    for name in ATTRIBUTES:
        try:
            value = os.getxattr(path, "user.coredump." + name, follow_symlinks=False)
        except OSError as error:
            # An attribute that is not there, or a filesystem without any.
            if error.errno not in (errno.ENODATA, errno.EOPNOTSUPP):
                found["unread"] = reason(error)
            continue
        found[name] = value[:MAX_TEXT].decode("utf-8", "replace")
    return found


def crash_dump(path: str, seen: os.stat_result) -> "Head | None":
    """A report of apport, a folder of kdump, or a core."""
    name = os.path.basename(path)
    if stat.S_ISDIR(seen.st_mode):
        return described("kdump", path, DATED.search(name) is not None, kdump)
    if not stat.S_ISREG(seen.st_mode):
        return None
    if name.endswith(".crash"):
        return described("apport", path, True, report)
    return described("kernel", path, CORE.match(name) is not None, core_dump) if name.startswith("core") else None


def own_dump(path: str, seen: os.stat_result, prefix: str) -> "Head | None":
    """A core in the folder that core_pattern names, which may be /tmp: by its content alone where the pattern begins with a variable."""
    if not os.path.basename(path).startswith(prefix) or not stat.S_ISREG(seen.st_mode):
        return None
    return described("kernel", path, prefix != "", core_dump)


def report(path: str) -> "Head":
    """Fields of a report, which stand before its core."""
    found, name = {"by": "apport"}, b""  # type: Head, bytes
    for line in head_of(path, MAX_REPORT).split(b"\n"):
        if line.startswith(b" "):
            # Of a traceback its last line has the exception.
            if name == b"Traceback" and line.strip():
                found["Traceback"] = line.strip()[:MAX_TEXT].decode("utf-8", "replace")
            continue
        name, _, value = line.partition(b":")
        if name in FIELDS and value.strip():
            found[name.decode("ascii")] = value.strip()[:MAX_TEXT].decode("utf-8", "replace")
    return found


def kdump(path: str) -> "Head | None":
    names = sorted(names_in(path))[:64]
    parts = [name for name in names if name.startswith(("dump.", "vmcore", "dmesg."))]
    if not parts:
        return None
    found = {"by": "kdump", "bytes": sum(os.lstat(path + "/" + name).st_size for name in parts)}  # type: Head
    log = next((name for name in parts if "dmesg" in name), "")
    if log:
        try:
            lines = head_of(path + "/" + log, 64 << 20, MAX_DMESG).decode("utf-8", "replace").split("\n")
        except OSError as error:
            return dict(found, unread=reason(error))
        line = next((line for line in lines if any(text in line for text in PANICS)), "")
        found["line"] = line.partition("] ")[2][:MAX_TEXT] or line[:MAX_TEXT]
    return found


def pstore_dump(path: str, _: os.stat_result) -> "Head | None":
    return {"by": "pstore"} if os.path.basename(path).startswith("dmesg-") else None


def head_of(path: str, most: int, tail: int = 0) -> bytes:
    """Start, or end, of a regular file: no link of a folder that all may write is followed."""
    fd = os.open(path, FLAGS | os.O_NOFOLLOW)
    try:
        seen = os.fstat(fd)
        if not stat.S_ISREG(seen.st_mode):
            raise OSError("not a regular file")
        return os.pread(fd, min(most, tail or most), max(0, seen.st_size - tail) if tail else 0)
    finally:
        os.close(fd)


def core_dump(path: str) -> "Head | None":
    """A core of the kernel: signal, program and process of its first notes."""
    head = head_of(path, MAX_NOTES)
    if head[:6] != b"\x7fELF\x02\x01" or struct.unpack_from("<H", head, 16)[0] != 4:
        return None
    found = {"by": "kernel"}  # type: Head
    at = struct.unpack_from("<Q", head, 64 + 8)[0] if struct.unpack_from("<I", head, 64)[0] == 4 else 1 << 40
    while at + 12 <= len(head):
        name, size, kind = struct.unpack_from("<3I", head, at)
        start = at + 12 + (name + 3 & ~3)
        if kind == NT_PRSTATUS and "signal" not in found and start + 14 <= len(head):
            found["signal"] = str(struct.unpack_from("<h", head, start + 12)[0])
        elif kind == NT_PRPSINFO and start + 56 <= len(head):
            uid, _, pid = struct.unpack_from("<3I", head, start + 16)
            comm = head[start + 40 : start + 56].split(b"\0")[0].decode("utf-8", "replace")
            found.update(uid=str(uid), pid=str(pid), comm=comm)
            break
        at = start + (size + 3 & ~3)
    return found


def add_packages(dumps: "list[Head]") -> None:
    """Package of each program of which apport did not write it; looked up once."""
    fresh = {str(one["exe"]) for one in dumps if one.get("exe") and "Package" not in one} - set(packages)
    if fresh:
        owners = owners_of("", sorted(fresh))
        versions = {one[0]: one[2] for one in versions_of("", set(owners.values()))}
        for path in fresh:
            name = owners.get(path, "").partition(":")[0]
            packages[path] = [name, versions.get(name, "")]
    for one in dumps:
        known = packages.get(str(one.get("exe", "")), ["", ""])
        if known[0]:
            one.setdefault("Package", " ".join(known).strip())


def live_kernel() -> "Head":
    """What drgn(1) and crash(8) need: symbols of the kernel, its memory, and a program."""
    release = os.uname().release
    places = ["/usr/lib/debug/boot/vmlinux-" + release]
    places += [part % release for part in ("/usr/lib/debug/lib/modules/%s/vmlinux", "/lib/modules/%s/build/vmlinux")]
    programs = [folder + name for name in ("drgn", "crash") for folder in ("/usr/bin/", "/usr/local/bin/", "/usr/sbin/")]
    return {
        "release": release,
        "symbols": next((path for path in places if os.path.exists(path)), ""),
        "programs": [path for path in programs if os.access(path, os.X_OK)],
        "memory": os.path.exists("/proc/kcore"),
        "lockdown": text_of("/sys/kernel/security/lockdown"),
    }
