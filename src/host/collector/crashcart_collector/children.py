"""Commands."""

import fcntl
import os
import selectors
import signal
import subprocess
import time

from crashcart_collector.hangs import HANGS, state_of
from crashcart_collector.reads import MAX_BYTES, small

MYPY = False
if MYPY:
    from typing import IO, Any

    from crashcart_collector.hangs import Answer, Head
    from crashcart_collector.loop import Loop

ENV = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin",
    "LC_ALL": "C",
    "HOME": os.environ.get("HOME", "/"),
    "USER": os.environ.get("USER", ""),
    "TERM": "dumb",
}


def program(name: str) -> "Answer":
    """Path of a program, after its first bytes were read: an exec from a dead file system would hold up the whole collector."""
    for folder in [""] if "/" in name else ENV["PATH"].split(":"):
        path = os.path.join(folder, name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            small(path)
            return {"path": path}, b""
    return {"path": name}, b""


def hang_key(argv: "list[str]") -> str:
    return "command " + " ".join(argv)


class Child:
    """A command: started without a shell, in its own session, killed as a group."""

    def __init__(self, loop: "Loop", head: "Head", path: str) -> None:
        two_way = head["op"] == "open"
        self.loop, self.two_way, self.since = loop, two_way, time.monotonic()
        self.id = head["id"]  # type: int
        self.out = []  # type: list[bytes]
        self.err, self.late, self.over, self.unwritten = b"", False, False, bytearray()
        self.size = 0
        self.cap = head.get("cap", MAX_BYTES)  # type: int
        self.timeout = head.get("timeout")  # type: float | None
        self.key = hang_key(head["argv"])
        self.process = subprocess.Popen(
            head["argv"],
            executable=path,
            stdin=subprocess.PIPE if two_way else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENV,
            cwd="/",
            start_new_session=True,
        )
        self.stdin = self.process.stdin
        self.pipes = {pipe for pipe in (self.process.stdout, self.process.stderr) if pipe}
        for pipe in self.pipes:
            fcntl.fcntl(pipe, fcntl.F_SETFL, os.O_NONBLOCK)
            loop.selector.register(pipe, selectors.EVENT_READ, self.readable)
        if self.stdin:
            fcntl.fcntl(self.stdin, fcntl.F_SETFL, os.O_NONBLOCK)

    @property
    def ending(self) -> bool:
        return not self.pipes

    @property
    def restless(self) -> bool:
        """To be looked at though nothing came from it: it may run into its time-out, or end without closing its pipes."""
        return not self.two_way or not self.pipes

    def readable(self, pipe: "IO[bytes]") -> None:
        try:
            data = os.read(pipe.fileno(), 65536)
        except BlockingIOError:
            return
        if not data:
            self.loop.selector.unregister(pipe)
            self.pipes.discard(pipe)
            pipe.close()
        elif self.two_way:
            self.loop.send({"id": self.id, "out": 2 if pipe is self.process.stderr else 1}, data)
        elif pipe is self.process.stderr:
            self.err = (self.err + data)[:8192]
        else:
            self.size += len(data)
            self.out.append(data)
            if self.size > self.cap:
                self.over = True
                self.kill()

    def write(self, data: bytes) -> None:
        if not self.stdin or self.stdin.closed:
            return
        self.unwritten += data
        self.flush()

    def flush(self, _: "Any" = None) -> None:
        stdin = self.stdin
        if not stdin:
            return
        try:
            if self.unwritten:
                del self.unwritten[: os.write(stdin.fileno(), self.unwritten)]
        except BlockingIOError:
            pass
        except OSError:
            self.unwritten.clear()
        self.loop.want(stdin, selectors.EVENT_WRITE, self.flush if self.unwritten else None)

    def close_stdin(self) -> None:
        if self.stdin and not self.stdin.closed:
            self.loop.want(self.stdin, selectors.EVENT_WRITE, None)
            self.stdin.close()

    def kill(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except OSError:
            pass  # it runs as another user (sudo inside), or is gone already

    def ended(self, now: float) -> bool:
        """True once it is over and its last frame sent."""
        if not self.two_way and self.timeout and now - self.since > self.timeout and not self.late:
            self.late = True
            self.kill()
        code = self.process.poll()
        held = self.pipes and not (self.late or self.over)  # a grandchild may keep the pipes open after a kill
        if (code is None and not (self.late and now - self.since > (self.timeout or 0) + 2)) or (code is not None and held):
            return False
        for pipe in list(self.pipes):
            self.loop.selector.unregister(pipe)
            pipe.close()
        self.close_stdin()
        if code is None:
            HANGS.add(self.key, self.since, state_of("/proc/%d" % self.process.pid), self.timeout or 0)
            self.loop.hung.append(self)
        self.loop.send(
            {
                "id": self.id,
                "exit": code,
                "err": self.err.decode("utf-8", "replace"),
                "late": HANGS.why(self.key) or True if self.late else False,
                "over": self.over,
                "at": now,
                "ms": (now - self.since) * 1000,
            },
            b"".join(self.out),
        )
        return True
