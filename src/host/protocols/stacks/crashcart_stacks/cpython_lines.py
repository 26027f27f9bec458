"""Line of an instruction, by the table of its code object."""

MAX_TABLE = 1 << 18


def line_of(version: "tuple[int, int]", first: int, table: bytes, offset: int) -> "int | None":
    """Line of the instruction at a byte offset; None where there is none or the table is garbage."""
    try:
        if version >= (3, 11):
            return by_locations(first, table, offset)
        if version == (3, 10):
            return by_ranges(first, table, offset)
        return by_lnotab(first, table, offset)
    except IndexError:
        return None


def by_lnotab(first: int, table: bytes, offset: int) -> "int | None":
    """Until 3.9: pairs of bytes, increments of the offset and, signed, of the line. Objects/lnotab_notes.txt"""
    line = first
    at = 0
    for index in range(0, len(table) - 1, 2):
        at += table[index]
        if at > offset:
            break
        line += signed(table[index + 1])
    return line


def by_ranges(first: int, table: bytes, offset: int) -> "int | None":
    """3.10: pairs of bytes, length of a range and, signed, increment of the line before it; -128 is a range without a line."""
    line = first
    end = 0
    for index in range(0, len(table) - 1, 2):
        change = signed(table[index + 1])
        end += table[index]
        if change != -128:
            line += change
        if offset < end:
            return None if change == -128 else line
    return None


def by_locations(first: int, table: bytes, offset: int) -> "int | None":
    """From 3.11 on: entries of a byte with code and length, and what the code needs. InternalDocs/code_objects.md"""
    line = first
    at = 0
    end = 0
    while at < len(table):
        code, end = table[at] >> 3 & 15, end + 2 * ((table[at] & 7) + 1)
        at += 1
        if code >= 13 and code != 15:
            change, at = varint(table, at)
            line += -(change >> 1) if change & 1 else change >> 1
            if code == 14:
                for _ in range(3):
                    _, at = varint(table, at)
        elif code >= 10 and code != 15:
            line += code - 10
            at += 2
        elif code != 15:
            at += 1
        if offset < end:
            return None if code == 15 else line
    return None


def varint(table: bytes, at: int) -> "tuple[int, int]":
    value = table[at] & 63
    shift = 0
    while table[at] & 64:
        at += 1
        shift += 6
        value |= (table[at] & 63) << shift
    return value, at + 1


def signed(byte: int) -> int:
    return byte - 256 if byte > 127 else byte
