"""A shell in the namespaces of a process (namespaces(7), user_namespaces(7), capabilities(7)).
What it runs there is a file of the container, perhaps a hostile one. So it gets no more than the process has: what the
process's bounding set lacks is dropped before, no_new_privs is taken over, nothing else stays open, it joins the
control group that lists the devices it may use (a container may have made a node of the host's disk long ago), and
until the exec its processes may not look into it (PR_SET_DUMPABLE: else /proc/PID/exe hands out the host's python3, CVE-2019-5736).
"""

import fcntl
import os
import signal
import struct
import termios

from crashcart_attach.env import ENV
from crashcart_attach.guard import text_of

MYPY = False
if MYPY:
    from typing import Any, NoReturn

CLONES = {
    "mnt": 0x20000,
    "uts": 0x4000000,
    "ipc": 0x8000000,
    "net": 0x40000000,
    "pid": 0x20000000,
    "cgroup": 0x2000000,
    "time": 0x80,
    "user": 0x10000000,
}  # sched.h
DUMPABLE, CAPBSET_DROP, NO_NEW_PRIVS = 4, 24, 38  # prctl(2)
TIOCSPTLCK, TIOCGPTPEER = 0x40045431, 0x5441  # ioctl_tty(2)


def libc_call(name: str, *words: "int | bytes") -> None:
    import ctypes  # a small installation of Python may lack it, and gdb does not need it

    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*words) == -1:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def status_of(pid: "int | str", name: bytes) -> bytes:
    for line in text_of("/proc/%s/status" % pid).splitlines():
        if line.startswith(name + b":"):
            return line.split()[1]
    raise OSError("/proc/%s/status has no %s" % (pid, name.decode()))


def inherit_nothing() -> None:
    """With user 0, an exec gives what is in the bounding set, and what is in this one too."""
    if int(status_of("self", b"CapInh"), 16):
        can = [int(status_of("self", name), 16) for name in (b"CapEff", b"CapPrm")] + [0]
        libc_call(
            "capset",
            struct.pack("Ii", 0x20080522, 0),
            struct.pack("6I", *[number >> shift & 0xFFFFFFFF for shift in (0, 32) for number in can]),
        )


def devices_group(pid: int) -> int:
    """The file to write to, to be in the control group of the process: the only one of v2, that of devices in v1."""
    top = "/sys/fs/cgroup" if os.path.exists("/sys/fs/cgroup/cgroup.controllers") else "/sys/fs/cgroup/devices"
    for line in text_of("/proc/%d/cgroup" % pid).decode("utf-8", "surrogateescape").splitlines():
        number, names, path = line.split(":", 2)
        if number == "0" if top == "/sys/fs/cgroup" else "devices" in names.split(","):
            return os.open(top + path + "/cgroup.procs", os.O_WRONLY)
    raise OSError("the control group of its devices is not known")


def terminal_in(pid: int) -> "tuple[int, int]":
    """A terminal of the container's own devpts, whose name means something in there; else one of the host's. Nothing is
    opened before it is known to be /dev/ptmx (5, 2), and no path of the container leads to the slave."""
    try:
        seen = os.open("/proc/%d/root/dev/pts/ptmx" % pid, os.O_PATH | os.O_NOFOLLOW)
        try:
            if os.fstat(seen).st_rdev != os.makedev(5, 2):
                raise OSError("another device")
            master = os.open("/proc/self/fd/%d" % seen, os.O_RDWR | os.O_NOCTTY)
        finally:
            os.close(seen)
        fcntl.ioctl(master, TIOCSPTLCK, struct.pack("i", 0))
        return master, fcntl.ioctl(master, TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return os.openpty()


class Entry:
    """The way in. All is looked up from outside before anything is entered: names mean something else in there."""

    def __init__(self, asked: "dict[str, Any]", programs: "list[list[str]]") -> None:
        self.pid, self.programs = int(asked["pid"]), programs
        self.uid, self.gid, self.groups = int(asked["uid"]), int(asked["gid"]), [int(group) for group in asked["groups"]]
        where = "/proc/%d/" % self.pid
        self.spaces = {
            name: os.open(where + "ns/" + name, os.O_RDONLY)
            for name in asked["namespaces"]
            if name in CLONES and os.stat(where + "ns/" + name).st_ino != os.stat("/proc/self/ns/" + name).st_ino
        }
        self.files = bool(asked["files"])  # with its root directory: else the programs are the host's
        self.group = devices_group(self.pid) if asked["confined"] else -1
        self.root = os.open(where + "root", os.O_PATH) if self.files else -1
        kept = int(status_of(self.pid, b"CapBnd"), 16) if self.files else -1
        self.lost = [number for number in range(int(text_of("/proc/sys/kernel/cap_last_cap")) + 1) if not kept >> number & 1]
        self.bound = self.files and status_of(self.pid, b"NoNewPrivs") == b"1"
        self.master, self.slave = terminal_in(self.pid) if self.files else os.openpty()
        os.fchown(self.slave, int(asked["owner"]), -1)  # it may open its terminal again: script, su, screen

    def start(self) -> "tuple[int, int]":
        """Returns the pid of a child that waits, and that of the shell, which leads its session."""
        reading, writing = os.pipe()
        waiter = os.fork()
        if waiter == 0:
            try:
                self.wait_for(writing)
            except (OSError, ImportError, AttributeError) as error:
                os.write(writing, str(error).encode()[:200])
            os._exit(126)
        os.close(writing)
        os.close(self.slave)
        shell = os.read(reading, 256)
        os.close(reading)
        if not shell.isdigit():
            os.waitpid(waiter, 0)
            raise OSError("cannot enter: %s" % (shell.decode("utf-8", "replace") or "no answer"))
        return waiter, int(shell)

    def wait_for(self, writing: int) -> "NoReturn":
        """Only children are put into a PID namespace: the shell is one, and its number on the host is known here."""
        os.setsid()
        libc_call("prctl", DUMPABLE, 0, 0, 0, 0)
        inherit_nothing()
        try:
            if "pid" in self.spaces:
                libc_call("setns", self.spaces["pid"], CLONES["pid"])
            shell = os.fork()
        except OSError as error:
            raise OSError("its first process has ended, no other can be made in there" if error.errno == 12 else str(error)) from error
        if shell == 0:
            self.become()
        os.write(writing, b"%d" % shell)
        os.closerange(0, 256)
        status = os.waitpid(shell, 0)[1]
        os._exit(os.WEXITSTATUS(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status))

    def become(self) -> "NoReturn":
        doing = "taking the terminal"
        try:
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)
            for fd in (0, 1, 2):
                os.dup2(self.slave, fd)
            if self.group >= 0:
                doing = "joining its control group"
                os.write(self.group, b"0")
            doing = "giving up groups"
            os.setgroups([])  # those of the host, whose numbers may mean others in there
            for name in ("cgroup", "ipc", "uts", "net", "time", "mnt", "user"):  # with rights of the host as long as can be
                doing = "entering its %s namespace" % name
                if name == "user" and self.files:
                    os.fchdir(self.root)
                    os.chroot(".")
                if name in self.spaces:
                    libc_call("setns", self.spaces[name], CLONES[name])
            doing = "becoming user %d there" % self.uid
            for number in self.lost:
                libc_call("prctl", CAPBSET_DROP, number, 0, 0, 0)
            if self.groups:
                os.setgroups(self.groups)
            os.setresgid(self.gid, self.gid, self.gid)
            os.setresuid(self.uid, self.uid, self.uid)
            if self.bound:
                libc_call("prctl", NO_NEW_PRIVS, 1, 0, 0, 0)
            self.execute()
        except (OSError, ImportError, AttributeError) as error:
            os.write(2, ("%s: %s\r\n" % (doing, error)).encode())
        os._exit(126)

    def execute(self) -> "NoReturn":
        os.chdir("/")
        os.umask(0o22)
        os.closerange(3, 256)
        for number in set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        # An engineer's look leaves no history behind: set and empty, it is kept nowhere.
        env = dict(ENV, HOME="/root" if self.uid == 0 else "/", HISTFILE="", LESSHISTFILE="-")
        for argv in self.programs:
            try:
                os.execve(argv[0], argv, env)
            except (FileNotFoundError, NotADirectoryError, PermissionError):
                continue
        os.write(2, ("no shell in there: %s\r\n" % ", ".join(argv[0] for argv in self.programs)).encode())
        os._exit(127)
