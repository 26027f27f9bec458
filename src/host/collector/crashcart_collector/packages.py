"""State of the package manager without a program of it: when its files changed, and who holds its locks."""

import os

from crashcart_collector.reads import slurp

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head


def package_files(asked: "Any") -> "Head":
    """Time of change, size and inode of each file; pids of /proc/locks that hold one. proc_locks(5)."""
    files, locks, found = {}, {}, []  # type: dict[str, list[int]], dict[int, tuple[str, str]], list[list[Any]]
    for path in asked["files"] + asked["locks"]:
        try:
            seen = os.stat(path)
        except OSError:
            continue
        if path in asked["files"]:
            files[path] = [seen.st_mtime_ns // 1000000, seen.st_size, seen.st_ino]
        else:
            locks[seen.st_ino] = path, "%02x:%02x" % (os.major(seen.st_dev), os.minor(seen.st_dev))
    for line in slurp("/proc/locks").decode("ascii", "replace").splitlines() if locks else []:
        # `1: POSIX  ADVISORY  WRITE 5161 00:2f:26732 0 EOF`; one that waits has `->` before its kind.
        words = line.split()
        device, _, inode = (words + [""] * 6)[5].rpartition(":")
        path, own = locks.get(int(inode), ("", "")) if inode.isdigit() else ("", "")
        if path and words[3] == "WRITE" and words[4].isdigit():
            found.append([path, int(words[4]), device == own])
    return {"facts": {"files": files, "locks": found[:64]}}
