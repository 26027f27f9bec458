"""One reading of the stacks of a process."""

import time

from crashcart_stacks.budget import Budget
from crashcart_stacks.document import Document
from crashcart_stacks.errors import Exhausted, Refused, Torn
from crashcart_stacks.memory import Memory
from crashcart_stacks.runtimes import runtime_of
from crashcart_stacks.tasks import identity, small, tasks_of

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_stacks.runtime import Runtime  # noqa: F401 (in a comment)

# Share of a CPU that repeated readings of one process may take: an expensive one is repeated less often.
MAX_SHARE = 0.05
# Processes whose address space stays open between two readings.
MAX_TARGETS = 16


class Target:
    """A process with what was found out about its program, for as long as that runs."""

    def __init__(self, pid: int, program: "tuple[str, ...]") -> None:
        self.pid = pid
        self.program = program
        self.memory = None  # type: Memory | None
        self.denied = None  # type: Refused | None
        self.notes = []  # type: list[str]
        self.runtime = None  # type: Runtime | None
        # The last reply, and when it may be read again.
        self.last = None  # type: dict[str, Any] | None
        self.again_s = 0.0
        try:
            self.memory = Memory(pid)
            self.runtime = runtime_of(self.memory, self.notes)
        except Refused as error:
            if error.why != "denied":
                raise
            self.denied = error
            self.notes.append("memory not readable: %s" % error)
        except (Torn, Exhausted) as error:
            self.notes.append("runtime not known: %s" % error)

    def snapshot(self, document: Document, budget: Budget) -> None:
        """Adds the stacks of all threads to a document."""
        tasks, notes = tasks_of(self.pid, budget)
        # A thread on a CPU has a kernel stack without frames.
        if self.denied is not None and not any(task.kernel is not None or task.wchan for task in tasks):
            raise Refused("denied", "; ".join([str(self.denied), *notes]))
        document.notes.extend(self.notes + notes)
        if self.memory is not None:
            self.memory.budget = budget
        if self.runtime is None:
            for task in tasks:
                document.add_task(task, [])
            return
        document.runtime = self.runtime.name
        self.runtime.walk(tasks, document)


targets = {}  # type: dict[int, Target]


def target_of(pid: int, start: "str | None") -> Target:
    """Target of a pid, known from the last reading while the same program runs."""
    program = identity(pid)
    if program is None:
        raise Refused("absent", "process %d has exited" % pid)
    if start is not None and program[0] != start:
        raise Refused("absent", "process has exited, PID %d is another one now" % pid)
    known = targets.pop(pid, None)
    if known is None or known.program != program:
        known = Target(pid, program)
    while len(targets) >= MAX_TARGETS:
        targets.pop(next(iter(targets)), None)
    targets[pid] = known
    return known


def charge(pid: int, spent_s: float) -> None:
    """Counts CPU time that was spent on a process beside its reading."""
    target = targets.get(pid)
    if target is not None:
        target.again_s = max(target.again_s, time.monotonic()) + spent_s / MAX_SHARE


def read(words: "list[str]") -> "dict[str, Any]":
    """Request `PID START`: START is the start time of its stat, or `-` for any."""
    pid = int(words[0])
    target = target_of(pid, None if words[1] == "-" else words[1])
    if target.last is not None and time.monotonic() < target.again_s:
        return target.last
    budget = Budget()
    document = Document()
    at_ms = int(time.time() * 1000)
    try:
        target.snapshot(document, budget)
    except (Exhausted, Torn) as error:
        document.note("not all read: %s" % error)
    if identity(pid) != target.program:
        raise Refused("failed", "process %d has exited, or runs another program now" % pid)
    name = (small("/proc/%d/comm" % pid, Budget()) or "").rstrip("\n")
    spent_s = budget.spent_s()
    wait_s = spent_s / MAX_SHARE - spent_s
    if wait_s > 2:
        document.note("%.1f s of CPU per reading: read every %.0f s" % (spent_s, spent_s + wait_s))
    has_memory = target.memory is not None
    target.last = dict(document.body(), pid=pid, name=name, at=at_ms, cost=int(spent_s * 1e6), memory=has_memory)
    target.again_s = time.monotonic() + wait_s
    return target.last
