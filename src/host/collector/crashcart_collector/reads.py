"""Single reads."""

import errno
import os

MAX_BYTES = 8 << 20
ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.ESRCH, errno.EINVAL, errno.EOPNOTSUPP}
DENIED = {errno.EACCES, errno.EPERM}
FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


class Miss(Exception):
    """A read that gave nothing: why in one word of the protocol, and in a sentence."""

    def __init__(self, why: str, detail: str, gone: bool = False) -> None:
        super().__init__(detail)
        self.why, self.gone = why, gone  # gone: no such file


def miss_of(error: OSError, path: str) -> Miss:
    why = "absent" if error.errno in ABSENT else "denied" if error.errno in DENIED else "failed"
    return Miss(why, "%s: %s" % (path, error.strerror or error), error.errno in (errno.ENOENT, errno.ENOTDIR))


def slurp(path: str, cap: int = MAX_BYTES, tail: int = 0) -> bytes:
    """A file, or only so many bytes of its end."""
    try:
        fd = os.open(path, FLAGS)
    except OSError as error:
        raise miss_of(error, path) from error
    try:
        if tail:
            os.lseek(fd, max(0, os.fstat(fd).st_size - tail), os.SEEK_SET)
        parts = []  # type: list[bytes]
        size = 0
        while True:
            part = os.read(fd, 65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > cap:
                raise Miss("failed", "%s: larger than %d bytes" % (path, cap))
    except OSError as error:
        raise miss_of(error, path) from error
    finally:
        os.close(fd)


def small(path: str) -> bytes:
    """First 16 KiB of a /proc file; b'' when it cannot be read."""
    try:
        fd = os.open(path, FLAGS)
    except OSError:
        return b""
    try:
        return os.read(fd, 16384)
    except OSError:
        return b""
    finally:
        os.close(fd)


def beginning(path: str, size: int) -> bytes:
    """So many bytes of a table in /proc, of which a read gives a page; b'' when it cannot be read."""
    try:
        fd = os.open(path, FLAGS)
    except OSError:
        return b""
    data = b""
    try:
        part = os.read(fd, size)
        while part and len(data) < size:
            data += part
            part = os.read(fd, size)
    except OSError:
        pass
    finally:
        os.close(fd)
    return data
