"""The kernel log."""

import os
import time

from crashcart_collector.reads import FLAGS, miss_of

MYPY = False
if MYPY:
    from crashcart_collector.hangs import Head
    from crashcart_collector.loop import Loop

PATH = "/dev/kmsg"
MOST_RECORDS = 4000  # at once: the loop waits for them (3 us each, measured)
MOST_BYTES = 1 << 20


class KernelLog:
    """/dev/kmsg, dialled as a socket is: each word that is written to it gets the records that are new, up to a line with a dot.
    No record begins with a dot, and the kernel escapes line ends in it (Documentation/ABI/testing/dev-kmsg)."""

    two_way, restless = True, False

    def __init__(self, loop: "Loop", head: "Head") -> None:
        self.loop, self.id, self.fd = loop, head["id"], -1
        self.over = None  # type: Head | None
        try:
            self.fd = os.open(PATH, FLAGS)
        except OSError as error:
            miss = miss_of(error, PATH)
            self.over = {"why": miss.why, "detail": str(miss)}
        else:
            loop.send({"id": self.id, "dialled": 1, "at": time.monotonic()})

    @property
    def ending(self) -> bool:
        return self.over is not None

    def write(self, _: bytes) -> None:
        if self.over is None:
            self.loop.send({"id": self.id, "out": 1, "at": time.monotonic()}, self.records() + b".\n")

    def records(self) -> bytes:
        parts = []  # type: list[bytes]
        size = 0
        while len(parts) < MOST_RECORDS and size < MOST_BYTES:
            try:
                record = os.read(self.fd, 8192)
            except BlockingIOError:
                break
            except BrokenPipeError:
                continue  # overwritten before it was read: the gap shows in the sequence numbers
            except OSError as error:
                self.over = {"exit": 1, "err": error.strerror or str(error)}
                break
            if not record:
                break
            parts.append(record)
            size += len(record)
        return b"".join(parts)

    def close_stdin(self) -> None:
        self.kill()

    def kill(self) -> None:
        self.over = self.over or {"exit": 0}

    def ended(self, now: float) -> bool:
        if self.over is None:
            return False
        if self.fd >= 0:
            os.close(self.fd)
        self.loop.send(dict(self.over, id=self.id, at=now))
        return True
