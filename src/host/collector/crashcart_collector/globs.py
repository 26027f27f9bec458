"""Reads of all paths that a pattern names."""

import fnmatch
import os
import re
import stat

from crashcart_collector.hangs import HANGS, Reading
from crashcart_collector.reads import DENIED, MAX_BYTES, Miss, miss_of, slurp

MYPY = False
if MYPY:
    from typing import Any, List, Tuple, Union

    from crashcart_collector.hangs import Answer, Worker
    from crashcart_collector.readers import Job

    # Folder or path, and the parts of the pattern below it; without parts it is a path that the pattern names.
    Place = Tuple[str, Tuple[str, ...]]
    # Path with size or reason, and the content.
    Found = Tuple[List[Any], bytes]
    # Places of a folder; one path; None: it has gone.
    Step = Union[List[Place], Found, None]

MAX_PATHS = 16384
MAGIC = re.compile("[*?[]")


class Glob(Reading):
    """A reading of all files that a pattern names. Each folder is listed, and each file read, by itself: one that hangs stands in
    the list with the reason, as others that cannot be read."""

    def __init__(self, pattern: str, links: bool = False, tail: int = 0) -> None:
        self.pattern, self.links, self.tail, self.size = pattern, links, tail, 0
        self.places = []  # type: list[Place]
        self.found = []  # type: list[Found]

    def begin(self, worker: "Worker", job: "Job") -> "Glob":
        self.places.append(below("", tuple(self.pattern.split("/")[1:])))
        return self

    def __iter__(self) -> "Glob":
        return self

    def __next__(self) -> "Place":
        """Called with the lock held, as `take` is, which adds places: it may go on after it had none."""
        if not self.places:
            raise StopIteration
        return self.places.pop()

    def step(self, worker: "Worker", item: "Place") -> "Step":
        path, parts = item
        if self.size > MAX_BYTES:
            raise Miss("failed", "%s: larger than %d bytes together" % (self.pattern, MAX_BYTES))
        if not worker.enter(path or "/"):
            return [path, "timeout", HANGS.why(path)], b""
        try:
            if parts:
                names = [name for name in os.listdir(path or "/") if name[0] != "." or parts[0][0] == "."]
                result = [below(path + "/" + name, parts[1:]) for name in sorted(fnmatch.filter(names, parts[0]))]  # type: Step
            else:
                result = self.leaf(path)
        except OSError as error:
            return None if parts else self.failed(path, miss_of(error, path))
        except Miss as miss:
            return self.failed(path, miss)
        worker.leave()
        return result

    def leaf(self, path: str) -> "Found | None":
        data = os.readlink(path).encode("utf-8", "surrogateescape") if self.links else slurp(path, 1 << 20, self.tail)
        return [path, len(data)], data

    @staticmethod
    def failed(path: str, miss: Miss) -> "Found | None":
        return None if miss.gone else ([path, miss.why], b"")

    def take(self, result: "Step") -> None:
        if isinstance(result, list):
            self.places += result[: max(0, MAX_PATHS - len(self.places))][::-1]
        elif result and len(self.found) < MAX_PATHS:
            self.found.append(result)
            self.size += len(result[1])

    def end(self, job: "Job") -> "Answer":
        self.found.sort(key=lambda one: one[0][0])
        names = [name for name, _ in self.found]
        hung = [name for name in names if name[1] == "timeout"]
        if job.cut or (hung and len(hung) == len(names)):
            raise Miss("timeout", "%s: %s" % (hung[0][0], hung[0][2]) if hung else "%s: no answer in %g s" % (self.pattern, job.timeout))
        if not names:
            raise self.nothing()
        return self.answer(names)

    def nothing(self) -> Miss:
        return Miss("absent", "%s: no such file" % self.pattern)

    def answer(self, names: "list[list[Any]]") -> "Answer":
        # Without the reason of what hangs, which has an age: the answer would never be the same as before.
        return {"files": [name[:2] for name in names]}, b"".join(data for _, data in self.found)


class Sockets(Glob):
    """Sockets that a pattern names; one that may not be looked at is named too, and its error comes when it is dialled."""

    def leaf(self, path: str) -> "Found | None":
        try:
            found = stat.S_ISSOCK(os.stat(path).st_mode)
        except OSError as error:
            found = error.errno in DENIED
        return ([path, 0], b"") if found else None

    def nothing(self) -> Miss:
        folder = re.split(MAGIC, self.pattern, maxsplit=1)[0].rpartition("/")[0] or "/"
        try:
            os.listdir(folder)
        except OSError as error:
            return miss_of(error, folder)
        return Miss("absent", "%s: no such socket" % self.pattern)

    def answer(self, names: "list[list[Any]]") -> "Answer":
        return {"names": [path for path, why, *_ in names if why != "timeout"]}, b""


def below(path: str, parts: "tuple[str, ...]") -> "Place":
    """The place below a path where the next wildcard is. A part without one is not looked for: the read of it shows whether it is there."""
    while parts and not MAGIC.search(parts[0]):
        path, parts = path + "/" + parts[0], parts[1:]
    return path, parts
