"""Tables that are sent by difference, and the files that stay open for them."""

import os
import resource
import threading

from crashcart_collector.hangs import Reading
from crashcart_collector.reads import FLAGS, Miss

MYPY = False
if MYPY:
    from typing import Any, Iterable

    from crashcart_collector.hangs import Answer, Head, Worker
    from crashcart_collector.readers import Job

MAX_HANDLES = 12288
HANDLE_BYTES = 4608  # what the kernel keeps for each, once it was read (measured)
MEMORY_SHARE = 0.002  # of the machine's memory, at most, for all of them


class Handles:
    """Count of files that may stay open to be read again and again, which costs a fifth of opening them each time."""

    def __init__(self) -> None:
        room = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * MEMORY_SHARE / HANDLE_BYTES
        self.most = most = int(min(MAX_HANDLES, max(256, room)))
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        want = most + 512 if hard == resource.RLIM_INFINITY else min(hard, most + 512)
        if soft != resource.RLIM_INFINITY and soft < want:
            try:
                resource.setrlimit(resource.RLIMIT_NOFILE, (want, hard))
                soft = want
            except (OSError, ValueError):
                pass
        self.lock = threading.Lock()
        self.left = most if soft == resource.RLIM_INFINITY else max(0, min(most, soft - 512))

    def open(self, path: str, reserve: float = 0) -> int:
        """A descriptor, or -1 where so few are left; OSError where the file cannot be opened."""
        if self.left <= reserve:
            return -1
        fd = os.open(path, FLAGS)
        with self.lock:
            self.left -= 1
        return fd

    def close(self, fd: int) -> None:
        if fd >= 0:
            os.close(fd)
            with self.lock:
                self.left += 1


class Table(Reading):
    """Answers have numbers: a reader that missed the last one gets the whole table. `step` reads one item and touches nothing
    else, `take` enters its result. An item that hangs is left out until its read is back."""

    def __init__(self, handles: Handles, root: str = "") -> None:
        self.handles, self.root, self.seq, self.tick = handles, root, 0, 0
        self.asked = {}  # type: Head  # the last request that named what to read
        self.whole = False
        self.out = []  # type: list[bytes]
        self.gone = []  # type: list[Any]  # ids of what has gone

    def begin(self, worker: "Worker", job: "Job") -> "Iterable[Any]":
        ask = job.head["what"][2]
        if "files" in ask or "commands" in ask:
            self.asked = ask
        if not self.asked:
            raise Miss("failed", "asked for what changed before asking for all")
        self.whole = ask["have"] != self.seq or not self.seq
        if self.whole:
            self.forget()
        self.tick += 1
        self.out, self.gone = [], []
        return self.items(worker)

    def end(self, job: "Job") -> "Answer":
        head = self.head()
        self.seq += 1
        head.update(seq=self.seq, anew=self.whole, gone=self.gone)
        return head, b"".join(self.out)

    def forget(self) -> None:
        """The next answer is whole: nothing is known of any item."""
        raise NotImplementedError

    def items(self, worker: "Worker") -> "Iterable[Any]":
        raise NotImplementedError

    def head(self) -> "Head":
        raise NotImplementedError

    def lost(self) -> None:
        """The answer did not go out: the next one is whole."""
        self.seq = 0
