"""Threads of the kernel by their pthread_t."""

import struct

from crashcart_stacks.errors import Torn
from crashcart_stacks.memory import Memory

MYPY = False
if MYPY:
    from crashcart_stacks.tasks import Task

# Place of the tid in struct pthread: glibc on x86-64, on arm64, musl.
PLACES = (720, 208, 48, 56, 32)


def tids_of(memory: Memory, threads: "list[int]", tasks: "list[Task]") -> "list[int | None]":
    """tids, as the process has them, of pthreads; the place that gives a thread of the process for each is taken."""
    known = {task.inside for task in tasks}
    best = [None] * len(threads)  # type: list[int | None]
    for place in PLACES:
        found = [tid if tid in known else None for tid in (tid_at(memory, thread + place) for thread in threads)]
        if len(set(found) - {None}) > len(set(best) - {None}):
            best = found
    return best


def tid_at(memory: Memory, address: int) -> "int | None":
    try:
        return int(struct.unpack("<i", memory.read(address, 4))[0])
    except Torn:
        return None
