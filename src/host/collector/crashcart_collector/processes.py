"""The process table."""

import os
import struct
import time

from crashcart_collector.commands import Commands
from crashcart_collector.hangs import HANGS, Reading
from crashcart_collector.reads import small
from crashcart_collector.sampling import QUIET, SAMPLED, Sampling, pids_of

MYPY = False
if MYPY:
    from typing import List, Optional, Tuple

    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.readers import Job

    # Of a process: stat, start time, command, quiet walks, bits of the details not read yet, time of the read, ticks of CPU.
    Known = Tuple[bytes, bytes, bytes, int, int, float, int]
    # pid, its record or None when it is gone, what is known of it, file and reason of what hangs.
    Step = Tuple[int, Optional[List[bytes]], Optional[Known], Optional[Tuple[str, str]]]

STATUS_KEPT = (b"Uid:", b"Gid:", b"NSpid:", b"Cpus_allowed_list:", b"Mems_allowed_list:")
DETAILS = ((2, "cmdline"), (4, "cgroup"), (8, "status"))  # once per program; cmdline waits for the process's memory map


class Processes(Reading):
    """The process table by difference: /proc/PID/stat, the other files once per program, io and delays of those that ran.
    Each record has the time since that process was read before. On a host with very many see `Sampling`."""

    def __init__(self, root: str = "") -> None:
        self.root, self.sampling, self.commands = root, Sampling(root), Commands()
        self.items = []  # type: list[int]
        self.sampled = self.whole = False  # whole: all are read, as the last answer did not go out
        self.known = {}  # type: dict[int, Known]
        self.unread = {}  # type: dict[int, tuple[str, str]]  # file and reason of what hangs
        self.gone = set()  # type: set[int]
        self.out = []  # type: list[bytes]
        self.tasks_left = self.fresh_left = 0

    def begin(self, worker: "Worker", job: "Job") -> "Processes":
        self.out, self.gone, self.tasks_left, self.fresh_left = [], set(), 512, 2000
        self.commands.walked = time.monotonic()
        sampled = len(self.known) > SAMPLED and not self.whole
        items = self.sampling.begin(self.known, len(self.known)) if sampled else None
        if items is None:
            items = pids_of(self.root)
            present = set(items)
            self.gone = {pid for pid in self.known if pid not in present}
            if sampled:
                items = self.sampling.due(self.known, len(self.known)) + [pid for pid in items if pid not in self.known]
        self.items, self.sampled, self.whole = items, sampled, False
        return self

    def __length_hint__(self) -> int:
        return len(self.items)

    def __iter__(self) -> "Processes":
        return self

    def __next__(self) -> int:
        """Called with the lock held, as `take` is."""
        if not self.items and self.sampled and self.sampling.sweep():
            self.items = [pid for pid, one in self.known.items() if one[5] < self.sampling.since]
        if not self.items:
            raise StopIteration
        return self.items.pop()

    def step(self, worker: "Worker", pid: int) -> "Step":
        """What is new of a process, and what is then known of it; takes effect in `take`."""
        base = "%s/proc/%d/" % (self.root, pid)
        now = time.monotonic()
        stat = worker.small(base + "stat")
        if stat is None:
            return pid, [], None, ("stat", HANGS.why(base + "stat") or "timeout")
        end = stat.rfind(b")")
        fields = stat[end + 2 :].split(b" ", 20)
        if end < 0 or len(fields) < 21:
            return pid, None, None, None  # it is gone
        old = self.known.get(pid)
        if old is None and fields[20].split(b" ", 16)[15:16] == [b"-1"]:
            return pid, None, None, None  # the number of a thread: without a signal at its end
        fresh = old is None or old[1] != fields[19] or old[2] != stat[:end]
        before, start, command, quiet, wanted = (b"", fields[19], stat[:end], 0, 14) if old is None or fresh else old[:5]
        used = sum(map(int, fields[11:15])) if old is None or stat != before else old[6]  # with its ended children
        record = []  # type: list[tuple[int, bytes]]
        unread = None  # type: tuple[str, str] | None
        if stat != before:
            quiet = QUIET if old is None else 0
            if not fresh:
                io = worker.small(base + "io")
                if io:
                    record.append((16, io))
            threads = int(fields[17])
            if threads <= 64 and threads <= self.tasks_left:
                self.tasks_left -= threads
                delays = self.delays(worker, base, threads)
                if delays is not None:
                    record.append((32, delays))
            if fields[0] == b"D":
                record.append((64, worker.small(base + "wchan") or b""))
            record.append((1, stat))
        else:
            quiet += 1
        if wanted and self.fresh_left:
            self.fresh_left -= 1
            for bit, name in DETAILS:
                data = worker.small(base + name) if wanted & bit else None
                if data is not None:
                    wanted -= bit
                    record.append((bit, self.kept(name, data)))
                elif wanted & bit:
                    unread = unread or (name, HANGS.why(base + name) or "timeout")
        if record or fresh:
            record.sort()
            mask = sum(bit for bit, _ in record) + (128 if fresh else 0)  # 128: forget the one before
            parts = [part for _, data in record for part in (struct.pack("<I", len(data)), data)]
            since = 0 if old is None or fresh else min(0xFFFFFFFF, max(1, int((now - old[5]) * 1000)))
            parts.insert(0, struct.pack("<IBI", pid, mask, since))
        else:
            parts = []
        return pid, parts, (stat, start, command, quiet, wanted, now, used), unread

    def take(self, result: "Step") -> None:
        pid, record, known, unread = result
        if record is None:
            if pid in self.known:
                self.gone.add(pid)
            return
        if known:
            old = self.known.get(pid)
            same = old is not None and old[1] == known[1]
            self.sampling.explain(known[6] - (old[6] if old and same else 0), known[5] - old[5] if old and same else 0)
            again = known[3] <= QUIET or (known[4] > 0 and not unread)
            self.sampling.take(pid, known[0][known[0].rfind(b")") + 2 :][:1], again)
            self.known[pid] = known
            self.commands.put(pid, known[2].partition(b"(")[2])
        if unread:
            self.unread[pid] = unread
        elif self.unread:
            self.unread.pop(pid, None)
        self.out += record

    def end(self, job: "Job") -> "Answer":
        for pid in self.gone:
            self.known.pop(pid, None)
            self.unread.pop(pid, None)
            self.commands.drop(pid)
            self.sampling.forget(pid)
        unread = [[pid, *list(self.unread[pid])] for pid in self.unread]
        return {"gone": list(self.gone), "count": len(self.known), "unread": unread}, b"".join(self.out)

    def lost(self) -> None:
        """The answer did not go out: all is read again."""
        self.known, self.whole = dict.fromkeys(self.known, (b"", b"", b"", 0, 14, 0.0, 0)), True

    @staticmethod
    def kept(name: str, data: bytes) -> bytes:
        if name == "status":
            return b"\n".join(line for line in data.split(b"\n") if line.startswith(STATUS_KEPT))
        return data[:4096]

    @staticmethod
    def delays(worker: "Worker", base: str, threads: int) -> "bytes | None":
        if threads == 1:
            return worker.small(base + "schedstat")
        if not worker.enter(base + "task"):
            return None
        total = [0, 0, 0]
        try:
            for task in os.listdir(base + "task"):
                for place, number in enumerate(small(base + "task/" + task + "/schedstat").split()[:3]):
                    total[place] += int(number)
        except OSError:
            return b""
        return b"%d %d %d" % tuple(total)
