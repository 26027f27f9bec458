"""Recorded memory of a process (record_memory.py), in the place of a live one."""

import base64
import bisect
import gzip
import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/host/protocols/stacks"))

from crashcart_stacks.budget import Budget  # noqa: E402
from crashcart_stacks.document import Document  # noqa: E402
from crashcart_stacks.errors import Exhausted, Torn  # noqa: E402
from crashcart_stacks.maps import Mapping, Section  # noqa: E402
from crashcart_stacks.memory import Memory  # noqa: E402
from crashcart_stacks.runtimes import runtime_of  # noqa: E402
from crashcart_stacks.tasks import Task  # noqa: E402


class FakeMemory(Memory):
    def __init__(self, path):
        with gzip.open(path, "rt") as file:
            self.record = json.load(file)
        self.pid = 1
        self.budget = Budget()
        self.ranges = [(address, bytearray(base64.b64decode(data))) for address, data in self.record["ranges"] if data]
        self.starts = [address for address, _ in self.ranges]
        self.tasks = [Task(*one) for one in self.record["tasks"]]

    def maps(self):
        return [Mapping(*one) for one in self.record["maps"]]

    def program(self):
        return self.record["program"]

    def swapped_bytes(self):
        return 0

    def sections(self):
        return [Section(*one) for one in self.record["sections"]]

    def some(self, address, size):
        at = bisect.bisect_right(self.starts, address) - 1
        if at < 0 or address >= self.starts[at] + len(self.ranges[at][1]):
            raise OSError("not recorded")
        offset = address - self.starts[at]
        return bytes(self.ranges[at][1][offset : offset + size])


def walk(memory, notes=None):
    """Document of a memory; None without a runtime."""
    document = Document()
    try:
        runtime = runtime_of(memory, document.notes if notes is None else notes)
        if runtime is None:
            return document
        document.runtime = runtime.name
        runtime.walk(memory.tasks, document)
    except (Torn, Exhausted) as error:
        document.note(str(error))
    return document


def fuzz(path, turns, seed):
    """Walks a memory with bytes and words of it replaced; prints turns, the slowest and the most reads."""
    chance = random.Random(seed)
    slowest = most = 0
    for _ in range(turns):
        memory = FakeMemory(path)
        pointers = [data[at : at + 8] for _, data in memory.ranges for at in range(0, min(len(data), 256) - 7, 8)]
        for _ in range(chance.choice([1, 3, 10, 100])):
            _, data = chance.choice(memory.ranges)
            at = chance.randrange(len(data))
            kind = chance.randrange(3)
            if kind == 0:
                data[at] = chance.randrange(256)
            elif kind == 1:
                at = max(0, min(at // 8 * 8, len(data) - 8))
                data[at : at + 8] = chance.choice(pointers)[: len(data) - at]
            else:
                data[at : at + 8] = bytes([chance.choice([0, 255, 127])] * min(8, len(data) - at))
        start = time.process_time()
        document = walk(memory)
        json.dumps(document.body())
        slowest = max(slowest, time.process_time() - start)
        most = max(most, memory.budget.reads)
        assert len(document.stacks) <= 10000 and len(document.notes) <= 24, (len(document.stacks), len(document.notes))
    print(json.dumps({"turns": turns, "slowest": round(slowest, 2), "reads": most}))


if sys.argv[1] == "walk":
    print(json.dumps(walk(FakeMemory(sys.argv[2])).body()))
else:
    fuzz(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
