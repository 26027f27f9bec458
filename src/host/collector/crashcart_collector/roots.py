"""Paths as a process sees them, also one in a container."""

import errno
import os
import stat

MOST_LINKS = 40  # as the kernel
# Each is an open descriptor of the collector.
MOST_FOLDERS = 128
FLAGS = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


def open_inside(root: str, path: str) -> int:
    """Descriptor (O_PATH) of what a path is below the root of a process: its links lead from that root and never out of it.
    The kernel would resolve those of `/proc/PID/root/var/run` from the root of this program: the socket of another server."""
    todo, links = path.split("/")[::-1], 0
    chain = [os.open(root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)]
    try:
        while todo:
            part = todo.pop()
            if part == "..":
                if len(chain) > 1:
                    os.close(chain.pop())
            elif part not in ("", "."):
                if len(chain) > MOST_FOLDERS:
                    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                fd = os.open(part, FLAGS, dir_fd=chain[-1])
                chain.append(fd)
                if stat.S_ISLNK(os.fstat(fd).st_mode):
                    target = os.readlink("", dir_fd=fd)
                    os.close(chain.pop())
                    links += 1
                    if links > MOST_LINKS:
                        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
                    while target.startswith("/") and len(chain) > 1:
                        os.close(chain.pop())
                    todo += target.split("/")[::-1]
        return chain.pop()
    finally:
        for fd in chain:
            os.close(fd)


def identity(root: str, path: str) -> "tuple[int, int] | None":
    """Device and inode of a path below a root; None where it has none."""
    try:
        fd = open_inside(root, path)
    except OSError:
        return None
    try:
        seen = os.fstat(fd)
        return seen.st_dev, seen.st_ino
    finally:
        os.close(fd)
