"""The terminal of one tool (gdb, strace) for an engineer's console. The package is one program, fed over stdin to
`python3 -I`: nothing on disk, Python 3.5 or newer, standard library only. It ends with its tool.

Frames, both ways: a line of JSON, then `n` bytes where it has n.
In:  start {nonce, argv, columns, rows, pid, ticks, keep, enter, files: [n...]} first, then file {n} up to those sizes, data {n} ·
     resize {columns, rows} · end
     · beat {seen: bytes that arrived there} each 0.5 s, and sooner when much has come
Out: ready {nonce} or refused {nonce, detail}, then data {n} · pulse {...} twice a second · end {...} last

Dead-man's switch: when nothing was received for SILENCE, or nothing that was sent was seen for as long, or stdin ends.
"""

import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import zlib

from crashcart_attach.enter import Entry
from crashcart_attach.env import ENV
from crashcart_attach.guard import SILENCE, Target, end_session, let_go, second_guard, settle

MYPY = False
if MYPY:
    from typing import Any, Iterator, NoReturn

WINDOW = 256 << 10  # bytes under way that were not seen yet: what is on the screen is never old
QUEUE, QUEUE_ALL = 64 << 10, 8 << 20  # bytes kept here beyond that; `keep` asks for the second
FIRST_FILE, MAX_FILES = 90, 48 << 20  # descriptor of the first file in memory; bytes of all, compressed, and of each
LOOK, LOOK_IDLE = 0.005, 0.025  # seconds between looks at the target; the second while it stands still for long


def sizes_of(sizes: "Any") -> "list[int]":
    """Sizes of files in a request, compressed."""
    if len(sizes) > 32 or not all(isinstance(size, int) and size > 0 for size in sizes) or sum(sizes) > MAX_FILES:
        raise ValueError("too many or too large")
    return list(sizes)


def in_memory(number: int, data: bytes) -> None:
    """A file without a name under a descriptor that the tool inherits; it goes with the last process that has it."""
    import ctypes

    # Of os it is since Python 3.8, of glibc since 2.27.
    fd = ctypes.CDLL(None).memfd_create(b"crashcart", 0)
    if fd < 0:
        raise OSError("memfd_create refused")
    with os.fdopen(fd, "wb") as file:
        file.write(data)
        file.flush()
        os.dup2(fd, number)
    os.set_inheritable(number, True)


class Front:
    """The first guard: forwards bytes between the engineer and the tool, and watches both."""

    def __init__(self) -> None:
        for fd in (0, 1):
            os.set_blocking(fd, False)
        stdin = sys.stdin.buffer  # type: Any  # a BufferedReader: only that has peek
        self.inbox = bytearray(stdin.peek() or b"")  # what came together with this program
        self.queue, self.sent, self.seen, self.dropped, self.dropping = bytearray(), 0, 0, 0, False
        self.over, self.closed, self.quiet = "", False, False  # why it ends; the line is closed; the terminal has ended
        self.tool, self.session, self.master, self.guard = 0, 0, -1, -1
        self.head = {}  # type: dict[str, Any]  # the first frame
        self.target = Target(0, 0)
        self.typed, self.pulsed, self.received, self.progress = bytearray(), 0.0, time.monotonic(), time.monotonic()
        signal.signal(signal.SIGTERM, lambda *_: self.end("a signal asked to end"))
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGPIPE):
            signal.signal(number, signal.SIG_IGN)

    def end(self, why: str, closed: bool = False) -> None:
        self.over, self.closed = self.over or why, self.closed or closed

    def send(self, op: str, body: bytes = b"", **head: "Any") -> None:
        head["op"] = op
        if body:
            head["n"] = len(body)
        self.queue += json.dumps(head).encode() + b"\n" + body

    def frames(self) -> "Iterator[tuple[dict[str, Any], bytes]]":
        """Frames that have come in whole. Anything that is not one ends the session: the line cannot be trusted."""
        while True:
            end = self.inbox.find(b"\n")
            if end < 0:
                if len(self.inbox) > 65536:
                    raise ValueError("a header without end")
                return
            head = json.loads(self.inbox[:end].decode())
            size = head.get("n", 0)
            if not isinstance(size, int) or not 0 <= size <= 65536:
                raise ValueError("a frame of %r bytes" % (size,))
            if len(self.inbox) < end + 1 + size:
                return
            body = bytes(self.inbox[end + 1 : end + 1 + size])
            del self.inbox[: end + 1 + size]
            yield head, body

    def receive(self) -> None:
        try:
            data = os.read(0, 65536)
        except BlockingIOError:
            return
        if not data:
            self.end("the line was closed", True)
        self.inbox += data
        self.received = time.monotonic()

    def obey(self, head: "dict[str, Any]", body: bytes) -> None:
        if head["op"] == "data":
            self.typed = (self.typed + body)[:65536]
        elif head["op"] == "resize":
            self.size(head, self.master)
        elif head["op"] == "beat" and int(head["seen"]) > self.seen:
            self.seen, self.progress = int(head["seen"]), time.monotonic()
        elif head["op"] == "end":
            self.end("asked to end")

    def size(self, head: "dict[str, Any]", terminal: int) -> None:
        rows, columns = (max(1, min(1000, int(head[name]))) for name in ("rows", "columns"))
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def take(self, data: bytes) -> None:
        """Output of the tool. It is always taken: a full terminal would freeze the tool, and a tracer its target with it."""
        bound = QUEUE_ALL if self.head.get("keep") else QUEUE
        if self.dropping:
            end = data.find(b"\n") + 1
            if len(self.queue) > bound // 2 or not end:
                self.dropped += data.count(b"\n")
                return
            self.dropping, self.dropped, data = False, self.dropped + 1, data[end:]
        elif len(self.queue) + len(data) > bound:
            end = data.find(b"\n") + 1
            self.dropping, self.dropped, data = True, self.dropped + data.count(b"\n", end), data[:end]
        if data:
            self.send("data", data)

    def transmit(self) -> None:
        try:
            room = WINDOW - (self.sent - self.seen)
            if self.queue and room > 0:
                count = os.write(1, self.queue[: min(room, 65536)])
                self.sent += count
                del self.queue[:count]
        except BlockingIOError:
            pass
        except OSError:
            self.end("the line was closed", True)

    def step(self, seconds: float) -> None:
        """Passes a little time: all that is due is done, nothing waits."""
        reading = ([] if self.closed else [0]) + ([] if self.quiet else [self.master])
        writing = ([1] if self.queue and self.sent - self.seen < WINDOW and not self.closed else []) + (
            [self.master] if self.typed and not self.quiet else []
        )
        ready, can_write, _ = select.select(reading, writing, [], seconds)
        if 0 in ready:
            self.receive()
        try:
            for head, body in self.frames():
                self.obey(head, body)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self.inbox.clear()
            self.end("not understood: %s" % error, True)
        try:
            if self.master in can_write:
                del self.typed[: os.write(self.master, self.typed)]
            for _ in range(16 if self.master in ready else 0):
                self.take(os.read(self.master, 65536))
        except BlockingIOError:
            pass
        except OSError:
            self.quiet = True  # EIO: no process has the terminal open any more
        now = time.monotonic()
        if now - self.target.last >= LOOK / 2:
            self.target.look(now)
        if now - self.pulsed > 0.5:
            self.pulsed = now
            self.send("pulse", droppedLines=self.dropped, **self.target.figures())
            try:
                os.write(self.guard, b".")
            except OSError:
                pass  # the second guard is gone or slow: the first is still here
        self.transmit()

    def silent(self) -> str:
        """What is missing when the line is dead: nothing comes, or nothing arrives there."""
        now = time.monotonic()
        return "received" if now - self.received > SILENCE else "seen" if now - self.progress > SILENCE else ""

    def refuse(self, why: str) -> "NoReturn":
        os.set_blocking(1, True)
        os.write(1, b"\n" + json.dumps({"op": "refused", "nonce": self.head.get("nonce"), "detail": why}).encode() + b"\n")
        os._exit(1)

    def begin(self) -> None:
        while not self.head:
            select.select([0], [], [], SILENCE)
            self.receive()
            self.head = next((head for head, _ in self.frames()), {})
            if self.closed or self.silent():
                os._exit(1)
        head = self.head
        self.target = Target(head.get("pid") or 0, head.get("ticks") or 0)  # without a target there is nothing to guard
        if self.target.pid and self.target.state() == "gone":
            self.refuse("process %d is gone, or is another one by now" % self.target.pid)
        if self.target.tracer():
            self.refuse("process %d is being traced by process %d already" % (self.target.pid, self.target.tracer()))
        try:
            for index, size in enumerate(sizes_of(head.get("files") or [])):
                in_memory(FIRST_FILE + index, self.file(size))
        except (OSError, ValueError, AttributeError, zlib.error) as error:
            self.refuse("files for the tool: %s" % error)
        try:
            self.tool, self.master = self.enter(head) if head.get("enter") else pty.fork()
        except (OSError, ImportError, AttributeError) as error:
            self.refuse("nothing could be started: %s" % error)
        if self.tool == 0:
            self.size(head, 0)
            for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
                signal.signal(number, signal.SIG_DFL)
            try:
                os.execvpe(head["argv"][0], head["argv"], ENV)
            except OSError as error:
                os.write(1, ("%s: %s\r\n" % (head["argv"][0], error.strerror)).encode())
            os._exit(127)
        os.set_blocking(self.master, False)
        try:
            self.guard = second_guard(self.target, self.tool, self.master, self.session)
        except OSError as error:
            let_go(self.target, self.tool, time.sleep, self.session)
            self.refuse("no process to be had for the second guard: %s" % error)
        self.queue += b"\n"  # a greeting of the login shell may have left its line open
        self.send("ready", nonce=head["nonce"])

    def file(self, size: int) -> bytes:
        """A file of the tool, before it starts: nothing is traced yet, so that a dead line only ends this program."""
        packed = bytearray()
        while len(packed) < size:
            for head, body in self.frames():
                if head["op"] == "file":
                    packed += body
                if len(packed) >= size:
                    break
            if len(packed) < size:
                select.select([0], [], [], SILENCE)
                self.receive()
                if self.closed or time.monotonic() - self.received > SILENCE:
                    os._exit(1)
        self.progress = time.monotonic()
        inner = zlib.decompressobj()
        data = inner.decompress(bytes(packed), MAX_FILES)
        if not inner.eof:
            raise ValueError("more than %d MiB" % (MAX_FILES >> 20))
        return data

    def enter(self, head: "dict[str, Any]") -> "tuple[int, int]":
        """A shell in the namespaces of a process, which is neither traced nor stopped."""
        asked = head["enter"]
        entry = Entry(asked, [head["argv"]] + asked["otherwise"])
        if Target(entry.pid, asked["ticks"]).state() == "gone":
            raise OSError("process %d is gone, or is another one by now" % entry.pid)
        self.size(head, entry.master)
        waiter, self.session = entry.start()
        return waiter, entry.master

    def run(self) -> None:
        self.begin()
        exited, status = 0, 0
        while not exited and not self.over:
            self.step(LOOK_IDLE if self.target.now > 1 else LOOK)
            if self.silent():
                self.end("nothing was %s for %.1f s" % (self.silent(), SILENCE), True)
            exited, status = os.waitpid(self.tool, os.WNOHANG)
        did = [self.over] if self.over else []
        if exited and not self.target.tracer():
            did += end_session(self.session, self.step) + settle(self.target, self.step, 3)
        else:
            did += let_go(self.target, self.tool, self.step, self.session)
        if not exited:
            exited, status = os.waitpid(self.tool, os.WNOHANG)
        self.farewell(did, status if exited else None)

    def farewell(self, did: "list[str]", status: "int | None") -> None:
        code = os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else None
        end = time.monotonic() + 0.3  # the last output of the tool; a process that it left behind may hold the terminal
        while not self.quiet and time.monotonic() < end:
            self.step(0.02)
        self.send(
            "end",
            exit=code,
            state=self.target.state(),
            guard=did,
            droppedLines=self.dropped,
            resolutionMs=self.target.gap * 1e3,
            **self.target.figures(),
        )
        os.write(self.guard, b"!")
        self.pulsed = float("inf")
        while self.queue and not self.closed and not self.silent():
            self.step(0.05)
