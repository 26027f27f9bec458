"""Threads that read, so that nothing waits for what hangs."""

import json
import operator
import os
import queue
import threading
import time

from crashcart_collector.cgroups import Cgroups
from crashcart_collector.children import program
from crashcart_collector.globs import Glob, Sockets
from crashcart_collector.hangs import HANGS, LOOKS, MAX_KNOWN, MAX_NEW, MAX_STUCK, SLOW, Late, Reading, Worker
from crashcart_collector.limits import Limits
from crashcart_collector.listeners import LISTENING, UNIX, Listeners
from crashcart_collector.logs import LogLines
from crashcart_collector.mounts import Mounts, MountUsers
from crashcart_collector.processes import Processes
from crashcart_collector.reads import Miss, miss_of, slurp
from crashcart_collector.sockets import listener_facts, socket_facts
from crashcart_collector.tables import Handles
from crashcart_collector.threads import Threads
from crashcart_collector.tls import tls_facts

QUEUED = 2.0  # seconds beyond its time-out from request to answer: the console waits 3 s longer than the time-out

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, Iterator

    from crashcart_collector.hangs import Answer, Head
    from crashcart_collector.tables import Table

    Items = Iterator[Any]
    Tables = Dict[str, Callable[[Handles], Table]]


class Job:
    """A read that was asked for: `begin` of its reading names the items, threads go through them, `end` makes the answer."""

    def __init__(self, head: "Head", then: "Callable[[Head], None] | None" = None) -> None:
        self.head, self.then = head, then  # then: gets the answer, in the loop, and nothing is sent
        self.timeout = head["timeout"]  # type: float
        kind, path = head["what"][:2]
        self.table = kind in ("processes", "limits", "cgroups", "threads", "lines")
        self.name = kind if (self.table and kind != "lines") or not path else path  # type: str
        self.key = json.dumps([kind, path])
        self.asked = time.monotonic()
        self.since = None  # type: float | None
        self.reading = None  # type: Reading | None
        self.items = None  # type: Items | None
        self.again = []  # type: list[Any]
        self.inside = {}  # type: dict[Worker, Any]  # worker -> item that it reads
        self.done = self.cut = False  # cut: answered at its time-out, with what was read by then
        self.taken = self.left = 0  # items that were read, and those that were not when it was cut
        self.next = []  # type: list[Job]  # those that wait for the same table


class One(Reading):
    """A reading of a single thing."""

    def __init__(self, path: str, read: "Callable[[], Answer]") -> None:
        self.path, self.read = path, read
        self.answer = None  # type: Answer | None

    def begin(self, worker: Worker, job: Job) -> "list[str]":
        return [self.path]

    def step(self, worker: Worker, path: str) -> "Answer":
        if not worker.enter(path):
            raise Miss("timeout", "%s: %s" % (path, HANGS.why(path)))
        answer = self.read()
        worker.leave()
        return answer

    def take(self, answer: "Answer") -> None:
        self.answer = answer

    def end(self, job: Job) -> "Answer":
        if self.answer is None:
            raise Miss("timeout", "%s: no answer in %g s" % (self.path, job.timeout))
        return self.answer


def file_system(path: str) -> "Answer":
    try:
        v = os.statvfs(path)
    except OSError as error:
        raise miss_of(error, path) from error
    return {}, b"%d %d %d %d %d %d %d" % (v.f_frsize, v.f_blocks, v.f_bfree, v.f_bavail, v.f_files, v.f_ffree, v.f_flag)


class Readers:
    """Threads that read, so that the loop below never waits for a disk, a dead server or a stuck process. One is enough
    until a read is slow; for each that waits in one, another goes on, so that N hung files cost log N waits, not N."""

    def __init__(self, send: "Callable[..., None]", wake: "Callable[[], None]") -> None:
        self.send, self.wake, self.lock, self.looked = send, wake, threading.Lock(), 0.0
        self.jobs = queue.Queue()  # type: queue.Queue[Job]
        self.open = set()  # type: set[Job]  # not answered yet
        self.workers = set()  # type: set[Worker]
        self.last = {}  # type: dict[str, Answer]
        self.answered = set()  # type: set[str]  # keys of reads that had an answer
        self.ready = []  # type: list[tuple[Callable[[Head], None], Head]]  # answers for the loop
        self.processes = Processes()
        self.tables = {("processes", ""): self.processes, ("limits", ""): Limits()}  # type: dict[tuple[str, str], Reading]
        self.texts = {}  # type: dict[str, list[list[str]]]  # of lines of logs, and what is kept of these: of the first request for them
        self.handles = Handles()
        self.listeners = Listeners(self.processes.commands)

    def put(self, job: Job) -> None:
        kind, path, *more = job.head["what"]
        if kind == "lines" and more[1]:
            self.texts[path] = more[1:3]
        if HANGS.known:
            full = HANGS.stuck >= (MAX_STUCK if job.key in self.answered else MAX_NEW)
            why = HANGS.why(job.key) or (full and "not read, %d reads hang" % HANGS.stuck)
            if why:
                self.deliver(job, {"why": "timeout", "detail": "%s: %s" % (job.name, why)})
                return
        with self.lock:
            before = [other for other in self.open if other.key == job.key and not other.done] if job.table else []
            self.open.add(job)
            if before:
                before[0].next.append(job)
                return
        self.jobs.put(job)
        self.hire(1)

    def deliver(self, job: Job, head: "Head", body: bytes = b"") -> None:
        head["id"] = job.head["id"]
        if job.then:
            self.ready.append((job.then, head))
        else:
            self.send(head, body)
        self.wake()

    def hire(self, free: int) -> None:
        """So that at least so many threads do not wait in a slow read, as far as there may be more."""
        with self.lock:
            free -= sum(not worker.overtaken for worker in self.workers)
            for _ in range(min(free, MAX_STUCK - HANGS.stuck - len(self.workers))):
                worker = Worker(self.work)
                try:
                    worker.start()
                except RuntimeError:  # a limit of this login or service
                    return
                self.workers.add(worker)

    def leaves(self, worker: Worker) -> bool:
        """One that was overtaken may go when it is back and another is there."""
        with self.lock:
            worker.overtaken, worker.at, worker.job = False, None, None
            goes = self.jobs.empty() and sum(not other.overtaken for other in self.workers) > 1
            if goes:
                self.workers.discard(worker)
            return goes

    def work(self, worker: Worker) -> None:
        while True:
            job = self.jobs.get()
            worker.item, worker.job = None, job
            try:
                self.go_on(job, worker)
            except Exception as error:  # a reading that fails in a new way must not take the others down
                if worker.late and job.reading:
                    job.reading.abandon(worker.item)
                    HANGS.back(worker.hangs, job.timeout)
                    return
                self.answer(job, error)  # before it is out: the last one out answers without it
                job.inside.pop(worker, None)
            if self.leaves(worker):
                return

    def go_on(self, job: Job, worker: Worker) -> None:
        if job.reading is None:
            if job.done:
                return  # it waited for longer than its time-out
            job.reading, worker.at = self.reading_of(job), (job.key, time.monotonic())
            job.since = worker.at[1]
            items = job.reading.begin(worker, job)
            with self.lock:
                if worker.late:
                    raise Late
                job.items = iter(items)
        reading, lock, inside, again, take = job.reading, self.lock, job.inside, job.again, job.reading.take
        result, turn = None, time.monotonic() + SLOW
        while True:
            with lock:
                if worker.late:
                    raise Late
                if inside.pop(worker, None) is not None and result is not None and not job.done:
                    take(result)
                    job.taken += 1
                if not self.jobs.empty() and time.monotonic() > turn:  # a long walk lets others have their turn
                    self.jobs.put(job)
                    return
                item = None if job.done or job.items is None else again.pop() if again else next(job.items, None)
                if item is None:
                    if inside or job.items is None:
                        return  # the others do the rest
                    break
                inside[worker] = worker.item = item
            result = reading.step(worker, item)
        self.answer(job)

    def reading_of(self, job: Job) -> Reading:
        kind, path = job.head["what"][:2]
        if kind == "file":
            tail = (job.head["what"] + [0])[2]
            return One(path, lambda: ({}, slurp(path, tail=tail) if tail else slurp(path)))
        if kind == "glob":
            return Glob(path, *job.head["what"][2:4])
        if kind == "names" and path.startswith((LISTENING, UNIX)):
            return One(path, lambda: (self.listeners.names(path), b""))
        if kind == "names":
            return Sockets(path)
        if kind == "statfs":
            return One(path, lambda: file_system(path))
        if kind == "program":
            return One(path, lambda: program(path))
        if kind == "facts":
            return One(path, lambda: (job.head["what"][2](), b""))
        if kind == "socket":
            return One(path, lambda: socket_facts(path, job.head["what"][2]))
        if kind == "listener":
            return One(path, lambda: listener_facts(job.head["what"][2]))
        if kind == "tls":
            return One(path, lambda: tls_facts(path))
        if kind == "mounts":
            return MountUsers(path) if path else Mounts(self.processes)
        if kind in ("processes", "limits"):
            return self.tables[(kind, "")]
        key = (kind, path)
        if key not in self.tables:
            self.tables[key] = self.table_of(job)
        return self.tables[key]

    def table_of(self, job: Job) -> Reading:
        kind, path = job.head["what"][:2]
        if kind == "lines":
            return LogLines(path, job.head["what"][2], *self.texts[path])
        if kind == "threads":
            return Threads(self.handles, index=self.processes.commands)
        return TABLES[kind](self.handles)

    def answer(self, job: Job, error: "Exception | None" = None) -> None:
        with self.lock:
            if job.done:
                return
            job.done = True
        now = time.monotonic()
        try:
            if error or job.reading is None or job.since is None:
                raise error or Miss("failed", "%s: not read" % job.name)
            head, body = job.reading.end(job)
            if job.left:
                head["part"] = [job.taken, job.taken + job.left]
            if job.head.get("have") and self.last.get(job.key) == (head, body):
                head, body = {"same": 1}, b""
            elif job.head["what"][0] in ("file", "glob", "lines") and len(body) <= 262144:
                self.last[job.key] = (dict(head), body)
            head.update(at=now, ms=(now - job.since) * 1000)
            if len(self.answered) > MAX_KNOWN:
                self.answered.clear()
            self.answered.add(job.key)
        except Miss as miss:
            self.last.pop(job.key, None)
            head, body = {"why": miss.why, "detail": str(miss)}, b""
        except Exception as unknown:
            head, body = {"why": "failed", "detail": "%s: %s" % (type(unknown).__name__, unknown)}, b""
        if "why" in head and job.reading:
            job.reading.lost()
        with self.lock:
            self.open.discard(job)
        for other in job.next[:1]:
            other.next += job.next[1:]
            self.jobs.put(other)
        self.deliver(job, head, body)

    def look_after(self, now: float) -> None:
        """Called by the loop: a worker that is slow is overtaken, what hangs is given up, what is late is answered."""
        if now - self.looked < SLOW * 0.9:
            return
        self.looked = now
        for worker in list(self.workers):
            job, at = worker.job, worker.at
            if worker.seen is not at or at is None or job is None:
                worker.seen, worker.looks, worker.overtaken = at, 1, False
                continue
            worker.looks += 1
            if now - at[1] < SLOW:
                continue
            worker.overtaken = True
            patience = job.timeout if job.items is None else min(job.timeout, HANGS.patience(at[0]))
            if now - at[1] >= patience and worker.looks >= LOOKS and not worker.runs():
                self.give_up(worker, job, at)
        for job in list(self.open):
            if job.since is not None and (now - job.since > job.timeout or now - job.asked > job.timeout + QUEUED):
                self.end_at_timeout(job)
            elif job.since is None and now - job.asked > job.timeout + QUEUED / 2:
                hung = ", %d reads hang" % HANGS.stuck if HANGS.stuck else ""
                self.answer(job, Miss("timeout", "not read within %.0f s, reads queued%s" % (job.timeout, hung)))
            elif job.items is not None and not job.done:
                overtaken = sum(worker.overtaken for worker in list(job.inside))
                for _ in range(2 * overtaken - len(job.inside)):
                    self.jobs.put(job)
        if not self.jobs.empty():
            self.hire(min(self.jobs.qsize(), max(1, sum(worker.overtaken for worker in list(self.workers)))))

    def give_up(self, worker: Worker, job: Job, at: "tuple[str, float]") -> None:
        where = worker.where()
        with self.lock:
            if worker.at is not at or worker.job is not job:
                return  # it has just come back
            self.let_go(worker, job, where)
        self.jobs.put(job)

    def let_go(self, worker: Worker, job: Job, where: str) -> None:
        """Goes on without it, with the lock held."""
        item = job.inside.pop(worker, None)
        path, since = worker.at or (job.key, time.monotonic())  # it may have taken up the job only now
        if item is None:
            path = job.key  # it is still at the beginning
        elif job.reading and not job.reading.leave_out(item):
            job.again.append(item)  # once more, without the file that hangs
        worker.late, worker.hangs = True, path
        self.workers.discard(worker)
        HANGS.add(path, since, where)

    def end_at_timeout(self, job: Job) -> None:
        with self.lock:
            if job.done:
                return
            begun = job.items is not None
            job.left = operator.length_hint(job.items, 0) + len(job.inside) + len(job.again)
            job.cut, job.items = True, iter(())
            for worker in [worker for worker in self.workers if worker.job is job and (worker in job.inside or not begun)]:
                self.let_go(worker, job, "")
            del job.again[:]
        self.answer(job, None if begun else Miss("timeout", "%s: no answer in %g s" % (job.name, job.timeout)))


TABLES = {"cgroups": Cgroups}  # type: Tables
