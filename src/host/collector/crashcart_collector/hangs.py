"""Reads that hang, and the threads that wait in them."""

import os
import re
import threading
import time

from crashcart_collector.reads import small

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, Iterable, Tuple

    from crashcart_collector.readers import Job

    # Header of a frame: a JSON object.
    Head = Dict[str, Any]
    # Header and body.
    Answer = Tuple[Head, bytes]

SLOW = 0.1  # seconds: a read that takes longer is overtaken, another thread goes on with what is left
PATIENCE = 1.0  # seconds: a read that sleeps longer hangs, what it belongs to is answered without it
LOOKS = 8  # times that it must have been seen in the same read: a collector that got no CPU itself blames no file
LONGEST_WAIT = 300.0  # seconds between two reads of what hung each time
MAX_STUCK = 256  # threads that wait in hung reads: dead NFS, processes with a locked memory map
MAX_ALIKE = 128  # with so many of them, no file like one that hangs is read
MAX_NEW = 192  # with so many of them, only what was read before is read: the last 64 threads are for what is healthy
MAX_COMMANDS = 64  # commands that outlive their kill, in D state
MAX_KNOWN = 4096
threading.stack_size(512 << 10)  # address space only: what a thread touches of it is some 16 KiB


class Late(Exception):
    """A read that came back after the others went on without it."""


class Hang:
    """A path whose read hangs, or hung."""

    __slots__ = ("patience", "since", "stuck", "thread", "took", "tries", "until", "where")

    def __init__(self) -> None:
        self.stuck, self.since, self.where, self.tries, self.until, self.patience, self.took = False, 0.0, "", 0, 0.0, PATIENCE, 0.0
        self.thread = True  # a thread of the collector waits in it, not a command


class Hangs:
    """Paths of which a read hangs, or hung when it was last tried. A path costs one thread at a time, however often it is asked for."""

    def __init__(self) -> None:
        self.known = {}  # type: dict[str, Hang]
        self.alike = {}  # type: dict[str, int]
        self.stuck, self.commands, self.lock = 0, 0, threading.Lock()
        self.changes = 0  # of what `listed` gives

    def why(self, path: str) -> "str | None":
        """Why this path is not read now, or None."""
        hang = self.known.get(path)
        if hang is None:
            alike = self.alike.get(kind_of(path), 0) if self.stuck >= MAX_ALIKE else 0
            return "not read, %d reads of such files hang" % alike if alike else None
        if hang.stuck:
            return "timeout after %g s%s, for %.0f s" % (hang.patience, hang.where, time.monotonic() - hang.since)
        wait = hang.until - time.monotonic()
        if wait > 0:
            return "timeout, the last read took %.0f s%s, retry in %.0f s" % (hang.took, hang.where, wait)
        return None

    def listed(self) -> "list[list[Any]]":
        """Path, start, time-out, state and time of the next try of each that is not read now."""
        with self.lock:
            now = time.monotonic()
            return [
                [path, hang.since, hang.patience, hang.where, 0 if hang.stuck else hang.until]
                for path, hang in self.known.items()
                if hang.stuck or hang.until > now
            ][:MAX_STUCK]

    def patience(self, path: str) -> float:
        hang = self.known.get(path)
        return hang.patience if hang else PATIENCE

    def add(self, path: str, since: float, where: str, command_timeout: float = 0.0) -> None:
        """A read of a thread, or a command, that does not come back. `where`: see `state_of`."""
        with self.lock:
            hang = self.known.setdefault(path, Hang())
            hang.stuck, hang.since, hang.where, hang.thread = True, since, ", " + where if where else "", not command_timeout
            self.changes += 1
            if hang.thread:
                self.stuck += 1
                kind = kind_of(path)
                self.alike[kind] = self.alike.get(kind, 0) + 1
            else:
                self.commands += 1
                hang.patience = command_timeout
            if len(self.known) > MAX_KNOWN:
                for other in [other for other in self.known if not self.known[other].stuck]:
                    del self.known[other]

    def back(self, path: str, enough: float) -> None:
        """It came back. One that answers within `enough` seconds is slow: it gets that long, and is read at its period."""
        with self.lock:
            hang = self.known[path]
            self.changes += 1
            if hang.thread:
                self.stuck -= 1
                kind = kind_of(path)
                self.alike[kind] -= 1
                if not self.alike[kind]:
                    del self.alike[kind]
            else:
                self.commands -= 1
            now = time.monotonic()
            hang.stuck, hang.took = False, now - hang.since
            if hang.took < enough:
                hang.patience = enough
            else:
                hang.tries += 1
                hang.until = now + min(LONGEST_WAIT, 2.0**hang.tries)

    def quick(self, path: str) -> None:
        """It answers again without a wait."""
        with self.lock:
            hang = self.known.get(path)
            if hang and not hang.stuck:
                del self.known[path]
                self.changes += 1


def kind_of(path: str) -> str:
    """What hangs alike: in /proc and /sys the same file of another process or device, elsewhere the files of a folder."""
    return re.sub("[0-9]+", "#", path) if path.startswith(("/proc/", "/sys/")) else os.path.dirname(path)


def state_of(folder: str) -> str:
    """State letter of a thread or process and the kernel function in which it sleeps: `in D state at rpc_wait_bit_killable`."""
    stat = small(folder + "/stat")
    state = stat[stat.rfind(b")") + 2 :][:1].decode("ascii", "replace")
    where = small(folder + "/wchan").decode("ascii", "replace")
    if not state.isalpha():
        return ""
    return "in %s state" % state + (" at " + where if re.match(r"[A-Za-z_][\w.]*$", where) else "")


HANGS = Hangs()


class Reading:
    """Work of threads: `begin` names the items, `step` reads one, `take` enters its result, `end` makes the answer.
    All but `begin` and `step` are called by one thread at a time."""

    def begin(self, worker: "Worker", job: "Job") -> "Iterable[Any]":
        raise NotImplementedError

    def step(self, worker: "Worker", item: "Any") -> "Any":
        raise NotImplementedError

    def take(self, result: "Any") -> None:
        raise NotImplementedError

    def end(self, job: "Job") -> "Answer":
        raise NotImplementedError

    def leave_out(self, item: "Any") -> bool:
        """A read of it hangs. False when the rest of it can be read without that."""
        return False

    def abandon(self, item: "Any") -> None:
        """That read is back, too late; None: it was `begin`."""

    def lost(self) -> None:
        """The answer did not go out."""


class Worker(threading.Thread):
    """A thread that reads. It leaves a note of each read that may hang, by which it is overtaken and given up."""

    def __init__(self, work: "Callable[[Worker], None]") -> None:
        super().__init__(daemon=True)
        self.work, self.task = work, ""
        self.job = None  # type: Job | None
        self.item = None  # type: Any
        self.at = None  # type: tuple[str, float] | None  # path and since when, replaced as a whole
        self.late = self.overtaken = False  # late: its answer is not wanted any more
        self.hangs = ""  # and what it waits for
        self.seen = None  # type: tuple[str, float] | None  # the note at the last look
        self.looks = 0  # looks in which it was the same

    def run(self) -> None:
        try:
            self.task = "/proc/self/task/" + os.readlink("/proc/thread-self").rpartition("/")[2]
        except OSError:
            pass  # a kernel before 3.17
        self.work(self)

    def enter(self, path: str) -> bool:
        """Before a read that may hang. False when this one is known to."""
        if HANGS.known and HANGS.why(path):
            return False
        self.at = path, time.monotonic()
        return True

    def leave(self) -> None:
        if self.late:
            raise Late
        if HANGS.known and self.at and time.monotonic() - self.at[1] < SLOW:
            HANGS.quick(self.at[0])

    def small(self, path: str) -> "bytes | None":
        """As `small`; None when this read hangs."""
        if HANGS.known and HANGS.why(path):
            return None
        self.at = path, time.monotonic()
        data = small(path)
        if HANGS.known:
            self.leave()
        return data

    def runs(self) -> bool:
        """It has the CPU or waits for it: slow, not hung."""
        return self.where().startswith("in R ")

    def where(self) -> str:
        return state_of(self.task) if self.task else ""
