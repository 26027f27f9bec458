"""The process table."""

import os
import struct

from crashcart_collector.hangs import HANGS, Reading
from crashcart_collector.reads import small

MYPY = False
if MYPY:
    from typing import List, Optional, Tuple

    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.readers import Job

    # Of a process: stat, start time, command, quiet walks, bits of the details not read yet.
    Known = Tuple[bytes, bytes, bytes, int, int]
    # pid, its record or None when it is gone, what is known of it, file and reason of what hangs.
    Step = Tuple[int, Optional[List[bytes]], Optional[Known], Optional[Tuple[str, str]]]

STATUS_KEPT = (b"Uid:", b"Gid:", b"NSpid:", b"Cpus_allowed_list:", b"Mems_allowed_list:")
DETAILS = ((2, "cmdline"), (4, "cgroup"), (8, "status"))  # once per program; cmdline waits for the process's memory map


class Processes(Reading):
    """The process table by difference: /proc/PID/stat each time, the other files once per program, io and delays
    of those that ran."""

    def __init__(self) -> None:
        self.known = {}  # type: dict[int, Known]
        self.unread = {}  # type: dict[int, tuple[str, str]]  # file and reason of what hangs
        self.full = None  # type: bool | str | None
        self.present = set()  # type: set[int]
        self.out = []  # type: list[bytes]
        self.tasks_left = self.fresh_left = 0

    def begin(self, worker: "Worker", job: "Job") -> "list[int]":
        self.full = job.head["what"][1]
        if self.full == "anew":
            self.known = {}
        pids = [int(name) for name in os.listdir("/proc") if "0" <= name[0] <= "9"]
        self.present, self.out, self.tasks_left, self.fresh_left = set(pids), [], 512, 2000
        if self.full:
            return pids
        known = self.known
        return [pid for pid in pids if pid not in known or known[pid][3] <= 3]

    def step(self, worker: "Worker", pid: int) -> "Step":
        """What is new of a process, and what is then known of it; takes effect in `take`."""
        base = "/proc/%d/" % pid
        stat = worker.small(base + "stat")
        if stat is None:
            return pid, [], None, ("stat", HANGS.why(base + "stat") or "timeout")
        end = stat.rfind(b")")
        fields = stat[end + 2 :].split(b" ", 20)
        if end < 0 or len(fields) < 21:
            return pid, None, None, None  # it is gone
        old = self.known.get(pid)
        fresh = old is None or old[1] != fields[19] or old[2] != stat[:end]
        before, start, command, quiet, wanted = (b"", fields[19], stat[:end], 0, 14) if old is None or fresh else old
        record = []  # type: list[tuple[int, bytes]]
        unread = None  # type: tuple[str, str] | None
        if stat != before:
            quiet = 0
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
            parts.insert(0, struct.pack("<IB", pid, mask))
        else:
            parts = []
        return pid, parts, (stat, start, command, quiet, wanted), unread

    def take(self, result: "Step") -> None:
        pid, record, known, unread = result
        if record is None:
            self.present.discard(pid)
            return
        if known:
            self.known[pid] = known
        if unread:
            self.unread[pid] = unread
        elif self.unread:
            self.unread.pop(pid, None)
        self.out += record

    def end(self, job: "Job") -> "Answer":
        gone = [pid for pid in self.known if pid not in self.present]
        for pid in gone:
            del self.known[pid]
        self.unread = {pid: self.unread[pid] for pid in self.unread if pid in self.present}
        unread = [[pid, *list(self.unread[pid])] for pid in self.unread]
        return {"gone": gone, "count": len(self.known), "full": bool(self.full) and not job.cut, "unread": unread}, b"".join(self.out)

    def lost(self) -> None:
        """The answer did not go out: all is read again."""
        self.known = dict.fromkeys(self.known, (b"", b"", b"", 0, 14))

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
