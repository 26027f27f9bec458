"""Limits of one reading."""

import time

from crashcart_stacks.errors import Exhausted

MAX_BYTES = 96 << 20
MAX_CPU_S = 1.0
MAX_WALL_S = 3.0
# Reads, and steps of loops, between two looks at the clocks.
EVERY = 128
STEPS = 1 << 18


def cpu_s() -> float:
    """CPU time of this thread."""
    return time.clock_gettime(time.CLOCK_THREAD_CPUTIME_ID)


class Budget:
    """Bytes, CPU time and time of one reading."""

    def __init__(self, max_bytes: int = MAX_BYTES, max_cpu_s: float = MAX_CPU_S, max_wall_s: float = MAX_WALL_S) -> None:
        self.bytes_left = max_bytes
        self.max_cpu_s = max_cpu_s
        self.max_wall_s = max_wall_s
        self.start_cpu_s = cpu_s()
        self.end_s = time.monotonic() + max_wall_s
        self.reads = 0
        self.steps = 0

    def spend(self, size: int) -> None:
        """Counts a read; raises Exhausted beyond a limit."""
        self.bytes_left -= size
        self.reads += 1
        if self.bytes_left < 0:
            raise Exhausted("limit of bytes read")
        if self.reads % EVERY == 0:
            self.look()

    def work(self, steps: int) -> None:
        """Counts steps of a loop over what was read; raises Exhausted beyond a limit."""
        self.steps += steps
        if self.steps >= STEPS:
            self.steps = 0
            self.look()

    def look(self) -> None:
        if time.monotonic() > self.end_s:
            raise Exhausted("limit of %g s" % self.max_wall_s)
        if self.spent_s() > self.max_cpu_s:
            raise Exhausted("limit of %g s of CPU time" % self.max_cpu_s)

    def spent_s(self) -> float:
        return cpu_s() - self.start_cpu_s
