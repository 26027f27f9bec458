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
MAX_KNOWN = 4096
threading.stack_size(512 << 10)  # address space only: what a thread touches of it is some 16 KiB


class Late(Exception):
    """A read that came back after the others went on without it."""


class Hang:
    """A path whose read hangs, or hung."""

    __slots__ = ("patience", "since", "stuck", "took", "tries", "until", "where")

    def __init__(self) -> None:
        self.stuck, self.since, self.where, self.tries, self.until, self.patience, self.took = False, 0.0, "", 0, 0.0, PATIENCE, 0.0


class Hangs:
    """Paths of which a read hangs, or hung when it was last tried. A path costs one thread at a time, however often it is asked for."""

    def __init__(self) -> None:
        self.known = {}  # type: dict[str, Hang]
        self.alike = {}  # type: dict[str, int]
        self.stuck, self.lock = 0, threading.Lock()

    def why(self, path: str) -> "str | None":
        """Why this path is not read now, or None."""
        hang = self.known.get(path)
        if hang is None:
            alike = self.alike.get(kind_of(path), 0) if self.stuck >= MAX_ALIKE else 0
            return "not read, %d reads of such files hang" % alike if alike else None
        if hang.stuck:
            return "timeout after %g s%s" % (hang.patience, hang.where)
        if time.monotonic() < hang.until:
            return "timeout, the last read took %.0f s%s" % (hang.took, hang.where)
        return None

    def patience(self, path: str) -> float:
        hang = self.known.get(path)
        return hang.patience if hang else PATIENCE

    def add(self, path: str, since: float, where: str) -> None:
        with self.lock:
            hang = self.known.setdefault(path, Hang())
            hang.stuck, hang.since, hang.where = True, since, ", in " + where if where else ""
            self.stuck += 1
            kind = kind_of(path)
            self.alike[kind] = self.alike.get(kind, 0) + 1
            if len(self.known) > MAX_KNOWN:
                for other in [other for other in self.known if not self.known[other].stuck]:
                    del self.known[other]

    def back(self, path: str, enough: float) -> None:
        """It came back. One that answers within `enough` seconds is slow: it gets that long, and is read at its period."""
        with self.lock:
            self.stuck -= 1
            kind = kind_of(path)
            self.alike[kind] -= 1
            if not self.alike[kind]:
                del self.alike[kind]
            hang = self.known[path]
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


def kind_of(path: str) -> str:
    """What hangs alike: in /proc and /sys the same file of another process or device, elsewhere the files of a folder."""
    return re.sub("[0-9]+", "#", path) if path.startswith(("/proc/", "/sys/")) else os.path.dirname(path)


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
        stat = small(self.task + "/stat") if self.task else b""
        return stat[stat.rfind(b")") + 2 :][:1] == b"R"

    def where(self) -> str:
        """The kernel function in which it sleeps, where that can be read."""
        name = small(self.task + "/wchan").decode("ascii", "replace") if self.task else ""
        return name if re.match(r"[A-Za-z_][\w.]*$", name) else ""
