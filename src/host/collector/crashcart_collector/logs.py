"""Lines of logs that contain one of some texts."""

import os
import re
import resource
import stat

from crashcart_collector.globs import Glob
from crashcart_collector.reads import FLAGS, miss_of

MYPY = False
if MYPY:
    from crashcart_collector.globs import Found
    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.readers import Job

CHUNK = 256 << 10
MOST_SECONDS = 0.02  # of CPU in one reading of a pattern; each log has one chunk at least
MOST_LINES = 500
LONGEST = 1000  # bytes of a line that are looked at
LONGEST_OF_PARTS = 32 << 10  # the same where only parts of it are kept


class Log:
    """What is known of a log: which file it was, how far it was read, its lines. The number of a file is given again after a rotation:
    what stood before the offset has to stand there still."""

    __slots__ = ("before", "file", "lines", "newest", "offset")

    def __init__(self, file: "tuple[int, int]") -> None:
        self.file, self.offset = file, 0
        self.lines = []  # type: list[bytes]
        self.newest = self.before = b""


class LogLines(Glob):
    """Lines of the logs that a pattern names, from their end backwards: `tail` bytes at the first reading, what was added then.
    Each begins with a line `newest TIME HEAD`, the time of its last change and the head of its last line, from which times
    without a year or zone follow. With `parts` a line is what these patterns match in it."""

    def __init__(self, pattern: str, tail: int, texts: "list[str]", parts: "list[str]") -> None:
        super().__init__(pattern, False, tail)
        self.parts = re.compile("|".join(parts).encode()) if parts else None
        self.longest = LONGEST_OF_PARTS if parts else LONGEST
        self.texts = re.compile(b"|".join(re.escape(text.encode()) for text in texts))
        self.known = {}  # type: dict[str, Log]
        self.began = 0.0

    def begin(self, worker: "Worker", job: "Job") -> Glob:
        self.places, self.found, self.size, self.began = [], [], 0, thread_seconds()
        return super().begin(worker, job)

    def leaf(self, path: str) -> "Found | None":
        fd = os.open(path, FLAGS)
        try:
            facts = os.fstat(fd)
            if not stat.S_ISREG(facts.st_mode):
                return None
            file = (facts.st_dev, facts.st_ino)
            log = self.known.get(path)
            if log is None or log.file != file or os.pread(fd, len(log.before), log.offset - len(log.before)) != log.before:
                log = self.known[path] = Log(file)
            if facts.st_size > log.offset:
                self.read_added(fd, facts.st_size, log)
            head = ("newest %.3f " % facts.st_mtime).encode()
            data = b"\n".join([head + log.newest, *log.lines])
            return [path, len(data)], data
        except OSError as error:
            raise miss_of(error, path) from error
        finally:
            os.close(fd)

    def read_added(self, fd: int, size: int, log: Log) -> None:
        start, end = max(log.offset, size - self.tail), size
        parts = []  # type: list[list[bytes]]
        while end > start:
            begin = max(start, end - CHUNK)
            data = os.pread(fd, min(size, end + self.longest) - max(0, begin - 1), max(0, begin - 1))
            if end == size:
                last = data.rfind(b"\n")
                if last < 0:
                    break  # no line is complete
                data, log.offset = data[: last + 1], max(0, begin - 1) + last + 1
                log.newest = data[data.rfind(b"\n", 0, last) + 1 : last][:64]
                log.before = data[-64:]
            parts.append(self.lines_of(data, begin == 0, end - max(0, begin - 1)))
            end = begin
            if thread_seconds() - self.began > MOST_SECONDS:
                break
        log.lines = (log.lines + [line for part in reversed(parts) for line in part])[-MOST_LINES:]

    def lines_of(self, data: bytes, whole: bool, size: int) -> "list[bytes]":
        """Lines that begin in the first `size` bytes, where the first byte is the one before the chunk unless it is `whole`."""
        at = 0 if whole else data.find(b"\n", 0, size) + 1
        if at == 0 and not whole:
            return []
        found = []  # type: list[bytes]
        for match in self.texts.finditer(data, at):
            if match.start() < at:
                continue
            head = data.rfind(b"\n", at, match.start()) + 1 or at
            if head >= size:
                break
            end = data.find(b"\n", match.start())
            at = end + 1 if end >= 0 else len(data)
            if match.end() <= head + self.longest:
                line = data[head : min(at, head + self.longest)].rstrip(b"\n")
                found.append(line if self.parts is None else b" ".join(part.group() for part in self.parts.finditer(line)))
        return found

    def end(self, job: "Job") -> "Answer":
        present = {name[0] for name, _ in self.found}
        self.known = {path: log for path, log in self.known.items() if path in present}
        return super().end(job)

    def lost(self) -> None:
        """What was read stays known: the next answer has it."""


def thread_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_THREAD)
    return used.ru_utime + used.ru_stime
