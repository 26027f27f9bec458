"""crashcart collector, part 4: what tables that are kept by difference have in common."""

import os
import resource
import threading

from crashcart_collector.hangs import Reading
from crashcart_collector.reads import FLAGS, Miss


MAX_HANDLES = 12288
HANDLE_BYTES = 4608         # what the kernel keeps for each, once it was read (measured)
MEMORY_SHARE = 0.002        # of the machine's memory, at most, for all of them


class Handles:
    """How many files may stay open to be read again and again, which costs a fifth of opening them each time."""

    def __init__(self):
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

    def open(self, path, reserve=0):
        """A descriptor, or -1 where so few are left; OSError where the file cannot be opened."""
        if self.left <= reserve:
            return -1
        fd = os.open(path, FLAGS)
        with self.lock:
            self.left -= 1
        return fd

    def close(self, fd):
        if fd >= 0:
            os.close(fd)
            with self.lock:
                self.left += 1


class Table(Reading):
    """Answers have numbers: one who has not got the last one is sent all. A reading as those in readers.py: `step` reads one
    item and touches nothing else, `take` enters what it gave. An item that hangs is left out until its read is back."""

    def __init__(self, handles, root=""):
        self.handles, self.root, self.seq, self.tick, self.asked = handles, root, 0, 0, None

    def begin(self, worker, job):
        ask = job.head["what"][2]
        if "files" in ask or "commands" in ask:
            self.asked = ask
        if self.asked is None:
            raise Miss("failed", "asked for what changed before asking for all")
        self.anew = ask["have"] != self.seq or not self.seq
        if self.anew:
            self.forget()
        self.tick += 1
        self.out, self.gone = [], []
        return self.items(worker)

    def end(self, job):
        head = self.head()
        self.seq += 1
        head.update(seq=self.seq, anew=self.anew, gone=self.gone)
        return head, b"".join(self.out)

    def lost(self):
        """The answer did not go out: the next one is whole."""
        self.seq = 0
