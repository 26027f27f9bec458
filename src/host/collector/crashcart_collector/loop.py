"""The loop and the protocol. The package is one program: it reads files and starts read-only commands on this host for an
engineer's console. Fed over stdin to `python3 -I`, writes nothing to disk, ends when its stdin closes. Python 3.5 or newer.

In:  one JSON header a line, followed by `n` bytes where the header has n.
Out: "<nonce> ready\\n", then (as one zlib stream where Python has zlib) the same kind of frames.
Any frame may have `hung`: [[path, since, timeout, state, time of the next try], ...], what is not read now, after a change of it.
  read   {id, what, timeout, have}  ->  {id, at, ms, cpu, n, ...} | {id, why, detail}
         what: ["file", path] | ["glob", pattern, links] | ["statfs", path] | ["processes", ""] | ["limits", ""]
             | ["lines", pattern, tail, texts or none: as before, parts] | ["names", pattern] | ["cgroups", "", ask]
             | ["threads", name, ask] | ["mounts", mount point or ""]
          have: an earlier answer is still known, so {same: 1} will do when nothing changed
  run    {id, argv, timeout, cap}  ->  {id, at, ms, cpu, exit, err, over, late, n}
  open   {id, argv}, write {id, n}, close {id}  ->  {id, out: 1 or 2, n} ... {id, exit}     (two-way child)
  dial   {id, path, daemons, lasting}, write {id, n}, close {id}
          ->  {id, dialled} {id, out: 1, at, n} ... {id, exit, err} | {id, why, detail}
          a connection to a unix socket, where one of these commands runs; close ends what is written, kill ends all
          path listening:<command>:<pid>:<address> or unix:<command>:<pid>:<path>: a socket on which that process listens, of etcd by TLS
          path netlink:<protocol>: a netlink socket
          path facts:<kind>: each write of a line gets a line
          path /dev/kmsg: each write gets the new records of the kernel log, and a line with a dot
"""

import json
import os
import selectors
import sys
import threading
import time

from crashcart_collector.children import Child, hang_key
from crashcart_collector.facts import PREFIX as FACTS
from crashcart_collector.facts import DialledFacts
from crashcart_collector.hangs import HANGS, MAX_COMMANDS
from crashcart_collector.kernel_log import PATH as KERNEL_LOG
from crashcart_collector.kernel_log import KernelLog
from crashcart_collector.listeners import LISTENING, UNIX, Listener
from crashcart_collector.readers import Job, Readers
from crashcart_collector.reads import miss_of
from crashcart_collector.sockets import NETLINK, Dialled, DialledListener, DialledNetlink, DialledTls

MYPY = False
if MYPY:
    from typing import Any, Callable, NoReturn

    from crashcart_collector.hangs import Head

NONCE = sys.argv[1] if len(sys.argv) > 1 else "crashcart"
START = 3.0  # seconds to find what is to be run or dialled
FULL_OUT = 4 << 20  # with this much unsent, output of children waits in their pipes


class Loop:
    """The one thread that reads requests and sends answers; it waits for nothing else."""

    def __init__(self) -> None:
        self.selector, self.inbox, self.outbox = selectors.DefaultSelector(), bytearray(), bytearray()
        self.children = {}  # type: dict[int, Child | Dialled | DialledFacts | KernelLog]
        self.starting = {}  # type: dict[int, list[tuple[Head, bytes]]]  # requests to what is not started yet
        self.hung = []  # type: list[Child]
        self.buried = 0.0
        self.listed = 0  # changes of HANGS in the last list that was sent
        self.lock = threading.Lock()
        self.wanted = set()  # type: set[Any]  # files that are watched for room to write
        self.zip = None  # type: Any  # zlib.compressobj, where Python has zlib
        self.wake_out, wake_in = os.pipe()
        os.set_blocking(self.wake_out, False)
        os.set_blocking(wake_in, False)
        self.wake_in = wake_in
        for fd in (0, 1):
            os.set_blocking(fd, False)
        self.selector.register(0, selectors.EVENT_READ, self.receive)
        self.selector.register(self.wake_out, selectors.EVENT_READ, lambda fd: os.read(fd, 65536))
        self.readers = Readers(self.send, self.wake)

    def wake(self) -> None:
        try:
            os.write(self.wake_in, b".")
        except BlockingIOError:
            pass

    def want(self, file: "Any", event: int, call: "Callable[[Any], None] | None") -> None:
        if file in self.wanted and not call:
            self.selector.unregister(file)
            self.wanted.discard(file)
        elif call and file not in self.wanted:
            self.wanted.add(file)
            self.selector.register(file, event, call)

    def send(self, head: "Head", body: bytes = b"") -> None:
        """From any thread. The CPU that this program and its ended children used goes with every frame."""
        used = os.times()
        head["cpu"] = round(used[0] + used[1] + used[2] + used[3], 3)
        if body:
            head["n"] = len(body)
        with self.lock:
            if self.listed != HANGS.changes:
                self.listed = HANGS.changes
                head["hung"] = HANGS.listed()
            frame = json.dumps(head, separators=(",", ":")).encode() + b"\n" + body
            self.outbox += self.zip.compress(frame) + self.zip.flush(2) if self.zip else frame  # 2: Z_SYNC_FLUSH
        if threading.current_thread() is not threading.main_thread():
            self.wake()

    def transmit(self, _: "Any" = None) -> None:
        with self.lock:
            try:
                if self.outbox:
                    del self.outbox[: os.write(1, self.outbox)]
            except BlockingIOError:
                pass
            left = len(self.outbox)
        self.want(1, selectors.EVENT_WRITE, self.transmit if left else None)

    def receive(self, _: "Any") -> None:
        data = os.read(0, 65536)
        if not data:
            self.leave()
        self.inbox += data
        while True:
            end = self.inbox.find(b"\n")
            if end < 0:
                return
            head = json.loads(self.inbox[:end].decode())
            size = head.get("n", 0)
            if len(self.inbox) < end + 1 + size:
                return
            body = bytes(self.inbox[end + 1 : end + 1 + size])
            del self.inbox[: end + 1 + size]
            self.obey(head, body)

    def obey(self, head: "Head", body: bytes) -> None:
        op, child = head["op"], self.children.get(head["id"])
        if op == "read":
            self.readers.put(Job(head))
        elif op in ("run", "open", "dial"):
            self.prepare(head)
        elif head["id"] in self.starting:
            self.starting[head["id"]].append((head, body))
        elif child and op == "write":
            child.write(body)
        elif child and op == "close":
            child.close_stdin()
        elif child and op == "kill":
            child.kill()

    def prepare(self, head: "Head") -> None:
        """A thread looks first for what is to be run or dialled: from a dead file system that could hang."""
        if head["op"] == "dial" and head["path"] == KERNEL_LOG:
            self.children[head["id"]] = KernelLog(self, head)
            return None
        if head["op"] == "dial" and head["path"].startswith(FACTS):
            self.children[head["id"]] = DialledFacts(self, head)
            return None
        if head["op"] == "dial" and head["path"].startswith(NETLINK):
            self.children[head["id"]] = DialledNetlink(self, head, {"exists": False, "pid": 0, "uid": 0})
            return None
        if head["op"] == "dial" and head["path"].startswith((LISTENING, UNIX)):
            listener = Listener(head["path"])
            seen = listener.path and listener.process + "/root" + listener.path  # by which a hung look is known
            what = ["listener", seen, head["path"]] if seen else ["tls", head["path"]]
        elif head["op"] == "dial":
            what = ["socket", head["path"], head["daemons"]]
        else:
            key, program = hang_key(head["argv"]), head["argv"][0]
            why = HANGS.why(key) or (HANGS.commands >= MAX_COMMANDS and "not run, %d commands hang" % HANGS.commands)
            if why:
                return self.send({"id": head["id"], "why": "timeout", "detail": "%s: %s" % (program, why)})
            what = ["program", program]
        self.starting[head["id"]] = []
        timeout = min(START, head.get("timeout") or START)
        return self.readers.put(Job({"id": head["id"], "what": what, "timeout": timeout}, lambda found: self.start(head, found)))

    def start(self, head: "Head", found: "Head") -> None:
        waiting = self.starting.pop(head["id"])
        if "why" in found:
            self.send({key: found[key] for key in ("id", "why", "detail")})
        elif head["op"] == "dial" and not head["path"].startswith((LISTENING, UNIX)):
            self.children[head["id"]] = Dialled(self, head, found)
        else:
            dials = head["op"] == "dial"
            dialled = DialledTls if found.get("tls") else DialledListener
            try:
                self.children[head["id"]] = dialled(self, head, found) if dials else Child(self, head, found["path"])
            except OSError as error:
                miss = miss_of(error, head["path"] if dials else head["argv"][0])
                self.send({"id": head["id"], "why": miss.why, "detail": str(miss)})
        for later, body in waiting:
            self.obey(later, body)

    def bury(self, now: float) -> None:
        """Looks whether a command that outlived its kill has gone."""
        if self.hung and now - self.buried > 0.5:
            self.buried = now
            for child in [child for child in self.hung if child.process.poll() is not None]:
                self.hung.remove(child)
                HANGS.back(child.key, 0)

    def leave(self) -> "NoReturn":
        for child in self.children.values():
            if child.two_way:
                child.close_stdin()  # a tracer's guard lets go of its target first; it must not be killed
            else:
                child.kill()
        os._exit(0)

    def run(self) -> "NoReturn":
        os.write(1, (NONCE + " ready\n").encode())
        try:
            import zlib

            self.zip = zlib.compressobj(1)
        except ImportError:
            pass
        self.send({"id": 0, "zip": 1, "pid": os.getpid(), "uid": os.getuid(), "python": sys.version.split()[0], "at": time.monotonic()})
        while True:
            self.transmit()
            waiting = any(child.restless for child in self.children.values()) or bool(self.readers.open)
            ending = any(child.ending for child in self.children.values())
            slow = len(self.outbox) > FULL_OUT
            held = False
            for key, _ in self.selector.select(0.002 if ending else 0.1 if waiting else 30):
                if slow and getattr(key.data, "__func__", None) in (Child.readable, Dialled.readable):
                    held = True
                    continue
                key.data(key.fileobj)
            if held:
                time.sleep(0.02)  # what waits in the pipes would make select return at once, again and again
            while self.readers.ready:
                then, found = self.readers.ready.pop(0)
                then(found)
            now = time.monotonic()
            self.readers.look_after(now)
            self.bury(now)
            for number in [number for number, child in self.children.items() if child.ended(now)]:
                del self.children[number]
