"""Frames of CPython and Go in a core dump, by the walkers of live processes."""

import os
from bisect import bisect_right

from crashcart_stacks.budget import Budget
from crashcart_stacks.core_memory import CoreMap
from crashcart_stacks.core_notes import AT_PHDR
from crashcart_stacks.document import Document
from crashcart_stacks.errors import Exhausted, Torn
from crashcart_stacks.maps import Mapping, Section, sections_in
from crashcart_stacks.memory import Memory
from crashcart_stacks.runtimes import runtime_of
from crashcart_stacks.tasks import Task

MYPY = False
if MYPY:
    from crashcart_stacks.core_bytes import CoreBytes
    from crashcart_stacks.core_notes import Notes

MAX_CPU_S, MAX_WALL_S, MAX_BYTES = 3.0, 8.0, 256 << 20


def runtime_frames(data: "CoreBytes", found: "Notes", code: CoreMap) -> Document:
    """Stacks of the runtime's threads and goroutines; threads without frames where no runtime is known."""
    name = str(found.facts.get("name", ""))
    tasks = [Task(one["tid"], name, "-", None, None, one["tid"]) for one in found.threads]
    if found.has_crashed:
        tasks[0] = tasks[0]._replace(state="crashed")
    document = Document()
    try:
        memory = DumpedMemory(data, found, code)
        runtime = runtime_of(memory, document.notes)
        if runtime is not None:
            document.runtime = runtime.name
            runtime.walk(tasks, document)
    except (Exhausted, Torn) as error:
        document.note("frames of the runtime: not all read: %s" % error)
    return document


class DumpedMemory(Memory):
    """What the core has, and what it leaves out since it stands in files: code and constants."""

    def __init__(self, data: "CoreBytes", found: "Notes", code: CoreMap) -> None:
        self.pid = int(found.facts.get("pid", 0))
        self.budget = Budget(MAX_BYTES, MAX_CPU_S, MAX_WALL_S)
        self.data, self.found, self.code = data, found, code
        self.registers = {one["tid"]: one["registers"] for one in found.threads}

    def maps(self) -> "list[Mapping]":
        maps = []  # type: list[Mapping]
        for address, _, _, size, flags in self.code.memory.segments:
            entry = self.code.file_at(address)
            rights = "".join(letter if flags & bit else "-" for letter, bit in (("r", 4), ("w", 2), ("x", 1))) + "p"
            offset, path = (entry[2] + address - entry[0], entry[3]) if entry else (0, "")
            maps.append(Mapping(address, address + size, rights, offset, path))
        return maps

    def program(self) -> str:
        entry = self.code.file_at(self.found.auxiliary.get(AT_PHDR, 0))
        return entry[3] if entry else ""

    def sections(self) -> "list[Section]":
        file = self.code.same_file(self.program())
        return [] if file is None else sections_in(file)

    def some(self, address: int, size: int) -> bytes:
        parts = []  # type: list[bytes]
        memory = self.code.memory
        while size > 0:
            at = bisect_right(memory.starts, address) - 1
            if at < 0:
                break
            start, in_file, offset, in_memory, _ = memory.segments[at]
            if address < start + in_file:
                part = self.data.read(offset + address - start, min(size, start + in_file - address))
            else:
                part = self.of_file(address, min(size, start + in_memory - address))
            if not part:
                break
            parts.append(part)
            address, size = address + len(part), size - len(part)
        return b"".join(parts)

    def of_file(self, address: int, size: int) -> bytes:
        entry = self.code.file_at(address)
        file = None if entry is None else self.code.same_file(entry[3])
        if entry is None or file is None or size <= 0:
            return b""
        return os.pread(file, min(size, entry[1] - address), entry[2] + address - entry[0])

    def registers_of(self, tid: int) -> "dict[int, int] | None":
        return self.registers.get(tid)
