"""Connections to unix sockets, to what processes listen on, and to netlink."""

import errno
import os
import selectors
import socket
import sys
import time

from crashcart_collector.listeners import Listener
from crashcart_collector.reads import miss_of, small

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Answer, Head
    from crashcart_collector.loop import Loop

NETLINK = "netlink:"
BACKLOG_TRIES = 5
LOOK_AGAIN = 3.0  # seconds; until then a daemon that did not run is believed not to
GOING = 30.0  # seconds that one which hung up has to go: a word to it would wait for the next, which systemd would start
SEEN = {}  # type: dict[str, int]  # command -> pid
UNSEEN = {}  # type: dict[tuple[str, ...], float]  # commands -> until when they are believed not to run
# Number of the call, of 64-bit programs: a 32-bit one on such a kernel has other numbers.
SETRESUID = {"x86_64": 117, "aarch64": 147, "riscv64": 147, "ppc64le": 164, "s390x": 208}
NO_WAY_BACK = 70  # exit code, EX_SOFTWARE
CLONE_NEWNET = 0x40000000
HUNG_UP = {}  # type: dict[str, tuple[int, float]]  # path -> pid, and until when it is left alone


def runs(commands: "list[str]") -> int:
    """The pid of a process with one of these commands, or 0: then systemd may listen, and a word to it would start one."""
    for name in commands:
        if small("/proc/%d/comm" % SEEN.get(name, 0)).strip() == name.encode():
            return SEEN[name]
    now = time.monotonic()
    if now < UNSEEN.get(tuple(commands), 0):
        return 0
    wanted = {name.encode(): name for name in commands}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        found = wanted.get(small("/proc/" + pid + "/comm").strip())
        if found:
            SEEN[found] = int(pid)
            return SEEN[found]
    UNSEEN[tuple(commands)] = now + LOOK_AGAIN
    return 0


def socket_facts(path: str, daemons: "list[str]") -> "Answer":
    """What is to be known of a socket before it is dialled: looking for its path may hang. Without one no daemon is looked for,
    which reads every process."""
    try:
        uid = os.stat(path).st_uid
    except OSError:
        return {"exists": False, "pid": 0, "uid": 0}, b""
    return {"exists": True, "pid": runs(daemons), "uid": uid}, b""


def listener_facts(name: str) -> "Answer":
    """The same of a unix socket that was found by its process."""
    listener = Listener(name)
    try:
        fd = listener.open(listener.path or "")
    except OSError:
        return {"exists": False, "pid": 0, "uid": 0}, b""
    try:
        return {"exists": True, "pid": listener.pid, "uid": os.fstat(fd).st_uid}, b""
    finally:
        os.close(fd)


class EffectiveUser:
    """The effective user of this thread alone: a socket's server sees who connects (SO_PEERCRED). Each thread has its own by the
    kernel; only the C library's call changes all of them, and would take root's rights from reads in progress. The saved user stays,
    so that the way back needs no capability; a thread that does not get back ends the program, whose reads would go on without rights."""

    def __init__(self, uid: int) -> None:
        self.uid, self.before = uid, os.geteuid()

    def change(self, uid: int) -> None:
        if uid == os.geteuid():
            return
        number = SETRESUID.get(os.uname().machine) if sys.maxsize > 1 << 32 else None
        try:
            import ctypes  # a small installation of Python may lack it, and SELinux the memory for its callbacks
        except (ImportError, MemoryError):
            number = None
        if number is None:
            raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syscall(*[ctypes.c_long(one) for one in (number, -1, uid, -1)]):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    def __enter__(self) -> None:
        self.change(self.uid)

    def __exit__(self, *_: "Any") -> None:
        try:
            self.change(self.before)
        except OSError:
            os._exit(NO_WAY_BACK)


class Dialled:
    """A connection: what comes is sent on at once, what is written waits until the other side takes it."""

    two_way = True
    again = (BlockingIOError,)  # type: tuple[type[OSError], ...]
    wants_more = ()  # type: tuple[type[OSError], ...]  # a write that waits for what the other side sends

    def __init__(self, loop: "Loop", head: "Head", facts: "Head") -> None:
        self.loop, self.unwritten, self.tries, self.closing = loop, bytearray(), 0, False
        self.id = head["id"]  # type: int
        self.path = head["path"]  # type: str
        self.restless = True  # until it is connected
        self.over = None  # type: Head | None  # the last frame, once there is one
        self.socket = self.new_socket()
        self.socket.setblocking(False)
        self.lasting = head["lasting"]  # type: bool
        self.as_user = facts["uid"] if head.get("owner") and os.geteuid() == 0 else os.geteuid()  # type: int
        self.pid = facts["pid"]  # type: int
        hung_up, until = HUNG_UP.get(self.path, (0, 0))
        if head["daemons"] and not self.pid and facts["exists"]:
            self.end({"why": "failed", "detail": "%s: %s does not run" % (self.path, " or ".join(head["daemons"]))})
        elif self.pid and self.pid == hung_up and time.monotonic() < until:
            self.end({"why": "failed", "detail": "%s: the daemon (pid %d) hung up and may be ending" % (self.path, hung_up)})
        else:
            self.connect()

    @property
    def ending(self) -> bool:
        return self.over is not None

    def new_socket(self) -> socket.socket:
        return socket.socket(socket.AF_UNIX)

    def reach(self) -> None:
        with EffectiveUser(self.as_user):
            connect_to(self.socket, self.path)

    def connect(self) -> None:
        self.tries += 1
        try:
            self.reach()
        except BlockingIOError:
            if self.tries >= BACKLOG_TRIES:
                self.end({"why": "failed", "detail": "%s: takes no more connections, its backlog is full" % self.path})
        except ConnectionRefusedError:
            self.end({"why": "failed", "detail": "%s: nothing listens there, the daemon is gone" % self.path})
        except OSError as error:
            miss = miss_of(error, self.path)
            self.end({"why": miss.why, "detail": str(miss)})
        else:
            self.restless = False
            self.loop.selector.register(self.socket, selectors.EVENT_READ, self.readable)
            self.loop.send({"id": self.id, "dialled": 1, "at": time.monotonic()})

    def readable(self, _: "Any") -> None:
        """Or writable, while something is unwritten."""
        if self.unwritten:
            self.flush()
        try:
            data = self.receive()
        except self.again:
            return
        except OSError as error:
            self.end({"exit": 1, "err": error.strerror or str(error)})
            return
        if data:
            self.loop.send({"id": self.id, "out": 1, "at": time.monotonic()}, data)
        else:
            if self.lasting and self.pid:
                HUNG_UP[self.path] = self.pid, time.monotonic() + GOING
            self.end({"exit": 0})

    def receive(self) -> bytes:
        return self.socket.recv(65536)

    def write(self, data: bytes) -> None:
        if self.over is None and not self.restless:
            self.unwritten += data
            self.flush()

    def flush(self) -> None:
        event = selectors.EVENT_READ
        try:
            if self.unwritten:
                del self.unwritten[: self.socket.send(self.unwritten)]
            event |= selectors.EVENT_WRITE if self.unwritten else 0
        except self.again as error:
            event |= 0 if isinstance(error, self.wants_more) else selectors.EVENT_WRITE
        except OSError:
            self.unwritten.clear()  # what the other side sent before it went is still to be read
        if self.closing and not self.unwritten:
            self.shut()
        self.loop.selector.modify(self.socket, event, self.readable)

    def shut(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close_stdin(self) -> None:
        self.closing = True
        if self.over is None and not self.restless and not self.unwritten:
            self.shut()

    def kill(self) -> None:
        self.end({"exit": 0})

    def end(self, last: "Head") -> None:
        if self.over is None:
            if not self.restless:
                self.loop.selector.unregister(self.socket)
            self.socket.close()
            self.over, self.restless = last, True

    def ended(self, now: float) -> bool:
        if self.over is None and self.restless:
            self.connect()
        if self.over is None:
            return False
        self.loop.send(dict(self.over, id=self.id, at=now))
        return True


class NetworkOf:
    """The network namespace of a process, for this thread alone; a thread that does not get back ends the program."""

    def __init__(self, process: str) -> None:
        self.path, self.own = process + "/ns/net", -1
        self.libc = None  # type: Any

    def __enter__(self) -> None:
        if os.stat(self.path).st_ino == os.stat("/proc/self/ns/net").st_ino:
            return
        try:
            import ctypes
        except (ImportError, MemoryError) as error:
            raise OSError(errno.ENOSYS, "network namespace of a container: %s" % error) from error
        self.libc = ctypes.CDLL(None, use_errno=True)
        own, there = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC), -1
        try:
            there = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            if self.libc.setns(there, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
            self.own = own
        finally:
            for fd in (there, own if self.own < 0 else -1):
                if fd >= 0:
                    os.close(fd)

    def __exit__(self, *_: "Any") -> None:
        if self.own >= 0:
            if self.libc.setns(self.own, CLONE_NEWNET):
                os._exit(NO_WAY_BACK)
            os.close(self.own)


class DialledListener(Dialled):
    """A socket on which a process listens, also in a container. TCP on this host: the kernel connects at once, or the backlog is full."""

    def new_socket(self) -> socket.socket:
        self.listener = Listener(self.path)
        if not self.listener.runs():
            raise OSError(errno.ECONNREFUSED, "the process has gone")
        if self.listener.path is not None:
            return socket.socket(socket.AF_UNIX)
        with NetworkOf(self.listener.process):
            return socket.socket(socket.AF_INET6 if ":" in self.listener.host else socket.AF_INET)

    def reach(self) -> None:
        if self.listener.path is not None:
            # As another user the root of the process would be closed: it is opened before, and the socket needs no path then.
            fd = self.listener.open(self.listener.path)
            try:
                with EffectiveUser(self.as_user):
                    self.socket.connect("/proc/self/fd/%d" % fd)
            finally:
                os.close(fd)
            return
        address = self.listener.host, self.listener.port
        error = self.socket.connect_ex(address)
        if error == errno.EADDRNOTAVAIL and self.listener.host == "::1":
            # Loopback without IPv6, as in containers of Docker: a socket of all addresses has IPv4 too.
            address = "::ffff:127.0.0.1", self.listener.port
            error = self.socket.connect_ex(address)
        if error == errno.EINPROGRESS:
            error = self.socket.connect_ex(address)
        if error in (errno.EINPROGRESS, errno.EALREADY):
            raise BlockingIOError(error, os.strerror(error))
        if error not in (0, errno.EISCONN):
            raise OSError(error, os.strerror(error))


class DialledTls(DialledListener):
    """A port with TLS, whose handshake the first write begins."""

    def __init__(self, loop: "Loop", head: "Head", facts: "Head") -> None:
        import ssl

        self.again, self.wants_more = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError), (ssl.SSLWantReadError,)
        self.tls = facts["tls"]  # type: ssl.SSLContext
        super().__init__(loop, head, facts)

    def reach(self) -> None:
        super().reach()
        self.session = self.tls.wrap_socket(self.socket, do_handshake_on_connect=False)
        self.socket = self.session

    def receive(self) -> bytes:
        """Also what is decrypted and still in memory: select does not see it."""
        data = self.session.recv(65536)
        while self.session.pending():
            data += self.session.recv(65536)
        return data

    def shut(self) -> None:
        """Python would drop the session with what the other side still sends."""


class DialledNetlink(Dialled):
    """A netlink socket, by the number of its protocol: `netlink:0` routes, `netlink:4` sockets (netlink(7))."""

    def new_socket(self) -> socket.socket:
        return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, int(self.path[len(NETLINK) :]))

    def reach(self) -> None:
        self.socket.bind((0, 0))


def connect_to(sock: socket.socket, path: str) -> None:
    raw = os.fsencode(path)
    if len(raw) < 108:
        sock.connect(raw)
        return
    folder, name = os.path.split(raw)  # a socket's address holds 107 bytes: the folder is named by a descriptor
    fd = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sock.connect(b"/proc/self/fd/%d/%s" % (fd, name))
    finally:
        os.close(fd)
