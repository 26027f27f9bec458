"""Functions, lines and frame sizes of a Go program, by its table of functions, which stripped programs have too.

src/runtime/symtab.go, src/internal/abi/symtab.go
"""

import struct

from crashcart_stacks.errors import Torn
from crashcart_stacks.memory import Memory

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_stacks.document import Frame

# Offset of `text` in struct moduledata.
TEXT = 176
MAGIC_16, MAGIC_18, MAGIC_20 = 0xFFFFFFFA, 0xFFFFFFF0, 0xFFFFFFF1
# Tables of a function: index of the inlined call of an instruction, and the tree of those calls.
INLINE_INDEX, INLINE_TREE = 2, 3
# moduledata.gofunc, from which offsets of the latter count.
GOFUNC_18, GOFUNC_20 = 304, 320
MAX_INLINED = 32
MAX_FUNCTIONS = 1 << 22
MAX_PAIRS = 20000
# Instructions and functions that are kept between readings.
MAX_KNOWN = 50000
PIECE = 256


class Function:
    """One function, as its entry of the table has it."""

    def __init__(self, entry: int, name: str, pcsp: int, pcfile: int, pcln: int, unit: int, inlined: "tuple[int, int] | None") -> None:
        self.entry = entry
        self.name = name
        self.pcsp = pcsp
        self.pcfile = pcfile
        self.pcln = pcln
        self.unit = unit
        # Offset of the table of inlined calls, and address of their tree.
        self.inlined = inlined


class FunctionTable:
    """Reads only what is looked up: whole tables have tens of megabytes."""

    def __init__(self, memory: Memory, address: int, module: "int | None") -> None:
        """`module` is the address of struct moduledata, which knows where the program's text is, newer tables do not."""
        self.memory = memory
        text = None if module is None else memory.word(module + TEXT)
        magic, _, self.quantum, size = struct.unpack("<IHBB", memory.read(address, 8))
        if magic not in (MAGIC_16, MAGIC_18, MAGIC_20) or size != 8 or self.quantum not in (1, 2, 4):
            raise Torn("table of functions of an unknown kind: %#x" % magic)
        self.is_old = magic == MAGIC_16
        self.is_18 = magic == MAGIC_18
        self.gofunc = None if module is None or self.is_old else memory.word(module + (GOFUNC_18 if self.is_18 else GOFUNC_20))
        words = memory.words(address + 8, 8)
        self.count = words[0]
        if not 0 < self.count <= MAX_FUNCTIONS:
            raise Torn("table of %d functions" % self.count)
        start = text if text is not None else words[2]
        self.text = 0 if self.is_old else start
        names, units, files, values, functions = words[2:7] if self.is_old else words[3:8]
        self.names, self.units, self.files, self.values, self.functions = (address + at for at in (names, units, files, values, functions))
        self.cache = {}  # type: dict[int, Function]
        self.frames = {}  # type: dict[int, list[Frame]]
        self.sizes = {}  # type: dict[int, int]

    def entry(self, index: int) -> "tuple[int, int]":
        """Address of a function and offset of what is known of it."""
        if self.is_old:
            pc, offset = struct.unpack("<QQ", self.memory.read(self.functions + 16 * index, 16))
            return int(pc), int(offset)
        pc, offset = struct.unpack("<II", self.memory.read(self.functions + 8 * index, 8))
        return int(pc) + self.text, int(offset)

    def function(self, pc: int) -> "Function | None":
        low, high = 0, self.count
        if not self.entry(0)[0] <= pc < self.end():
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if self.entry(middle)[0] <= pc:
                low = middle
            else:
                high = middle
        known = self.cache.get(low)
        if known is None:
            entry, offset = self.entry(low)
            data = self.memory.read(self.functions + offset, 44)
            at = 8 if self.is_old else 4
            name, _, _, pcsp, pcfile, pcln, number, unit = struct.unpack_from("<8I", data, at)
            inlined = self.inline_tree(self.functions + offset, data, number)
            make_room(self.cache)
            known = self.cache[low] = Function(entry, self.name(name), pcsp, pcfile, pcln, unit, inlined)
        return known

    def name(self, offset: int) -> str:
        return self.memory.text(self.names + offset).decode("utf-8", "replace")

    def inline_tree(self, address: int, data: bytes, number: int) -> "tuple[int, int] | None":
        """Offset of the table of inlined calls of a function, and address of their tree."""
        size, funcdata = (40, data[39]) if self.is_18 else (44, data[43])
        if not INLINE_INDEX < number < 64 or funcdata <= INLINE_TREE:
            return None
        table = self.memory.int32(address + size + 4 * INLINE_INDEX) & 0xFFFFFFFF
        behind = address + size + 4 * number
        if self.is_old:
            tree = self.memory.word((behind + 7) // 8 * 8 + 8 * INLINE_TREE)
            return (table, tree) if table and tree else None
        offset = self.memory.int32(behind + 4 * INLINE_TREE) & 0xFFFFFFFF
        return (table, self.gofunc + offset) if table and offset != 0xFFFFFFFF and self.gofunc is not None else None

    def end(self) -> int:
        """Address behind the last function."""
        return self.entry(self.count)[0] if self.is_old else (self.memory.int32(self.functions + 8 * self.count) & 0xFFFFFFFF) + self.text

    def value(self, function: Function, offset: int, pc: int) -> "int | None":
        """Value of a table of pairs at an address: differences of value and address, each a varint."""
        if offset == 0:
            return None
        at = self.values + offset
        data = b""
        place = 0
        value, address = -1, function.entry
        for turn in range(MAX_PAIRS):
            if len(data) - place < 20:
                data = data[place:] + self.memory.read(at, PIECE)
                at += PIECE
                place = 0
            change, place = varint(data, place)
            if change == 0 and turn > 0:
                return None
            value += -(change >> 1) - 1 if change & 1 else change >> 1
            length, place = varint(data, place)
            address += length * self.quantum
            if pc < address:
                return value
        return None

    def frame_size(self, pc: int) -> "int | None":
        """Bytes between the stack pointer and the return address at an instruction."""
        size = self.sizes.get(pc)
        if size is None:
            function = self.function(pc)
            size = None if function is None else self.value(function, function.pcsp, pc)
            if size is not None:
                make_room(self.sizes)
                self.sizes[pc] = size
        return size

    def frames_at(self, pc: int) -> "list[Frame]":
        """Function, file and line of an instruction, inlined ones first; none outside of all functions."""
        known = self.frames.get(pc)
        if known is not None:
            return known
        function = self.function(pc)
        found = []  # type: list[Frame]
        if function is None:
            return found
        at = pc
        while function.inlined is not None and len(found) < MAX_INLINED:
            table, tree = function.inlined
            index = self.value(function, table, at)
            if index is None or index < 0:
                break
            if self.is_18 or self.is_old:
                name, parent = struct.unpack("<ii", self.memory.read(tree + 20 * index + 12, 8))
            else:
                _, name, parent = struct.unpack("<iii", self.memory.read(tree + 16 * index, 12))
            found.append(self.at_line(function, self.name(name), at))
            at = function.entry + parent
        found.append(self.at_line(function, function.name, at))
        make_room(self.frames)
        self.frames[pc] = found
        return found

    def at_line(self, function: Function, name: str, pc: int) -> "Frame":
        file = None
        number = self.value(function, function.pcfile, pc)
        if number is not None and number >= 0:
            offset = self.memory.int32(self.units + 4 * (function.unit + number))
            file = self.memory.text(self.files + offset).decode("utf-8", "replace") if offset >= 0 else None
        return ("go", name, file, self.value(function, function.pcln, pc))


def make_room(known: "dict[int, Any]") -> None:
    if len(known) >= MAX_KNOWN:
        known.clear()


def varint(data: bytes, at: int) -> "tuple[int, int]":
    value = shift = 0
    while at < len(data) and shift < 63:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
    raise Torn("varint without an end")
