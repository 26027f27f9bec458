"""Records what crashcart_stacks reads of a process, for tests: `env -i python3 record_memory.py PID FILE.json.gz`.

The file has the ranges of memory that were read, mappings, sections and threads. Record test programs only: memory holds secrets.
"""

import base64
import gzip
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/host/protocols/stacks"))

from crashcart_stacks.budget import Budget  # noqa: E402
from crashcart_stacks.document import Document  # noqa: E402
from crashcart_stacks.greenlets import is_heap  # noqa: E402
from crashcart_stacks.memory import Memory  # noqa: E402
from crashcart_stacks.runtimes import runtime_of  # noqa: E402
from crashcart_stacks.tasks import tasks_of  # noqa: E402


# A longer read is a search: of it only what is read later too is kept, zeros for the rest.
MAX_KEPT = 1 << 16


class Recorder(Memory):
    ranges = {}
    searched = {}

    def some(self, address, size):
        data = Memory.some(self, address, size)
        if size > MAX_KEPT:
            self.searched[address] = size
            return data
        if len(data) > len(self.ranges.get(address, b"")):
            self.ranges[address] = data
        return data


pid = int(sys.argv[1])
memory = Recorder(pid)
runtime = runtime_of(memory, [])
tasks, _ = tasks_of(pid, Budget())
runtime.walk(tasks, Document())
merged = []
ranges = dict(memory.ranges)
for start, size in memory.searched.items():
    piece = bytearray(size)
    for address, data in memory.ranges.items():
        if start <= address and address + len(data) <= start + size:
            piece[address - start : address - start + len(data)] = data
            ranges.pop(address, None)
    ranges[start] = bytes(piece)
for address, data in sorted(ranges.items()):
    if merged and address <= merged[-1][0] + len(merged[-1][1]):
        merged[-1][1] += data[max(0, merged[-1][0] + len(merged[-1][1]) - address) :]
    else:
        merged.append([address, data])
objects = {one.path for one in memory.maps() if "python" in one.path} | {memory.program()}
record = {
    "runtime": runtime.name,
    "program": memory.program(),
    "maps": [list(one) for one in memory.maps() if one.path in objects or memory.searched and is_heap(one)],
    "sections": [list(one) for one in memory.sections() if one.name in (".go.buildinfo", ".gopclntab", ".go.module", ".noptrdata", ".data", ".bss", ".noptrbss")],
    "tasks": [list(one) for one in tasks],
    "ranges": [[address, base64.b64encode(data).decode()] for address, data in merged],
}
with open(sys.argv[2], "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
    packed.write(json.dumps(record, separators=(",", ":")).encode())
print(runtime.name, len(merged), "ranges", sum(len(data) for _, data in merged), "bytes", os.path.getsize(sys.argv[2]), "packed")
