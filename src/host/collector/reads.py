# crashcart collector, part 1: single readings. See loop.py for the protocol.
import errno, fcntl, glob, json, os, queue, re, selectors, signal, socket, stat, struct, subprocess, sys, threading, time

MAX_BYTES = 8 << 20
ABSENT = {errno.ENOENT, errno.ENOTDIR, errno.ENODEV, errno.ENXIO, errno.ESRCH, errno.EINVAL, errno.EOPNOTSUPP}
DENIED = {errno.EACCES, errno.EPERM}
FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK


class Miss(Exception):
    def __init__(self, why, detail):
        super().__init__(detail)
        self.why = why


def miss_of(error, path):
    why = "absent" if error.errno in ABSENT else "denied" if error.errno in DENIED else "failed"
    return Miss(why, "%s: %s" % (path, error.strerror or error))


def slurp(path, cap=MAX_BYTES):
    try:
        fd = os.open(path, FLAGS)
    except OSError as error:
        raise miss_of(error, path)
    try:
        parts, size = [], 0
        while True:
            part = os.read(fd, 65536)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > cap:
                raise Miss("failed", "%s: larger than %d bytes" % (path, cap))
    except OSError as error:
        raise miss_of(error, path)
    finally:
        os.close(fd)


def small(path):
    """One read of a small /proc file; b'' when it cannot be read."""
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


def read_glob(pattern, links):
    names, body, size = [], [], 0
    for path in sorted(glob.glob(pattern))[:16384]:
        try:
            data = os.readlink(path).encode("utf-8", "surrogateescape") if links else slurp(path, 1 << 20)
        except OSError as error:
            names.append([path, miss_of(error, path).why])
            continue
        except Miss as miss:
            names.append([path, miss.why])
            continue
        size += len(data)
        if size > MAX_BYTES:
            raise Miss("failed", "%s: larger than %d bytes together" % (pattern, MAX_BYTES))
        names.append([path, len(data)])
        body.append(data)
    if not names:
        raise Miss("absent", "%s: no such file" % pattern)
    return {"files": names}, b"".join(body)
