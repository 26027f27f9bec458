"""Memory of a core dump, and the code of the program that crashed."""

import os
import struct
from bisect import bisect_right

from crashcart_stacks.code_map import MAX_CODE, CodeMap
from crashcart_stacks.core_notes import AT_SYSINFO_EHDR
from crashcart_stacks.errors import Exhausted
from crashcart_stacks.object_files import mounts_now, object_file

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_stacks.core_bytes import CoreBytes
    from crashcart_stacks.core_notes import Notes

    Segment = tuple[int, int, int, int, int]  # address, bytes in the file, offset there, bytes in memory, flags

HEAD = 4096
PF_X = 1
MAX_OPEN = 512  # files of objects at a time: a process may open 1024


class CoreMemory:
    """Parts of the memory in a core; a stream passes once, so that all are named before."""

    def __init__(self, data: "CoreBytes", segments: "list[Segment]") -> None:
        self.data = data
        self.segments = segments
        self.starts = [one[0] for one in segments]
        self.parts = []  # type: list[tuple[int, bytes]]
        self.missing = 0  # bytes that the core should have and does not: it is cut off

    def fetch(self, ranges: "list[tuple[int, int]]") -> None:
        """Reads these parts of the memory, of those that the core has."""
        places = []  # type: list[tuple[int, int, int]]
        for address, size in ranges:
            at = bisect_right(self.starts, address) - 1
            if at < 0:
                continue
            start, in_file, offset, _, _ = self.segments[at]
            length = min(size, start + in_file - address)
            if length > 0:
                places.append((offset + address - start, length, address))
        merged = []  # type: list[list[int]]
        for offset, length, address in sorted(places):
            if merged and offset <= merged[-1][0] + merged[-1][1] and address - offset == merged[-1][2] - merged[-1][0]:
                merged[-1][1] = max(merged[-1][1], offset + length - merged[-1][0])
            else:
                merged.append([offset, length, address])
        for offset, length, address in merged:
            part = self.data.read(offset, length)
            self.missing += length - len(part)
            self.parts.append((address, part))
        self.parts.sort()
        self.part_starts = [start for start, _ in self.parts]

    def read(self, address: int, size: int) -> bytes:
        at = bisect_right(self.part_starts, address) - 1
        if at < 0:
            return b""
        start, part = self.parts[at]
        return part[address - start : address - start + size]


class CoreMap(CodeMap):
    """Code of a core: its executable segments are those of NT_FILE; what they hold stands in the files, where these are the same."""

    def __init__(self, found: "Notes", memory: CoreMemory, machine: int) -> None:
        self.found, self.memory, self.budget = found, memory, memory.data.budget
        self.file_starts = [one[0] for one in found.files]
        self.heads = {}  # type: dict[str, list[int]]
        for start, _, offset, path in found.files:
            if offset == 0:
                self.heads.setdefault(path, []).append(start)
        self.files = {}  # type: dict[str, int | None]
        self.opened = 0
        self.others = mounts_now()
        try:
            CodeMap.__init__(self, "", -1)
        except Exhausted:
            self.close()
            raise
        self.machine = machine

    def read_maps(self, folder: str) -> "tuple[list[tuple[Any, ...]], dict[tuple[str, str, str], list[int]]]":
        code = []  # type: list[tuple[Any, ...]]
        heads = {("", "", path): starts for path, starts in self.heads.items()}
        vdso = self.found.auxiliary.get(AT_SYSINFO_EHDR, 0)
        if vdso:
            heads[("", "", "[vdso]")] = [vdso]
        for start, _, _, size, _ in [one for one in self.memory.segments if one[4] & PF_X][:MAX_CODE]:
            entry = self.file_at(start)
            key = ("", "", entry[3] if entry else "[vdso]" if start == vdso else "")
            code.append((start, start + size, entry[2] + start - entry[0] if entry else 0, key))
            self.starts.append(start)
            self.ends.append(start + size)
        for address, _, _, size, _ in self.memory.segments:
            self.all_starts.append(address)
            self.all_ends.append(address + size)
        return code, heads

    def file_at(self, address: int) -> "tuple[int, int, int, str] | None":
        at = bisect_right(self.file_starts, address) - 1
        return self.found.files[at] if at >= 0 and address < self.found.files[at][1] else None

    def read(self, address: int, size: int) -> bytes:
        self.budget.spend(size)
        data = self.memory.read(address, size)
        if len(data) == size:
            return data
        entry = self.file_at(address)
        if entry is None:
            return data
        start, _, offset, path = entry
        file = self.same_file(path)
        return os.pread(file, size, offset + address - start) if file is not None else data

    def same_file(self, path: str) -> "int | None":
        """File with that name now, if its first page, which has the build-id, is that of the core."""
        if path not in self.files:
            self.files[path] = None
            self.budget.look()
            head = self.memory.read(self.heads[path][0], HEAD) if path in self.heads else b""
            file = object_file(path, self.others) if head and self.opened < MAX_OPEN else None
            if file is not None and os.pread(file, len(head), 0) == head:
                self.files[path] = file
                self.opened += 1
            elif file is not None:
                os.close(file)
        return self.files[path]

    def close(self) -> None:
        for file in self.files.values():
            if file is not None:
                os.close(file)

    def is_code(self, address: int) -> bool:
        at = bisect_right(self.starts, address) - 1
        return at >= 0 and address < self.ends[at]

    def words_of(self, low: int, stack: bytes) -> "list[int]":
        """Index and value of each word of a stack that is an address of code or of it."""
        kept, high = [], low + len(stack)  # type: list[int], int
        number = len(stack) // 8
        self.budget.work(number)
        for index, value in enumerate(struct.unpack("<%dQ" % number, stack[: number * 8])):
            if low <= value <= high:
                kept += (index, value)
                continue
            address = value & self.mask
            if self.is_code(address):
                kept += (index, address)
                self.wants_call(address)
        return kept
