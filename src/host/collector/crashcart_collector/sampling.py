"""Which processes are read in a walk, on a host with very many of them."""

import os
import time

from crashcart_collector.reads import Miss, slurp, small

MYPY = False
if MYPY:
    from typing import Iterable

SAMPLED = 2000  # processes, above which not all are read in each walk
ROUND = 60  # walks in which each is read once,
LEAST = 64  # and at least so many in a walk
LIST = 5  # walks between two lists of /proc: processes that came are looked for by number
MAX_CAME = 200
QUIET = 3  # walks without a change after which a process is read in its round only
HOT = 0.1  # CPUs that processes of the walk do not account for: one that was not read is hot
HOT_SHARE = 0.05  # of all CPU time in processes
DECAY = 1884 / 2048  # of the load of one minute, which the kernel computes every
LOAD_EVERY = 5.0  # seconds of the threads that run or are in D state; its two decimals give their number within 0.13
MIN_WAIT = 2  # walks between two sweeps,
MAX_WAIT = 32  # more after each that did not help: short-lived processes leave no trace


class Sampling:
    """Processes that ran recently, wait in D state or came are read each time, the others in rounds. The CPU time of the host that
    those do not account for, and threads in D state that are not among them (iowait, or more in the load than run) show that
    another is hot or blocked: then all are read, in the same walk."""

    def __init__(self, root: str = "") -> None:
        self.root = root
        self.hot = set()  # type: set[int]  # and those in D state
        self.blocked = set()  # type: set[int]
        self.ring = []  # type: list[int]
        self.last_pid = -1
        self.walk = 0
        self.since = 0.0
        self.totals = None  # type: tuple[int, int, int] | None  # see `totals_of`
        self.load = None  # type: float | None
        self.asleep = 0.0  # threads in D state by the load, where that was computed since the last walk
        self.ticks, self.seconds, self.explained = 0, 0.0, 0.0
        self.wait, self.next_sweep, self.judged = MIN_WAIT, 0, False

    def begin(self, known: "Iterable[int]", count: int) -> "list[int] | None":
        """Processes of a walk, and numbers of those that may have come; None: /proc is to be listed for these."""
        now = time.monotonic()
        totals = totals_of(self.root)
        self.ticks = totals[0] - self.totals[0] if totals and self.totals else 0
        running = max([each[2] for each in (totals, self.totals) if each] or [0])
        self.seconds, self.since, self.totals = now - self.since, now, totals
        self.explained, self.walk, self.judged = 0.0, self.walk + 1, False
        fields = small(self.root + "/proc/loadavg").split()
        self.weigh(fields, running)
        came = self.came(fields)
        if came is None or self.walk % LIST == 0:
            return None
        return self.due(known, count) + came

    def due(self, known: "Iterable[int]", count: int) -> "list[int]":
        """Those that are read each time, and the next of the round."""
        if not self.ring:
            self.ring = list(known)
        size = max(LEAST, count // ROUND)
        turn, self.ring = self.ring[-size:], self.ring[:-size]
        return list(self.hot) + [pid for pid in turn if pid not in self.hot]

    def weigh(self, fields: "list[bytes]", running: int) -> None:
        before, self.load, self.asleep = self.load, float(fields[0]) if fields else None, 0.0
        if before is not None and self.load is not None and before != self.load and self.seconds < LOAD_EVERY:
            self.asleep = (self.load - before * DECAY) / (1 - DECAY) - running

    def came(self, fields: "list[bytes]") -> "list[int] | None":
        """Numbers given since the last walk, of processes and threads; None where they cannot be known or are too many."""
        try:
            last = int(fields[4])
        except (IndexError, ValueError):
            return None
        before, self.last_pid = self.last_pid, last
        if before < 0 or not 0 <= last - before <= MAX_CAME:
            return None
        return list(range(before + 1, last + 1))

    def take(self, pid: int, state: bytes, again: bool) -> None:
        """Enters what was read of a process. `again`: it is to be read in the next walk."""
        (self.blocked.add if state == b"D" else self.blocked.discard)(pid)
        (self.hot.add if again or state == b"D" else self.hot.discard)(pid)

    def explain(self, ticks: int, seconds: float) -> None:
        """CPU time of a process since it was read before; what it used before this walk is not counted."""
        if ticks > 0:
            self.explained += ticks * min(1.0, self.seconds / seconds) if seconds > 0 else ticks

    def forget(self, pid: int) -> None:
        self.hot.discard(pid)
        self.blocked.discard(pid)

    def sweep(self) -> bool:
        """Whether all are to be read now; asked once the others were read."""
        if self.judged or not self.totals:
            return False
        self.judged = True
        gap = self.ticks - self.explained
        asleep = max(self.totals[1], self.asleep - 0.2) - len(self.blocked)
        if asleep <= 0.5 and gap <= max(HOT * 100 * self.seconds, HOT_SHARE * self.ticks):
            self.wait = max(MIN_WAIT, self.wait - 1)
            return False
        if self.walk < self.next_sweep:
            return False
        self.next_sweep, self.wait = self.walk + self.wait, min(MAX_WAIT, self.wait * 2)
        return True


def totals_of(root: str) -> "tuple[int, int, int] | None":
    """Ticks of CPU in processes, threads that wait for a disk, and threads that run."""
    try:
        text = slurp(root + "/proc/stat")
        used = text[: text.find(b"\n")].split()[1:4]
        threads = text[text.rfind(b"\nprocs_running ") :].split()
        return sum(map(int, used)), int(threads[3]), int(threads[1])
    except (IndexError, Miss, ValueError):
        return None


def pids_of(root: str) -> "list[int]":
    return [int(name) for name in os.listdir(root + "/proc") if "0" <= name[0] <= "9"]
