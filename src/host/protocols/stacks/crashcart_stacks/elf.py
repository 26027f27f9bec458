"""Symbols of mapped ELF objects, by their dynamic section in memory: no file is opened, so that containers and deleted files are as any."""

import struct

from crashcart_stacks.errors import Torn
from crashcart_stacks.memory import Memory

PT_LOAD, PT_DYNAMIC = 1, 2
DT_HASH, DT_STRTAB, DT_SYMTAB, DT_GNU_HASH = 4, 5, 6, 0x6FFFFEF5
ET_DYN = 3
MAX_CHAIN = 4096


class Elf:
    """A 64-bit little-endian ELF object at its first mapping; raises Torn for anything else."""

    def __init__(self, memory: Memory, base: int) -> None:
        self.memory = memory
        self.base = base
        header = memory.read(base, 64)
        if header[:6] != b"\x7fELF\x02\x01":
            raise Torn("no 64-bit little-endian ELF header")
        kind, self.machine = struct.unpack_from("<HH", header, 16)
        (offset,) = struct.unpack_from("<Q", header, 32)
        size, number = struct.unpack_from("<HH", header, 54)
        if size != 56 or number > 64:
            raise Torn("program headers")
        table = memory.read(base + offset, size * number)
        self.segments = [struct.unpack_from("<IIQQQQQQ", table, at) for at in range(0, len(table), size)]
        loads = [one for one in self.segments if one[0] == PT_LOAD]
        if not loads:
            raise Torn("no segments")
        lowest = min(one[3] - one[2] for one in loads)
        self.bias = base - lowest if kind == ET_DYN else 0

    def dynamic(self) -> "dict[int, int]":
        for kind, _, _, address, _, _, size, _ in self.segments:
            if kind == PT_DYNAMIC:
                data = self.memory.read(self.bias + address, min(size, 4096) // 16 * 16)
                entries = [struct.unpack_from("<QQ", data, at) for at in range(0, len(data), 16)]
                return dict(reversed(entries))
        return {}

    def pointer(self, value: int) -> int:
        """An address of the dynamic section: glibc has added the bias, musl has not."""
        return value if value >= self.bias else value + self.bias

    def symbol(self, name: str) -> "int | None":
        """Address of a defined dynamic symbol."""
        tags = self.dynamic()
        if DT_SYMTAB not in tags or DT_STRTAB not in tags:
            return None
        wanted = name.encode("ascii")
        symbols, texts = self.pointer(tags[DT_SYMTAB]), self.pointer(tags[DT_STRTAB])
        indexes = gnu_chain if DT_GNU_HASH in tags else sysv_chain
        table = tags.get(DT_GNU_HASH, tags.get(DT_HASH))
        if table is None:
            return None
        for index in indexes(self.memory, self.pointer(table), wanted):
            text, _, _, section, value, _ = struct.unpack("<IBBHQQ", self.memory.read(symbols + 24 * index, 24))
            if section != 0 and self.memory.text(texts + text, len(wanted) + 1) == wanted:
                return self.bias + int(value)
        return None


def gnu_chain(memory: Memory, table: int, name: bytes) -> "list[int]":
    """Indexes of symbols with the hash of a name, by DT_GNU_HASH."""
    value = 5381
    for byte in name:
        value = (value * 33 + byte) & 0xFFFFFFFF
    number, first, bloom, _ = struct.unpack("<4I", memory.read(table, 16))
    if number == 0:
        return []
    buckets = table + 16 + 8 * bloom
    index = memory.int32(buckets + 4 * (value % number)) & 0xFFFFFFFF
    found = []  # type: list[int]
    for turn in range(MAX_CHAIN):
        if index < first:
            break
        entry = memory.int32(buckets + 4 * number + 4 * (index + turn - first)) & 0xFFFFFFFF
        if entry | 1 == value | 1:
            found.append(index + turn)
        if entry & 1:
            break
    return found


def sysv_chain(memory: Memory, table: int, name: bytes) -> "list[int]":
    """Indexes of symbols in the bucket of a name, by DT_HASH."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    number, _ = struct.unpack("<2I", memory.read(table, 8))
    if number == 0:
        return []
    index = memory.int32(table + 8 + 4 * (value % number))
    found = []  # type: list[int]
    while index > 0 and len(found) < MAX_CHAIN:
        found.append(index)
        index = memory.int32(table + 8 + 4 * number + 4 * index)
    return found
