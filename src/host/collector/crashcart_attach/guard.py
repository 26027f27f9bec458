"""The guard of a traced process. It measures how long the process is stopped and lets it go.
Measured without it: a tracer whose engineer went away (TCP stall) keeps its target stopped for ever; SIGTERM to a gdb
that is continuing with breakpoints in can kill the target by SIGTRAP, and so can SIGKILL. So SIGINT comes first: gdb
stops the target and takes its breakpoints out; then SIGTERM, on which it detaches; SIGKILL is the last resort.
"""

import os
import select
import signal
import time

MYPY = False
if MYPY:
    from typing import Any, Callable

    # Passes so many seconds.
    Wait = Callable[[float], None]

SILENCE = 2.8  # seconds without a sign of life; a target is free within 4 s of a stall
THREADS = 16  # threads looked at


def text_of(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


class Thread:
    """Open stat file of a thread; seconds that it stands still without a break, and in all."""

    __slots__ = ("fd", "now", "total")

    def __init__(self, fd: int) -> None:
        self.fd, self.now, self.total = fd, 0.0, 0.0


class Target:
    """The traced process: (pid, start time), how long its threads stand still, and who traces it."""

    def __init__(self, pid: int, ticks: int) -> None:
        self.pid, self.ticks, self.listed, self.last = pid, ticks, 0.0, time.monotonic()
        self.threads = {}  # type: dict[str, Thread]
        self.now = self.longest = self.total = self.gap = 0.0
        self.was_stopped = self.state() == "T"  # then it stays stopped

    def fields(self) -> "list[bytes]":
        return text_of("/proc/%d/stat" % self.pid).rpartition(b")")[2].split()

    def state(self) -> str:
        fields = self.fields()
        return fields[0].decode() if len(fields) > 19 and int(fields[19]) == self.ticks else "gone"

    def tracer(self) -> int:
        """pid of who traces any of its threads, or 0."""
        for tid in self.tids()[:64]:
            for line in text_of("/proc/%d/task/%s/status" % (self.pid, tid)).splitlines():
                if line.startswith(b"TracerPid:") and int(line.split()[1]):
                    return int(line.split()[1])
        return 0

    def tids(self) -> "list[str]":
        try:
            return sorted(os.listdir("/proc/%d/task" % self.pid), key=int)
        except OSError:
            return []

    def standing(self) -> bool:
        """All threads are in a tracing stop, and no Ctrl-C that was meant for the tracer is on its way to the target."""
        for tid in self.tids()[:64]:
            for line in text_of("/proc/%d/task/%s/status" % (self.pid, tid)).splitlines():
                name, _, value = line.partition(b":")
                if (name == b"State" and value.split()[0] != b"t") or (name in (b"SigPnd", b"ShdPnd") and int(value, 16) & 2):
                    return False
        return True

    def stop_pending(self) -> bool:
        """An attach sends SIGSTOP. Where the target could not take it (state D, a frozen control group), it still would."""
        for tid in self.tids()[:64]:
            for line in text_of("/proc/%d/task/%s/status" % (self.pid, tid)).splitlines():
                if line[:7] in (b"SigPnd:", b"ShdPnd:") and int(line[7:], 16) >> (signal.SIGSTOP - 1) & 1:
                    return True
        return False

    def look(self, now: float) -> None:
        """Adds up, per thread, the time between looks in which it stood still (t; T unless it did so before us)."""
        if now - self.listed > 0.5:
            self.listed, tids = now, self.tids()[:THREADS]
            for tid in set(self.threads) - set(tids):
                os.close(self.threads.pop(tid).fd)
            for tid in set(tids) - set(self.threads):
                try:
                    self.threads[tid] = Thread(os.open("/proc/%d/task/%s/stat" % (self.pid, tid), os.O_RDONLY))
                except OSError:
                    pass
        step, self.last, self.now = now - self.last, now, 0.0
        stood, standing = any(thread.now for thread in self.threads.values()), False
        for thread in self.threads.values():
            try:
                state = os.pread(thread.fd, 4096, 0).rpartition(b")")[2][1:2]
            except OSError:
                state = b"X"
            if state == b"t" or (state == b"T" and not self.was_stopped):
                thread.now, thread.total = thread.now + step, thread.total + step
                self.longest, self.total = max(self.longest, thread.now), max(self.total, thread.total)
                self.now, standing = max(self.now, thread.now), True
            else:
                thread.now = 0.0
        if stood or standing:
            self.gap = max(self.gap, step)  # how far off the figures may be

    def figures(self) -> "dict[str, Any]":
        return {"stoppedMs": self.now * 1e3, "longestStopMs": self.longest * 1e3, "totalStopMs": self.total * 1e3}


def send_signal(pid: int, number: int, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, number)
    except OSError:
        pass  # gone already


def members(session: int) -> "list[int]":
    """Processes of a shell: those of its session, and all whose parents are among them."""
    table = {}
    for name in os.listdir("/proc") if session else ():
        fields = text_of("/proc/%s/stat" % name).rpartition(b")")[2].split() if name.isdigit() else ()
        if len(fields) > 3 and fields[0] not in (b"Z", b"X"):
            table[int(name)] = (int(fields[1]), int(fields[3]))
    found = set()  # type: set[int]
    more = {pid for pid, (_, leader) in table.items() if session in (pid, leader)}
    while more:
        found |= more
        more = {pid for pid, (parent, _) in table.items() if parent in found} - found
    return sorted(found)


def end_session(session: int, wait: "Wait") -> "list[str]":
    """Ends a shell and all that hangs on it, as a terminal that is hung up does, then harder. A service that was started
    from it has left the session, and stays. Returns what it did, in words."""
    ended = set()  # type: set[int]
    for number in (signal.SIGHUP, signal.SIGTERM) + (signal.SIGKILL,) * 3:
        left = set(members(session)) | {pid for pid in ended if alive(pid)}  # an orphan is not found by its parents any more
        ended |= left
        for pid in left:
            send_signal(pid, number)
            send_signal(pid, signal.SIGCONT)
        end = time.monotonic() + 0.5
        while any(alive(pid) for pid in left) and time.monotonic() < end:
            wait(0.02)
        if not left:
            break
    return ["ended %d process%s of the shell" % (len(ended), "" if len(ended) == 1 else "es")] if ended else []


def let_go(target: Target, tool: int, wait: "Wait", session: int = 0) -> "list[str]":
    """Frees the target from the tool (a session of processes); wait(seconds) passes time. Returns what it did, in words."""
    did = end_session(session, wait)

    def tracer() -> int:
        pid = target.tracer()
        try:
            return pid if pid and os.getsid(pid) == tool else 0
        except OSError:
            return 0

    def until(condition: "Callable[[], object]", seconds: float, looks: int = 1) -> bool:
        end, seen = time.monotonic() + seconds, 0
        while seen < looks and time.monotonic() < end:
            seen = seen + 1 if condition() else 0
            wait(0.02)
        return seen >= looks

    def free() -> bool:
        return not tracer()

    holder = tracer()
    if holder:
        send_signal(holder, signal.SIGCONT)  # it may have been stopped itself
        send_signal(holder, signal.SIGINT)
        until(lambda: free() or target.standing(), 2, 5)
        did.append("interrupted the tracer")
        if not free():
            send_signal(holder, signal.SIGTERM)
            did.append("asked it to detach")
            if not until(free, 3):
                send_signal(target.pid, signal.SIGSTOP)  # a stopped target is between two instructions, not in a breakpoint
                until(lambda: free() or target.standing(), 1, 2)
                send_signal(holder, signal.SIGKILL)
                did.append("killed the tracer" if until(free, 2) else "the tracer does not let go: the target stays traced")
    for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGKILL):  # what is left of the tool: wrappers, shells
        send_signal(tool, signal.SIGCONT, True)
        send_signal(tool, number, True)
        if until(lambda: not alive(tool), 0.3):
            break
    did += settle(target, wait, 3)
    return did


def settle(target: Target, wait: "Wait", seconds: float) -> "list[str]":
    """A detach can leave the target stopped. Looks until it has been seen at work, at most so long."""
    end, running = time.monotonic() + seconds, 0
    did = []  # type: list[str]
    while time.monotonic() < end and running < 20:
        state = target.state()
        left = (
            "woke the target, which was left stopped"
            if state == "T"
            else "took back a stop that still waited for the target"
            if state == "D" and target.stop_pending()
            else ""
        )
        if left and not target.was_stopped and not target.tracer():
            send_signal(target.pid, signal.SIGCONT)
            did, running = [left], 0
        running = running + 1 if state not in "Tt" else 0
        if state == "gone" or target.was_stopped:
            break
        wait(0.05)
    return did


def alive(pid: int) -> bool:
    """True while it is there, also as a child that was not waited for; not once it is a zombie."""
    return text_of("/proc/%d/stat" % pid).rpartition(b")")[2][1:2] not in (b"Z", b"X", b"")


def second_guard(target: Target, tool: int, terminal: int, session: int = 0) -> int:
    """A second process that lets go when the first guard was killed (or stands still). Returns the pipe to it.
    It keeps the terminal open: else the tool would get SIGHUP at once, on which a gdb that is continuing with breakpoints
    in can kill the target (measured: 1 of 6)."""
    out, into = os.pipe()
    if os.fork():
        os.close(out)
        os.set_blocking(into, False)
        return into
    os.setsid()
    os.close(into)
    null = os.open("/dev/null", os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    while select.select([out], [], [], SILENCE)[0]:  # a pulse comes twice a second
        data = os.read(out, 4096)
        if b"!" in data:  # all is over and well
            os._exit(0)
        if not data:
            break

    def wait(seconds: float) -> None:
        """Takes what the tool prints meanwhile, so that it does not hang in writing it."""
        if select.select([terminal], [], [], seconds)[0]:
            try:
                os.read(terminal, 65536)
            except OSError:
                time.sleep(seconds)

    let_go(target, tool, wait, session)
    os._exit(0)
