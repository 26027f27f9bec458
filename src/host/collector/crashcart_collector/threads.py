"""Threads of guests and daemons, by difference."""

import os
import struct

from crashcart_collector.reads import small
from crashcart_collector.sampling import pids_of
from crashcart_collector.tables import Table

MYPY = False
if MYPY:
    from typing import Any, Dict, List, Optional, Tuple

    from crashcart_collector.commands import Commands
    from crashcart_collector.hangs import Head, Worker
    from crashcart_collector.tables import Handles

    # pid, its threads by tid or None where it is not read, tids that are gone, records of what changed.
    Step = Tuple[int, Optional[Dict[int, "Thread"]], List[int], List[bytes]]

MAX_THREADS = 16384
LOOKS = 3  # walks in which a new process is looked at: it may still become another program


class Thread:
    """A thread and what was last read of it."""

    __slots__ = ("allowed", "base", "fd", "pid", "schedstat", "stat", "tid")

    def __init__(self, pid: int, tid: int, base: str) -> None:
        self.pid, self.tid, self.base, self.fd = pid, tid, base, -2
        self.schedstat = self.stat = self.allowed = b""


class Threads(Table):
    """schedstat of every thread each time, by an open file; stat of those that ran since. Processes and threads that
    came are looked for every second time, processes in the index of the process table where that is read."""

    def __init__(self, handles: "Handles", root: str = "", index: "Commands | None" = None) -> None:
        super().__init__(handles, root)
        self.index = index
        self.processes = {}  # type: dict[int, dict[int, Thread]]
        self.looks = {}  # type: dict[int, int]  # pid -> walks in which it was looked at
        self.commands = ()  # type: tuple[bytes, ...]
        self.left, self.count, self.walks = 0, 0, False

    def release(self) -> None:
        for threads in self.processes.values():
            for thread in threads.values():
                self.close(thread)
        self.processes, self.looks, self.count = {}, {}, 0

    def forget(self) -> None:
        self.release()
        self.commands = tuple(command.encode() for command in self.asked["commands"])

    def close(self, thread: Thread) -> None:
        if thread.fd >= 0:
            self.handles.close(thread.fd)
        self.count -= 1

    def items(self, worker: "Worker") -> "list[int]":
        """Processes to be read, every second time with those in which threads are looked for."""
        self.left, self.walks = 0, bool(self.tick % 2)
        if not self.walks:
            return list(self.processes)
        again = self.tick % 60 < 2  # once a minute all: a process may have become another program long after it came
        indexed = self.index.starting(self.commands) if self.index else None
        pids = set(pids_of(self.root) if indexed is None else indexed)
        for pid in [pid for pid in self.looks if pid not in pids]:
            del self.looks[pid]
        for pid in [pid for pid in self.processes if pid not in pids]:
            self.remove(pid, list(self.processes[pid]))
            del self.processes[pid]
        if indexed is not None:
            return indexed
        return [pid for pid in pids if again or pid in self.processes or self.looks.get(pid, 0) < LOOKS]

    def step(self, worker: "Worker", pid: int) -> "Step":
        """Reads the threads of one process."""
        base = "%s/proc/%d/" % (self.root, pid)
        if not worker.enter(base + "task"):
            return pid, None, [], []
        threads = self.processes.get(pid)
        if threads is None:
            stat = small(base + "stat")
            if not stat.partition(b"(")[2].startswith(self.commands):
                return pid, {}, [], []
            threads = {}
        worker.item = pid, threads  # what is to be closed when this comes back too late
        gone = []  # type: list[int]
        out = []  # type: list[bytes]
        if self.walks:
            try:
                tids = {int(name) for name in os.listdir(base + "task")}
            except OSError:
                tids = set()
            gone = [tid for tid in threads if tid not in tids]
            for tid in tids:
                if tid in threads:
                    continue
                if self.count >= MAX_THREADS:
                    self.left += 1
                    continue
                self.count += 1
                threads[tid] = Thread(pid, tid, "%stask/%d/" % (base, tid))
        for tid, thread in threads.items():
            record = self.read(thread) if tid not in gone else []
            if record is None:
                gone.append(tid)
            elif record:
                out.append(struct.pack("<IIB", pid, tid, sum(bit for bit, _ in record)))
                for _, data in record:
                    out.append(struct.pack("<I", len(data)))
                    out.append(data)
        worker.leave()
        return pid, threads, gone, out

    def take(self, result: "Step") -> None:
        pid, threads, gone, out = result
        if threads is None:
            self.looks.pop(pid, None)
            self.remove(pid, list(self.processes.get(pid, ())))
            self.processes.pop(pid, None)
            return
        if self.walks:
            self.looks[pid] = self.looks.get(pid, 0) + 1
        if threads:
            self.processes[pid] = threads
        self.remove(pid, gone)
        if not threads and pid in self.processes:
            del self.processes[pid]
            self.looks.pop(pid, None)
        self.out += out

    def remove(self, pid: int, tids: "list[int]") -> None:
        threads = self.processes.get(pid, {})
        for tid in tids:
            self.close(threads.pop(tid))
            self.gone.append([pid, tid])

    def leave_out(self, pid: int) -> bool:
        """The files of its threads are closed by the thread of the collector that hangs in one of them."""
        self.gone += [[pid, tid] for tid in list(self.processes.pop(pid, ()))]
        self.looks.pop(pid, None)
        return True

    def abandon(self, item: "Any") -> None:
        if isinstance(item, tuple):
            for thread in item[1].values():
                self.close(thread)
        elif item is None:
            self.lost()

    def head(self) -> "Head":
        return {"left": self.left}

    def read(self, thread: Thread) -> "list[tuple[int, bytes]] | None":
        """What changed; None when the thread is gone."""
        try:
            if thread.fd == -2:
                try:
                    thread.fd = self.handles.open(thread.base + "schedstat")
                except OSError:
                    thread.fd = -1  # a kernel without it: stat is read, each time
            schedstat = os.pread(thread.fd, 256, 0) if thread.fd >= 0 else small(thread.base + "schedstat")
        except OSError:
            return None
        record = []  # type: list[tuple[int, bytes]]
        if not schedstat or schedstat != thread.schedstat:
            stat = small(thread.base + "stat")
            if not stat:
                return None
            if stat != thread.stat:
                thread.stat = stat
                record.append((1, stat))
            if schedstat != thread.schedstat:
                thread.schedstat = schedstat
                record.append((2, schedstat))
            if record and stat[stat.rfind(b")") :][2:3] == b"D":
                record.append((8, small(thread.base + "wchan")))
        if not thread.allowed or (self.tick + thread.tid) % 10 == 0:
            status = small(thread.base + "status")
            start = status.find(b"\nCpus_allowed_list:")
            allowed = status[start + 19 : status.find(b"\n", start + 1)].strip() if start >= 0 else b""
            if allowed != thread.allowed:
                thread.allowed = allowed
                record.append((4, allowed))
        record.sort()
        return record
