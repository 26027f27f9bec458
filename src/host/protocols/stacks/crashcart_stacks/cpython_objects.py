"""Objects of CPython 3.7 to 3.13 by their addresses: types, dicts, sets, attributes."""

import struct

from crashcart_stacks.asyncio_layout import DICT_KEYS, DICT_VALUES, SET_MASK, SET_TABLE, TYPE, TYPE_BASE, TYPE_DICT, TYPE_NAME, TYPE_SIZE
from crashcart_stacks.errors import Torn
from crashcart_stacks.memory import Memory

MYPY = False
if MYPY:
    from typing import Callable

MAX_ENTRIES = 1 << 16
MAX_SLOTS = 1 << 18
MAX_BASES = 8


class Objects:
    """Reads objects in the memory of a process; what it has found of types is forgotten by `clear`."""

    def __init__(self, memory: Memory, version: "tuple[int, int]", text: "Callable[[int], str]") -> None:
        self.memory = memory
        # Text of a str object.
        self.text = text
        self.version = version
        self.names = {}  # type: dict[int, tuple[str, ...]]

    def clear(self) -> None:
        self.names.clear()

    def kinds(self, address: int) -> "tuple[str, ...]":
        """Names of the type of an object and of its bases, the type first."""
        return self.names_of(self.memory.word(address + TYPE))

    def names_of(self, kind: int) -> "tuple[str, ...]":
        """Names of a type and of its bases."""
        known = self.names.get(kind)
        if known is None:
            found = []  # type: list[str]
            base = kind
            while base and len(found) < MAX_BASES:
                found.append(self.memory.text(self.memory.word(base + TYPE_NAME), 128).decode("utf-8", "replace"))
                base = self.memory.word(base + TYPE_BASE)
            if not found:
                raise Torn("object without a type")
            known = self.names[kind] = tuple(found)
        return known

    def kind(self, address: int) -> str:
        return self.kinds(address)[0]

    def entries(self, address: int) -> "list[tuple[int, int]]":
        """Addresses of keys and values of a dict whose values are with its keys: of a module, not of an instance."""
        keys = self.memory.word(address + DICT_KEYS)
        head = self.memory.read(keys, 40)
        if self.version >= (3, 11):
            (number,) = struct.unpack_from("<q", head, 24)
            start, size = 32 + (1 << min(head[9], 40)), 24 if head[10] == 0 else 16
        else:
            slots, number = struct.unpack_from("<q", head, 8)[0], struct.unpack_from("<q", head, 32)[0]
            start, size = 40 + slots * (1 if slots <= 0xFF else 2 if slots <= 0xFFFF else 4), 24
        if not 0 <= number <= MAX_ENTRIES:
            raise Torn("dict of %d entries" % number)
        data = self.memory.read(keys + start, number * size)
        pairs = [struct.unpack_from("<QQ", data, at + size - 16) for at in range(0, len(data), size)]
        return [(key, value) for key, value in pairs if key and value]

    def named(self, mapping: int, names: "tuple[str, ...]") -> "int | None":
        """Value of a dict by one of some keys."""
        for key, value in self.entries(mapping):
            try:
                if self.text(key) in names:
                    return value
            except Torn:
                continue
        return None

    def first_attribute(self, address: int) -> int:
        """Address of the attribute that the class of an instance sets first."""
        memory, inline = self.memory, 8 if self.version >= (3, 13) else 0
        kind = memory.word(address + TYPE)
        if self.version < (3, 11):
            attributes = memory.word(address + memory.word(kind + TYPE_DICT))
        elif self.version == (3, 11):
            # Values without a dict stand before it.
            values = memory.word(address - 32)
            if values:
                return memory.word(values)
            attributes = memory.word(address - 24)
        else:
            attributes = memory.word(address - 24)
            if self.version == (3, 12) and attributes & 1:
                return memory.word(attributes + 1)
            if not attributes:
                return memory.word(address + memory.word(kind + TYPE_SIZE) + inline)
        values = memory.word(attributes + DICT_VALUES)
        if values:
            return memory.word(values + inline)
        entries = self.entries(attributes)
        if not entries:
            raise Torn("no attribute at %#x" % address)
        return entries[0][1]

    def members(self, address: int) -> "list[int]":
        """Addresses of the members of a set, and of what stands for a removed one."""
        mask, table = self.memory.words(address + SET_MASK, 2)
        if mask >= MAX_SLOTS:
            raise Torn("set of %d slots" % mask)
        slots = self.memory.words(table, 2 * (mask + 1))
        if self.memory.words(address + SET_MASK, SET_TABLE // 8 - SET_MASK // 8 + 1) != (mask, table):
            raise Torn("set changed while it was read")
        return [member for member in slots[::2] if member]
