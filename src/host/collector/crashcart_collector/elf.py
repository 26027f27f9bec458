"""Build-id, symbols and Go build information of an ELF file, by a few bounded reads of it: elf(5)."""

import os
import struct

MYPY = False
if MYPY:
    from typing import Any

MAX_HEADERS = 256  # program headers
MAX_SECTIONS = 512
MAX_NOTES = 4 << 10  # bytes of a segment; the build-id is among the first
MAX_NAMES = 64 << 10
MAX_INFO = 16 << 10
PT_NOTE, NT_GNU_BUILD_ID = 4, 3


def elf_facts(fd: int) -> "dict[str, Any] | None":
    """`id`, `link` (.gnu_debuglink), `own`: debug or symtab, `go`; None for what is not ELF."""
    head = os.pread(fd, 64, 0)
    if head[:4] != b"\x7fELF" or len(head) < 52 or head[4] not in (1, 2) or (head[4] == 2 and len(head) < 64):
        return None
    order, wide = "<" if head[5] == 1 else ">", head[4] == 2
    tables = struct.unpack_from(order + ("QQ" if wide else "II"), head, 32 if wide else 28)
    sizes = struct.unpack_from(order + "5H", head, 54 if wide else 42)
    found = {}  # type: dict[str, Any]
    build_id = build_id_of(fd, order, wide, tables[0], sizes[0], sizes[1])
    if build_id:
        found["id"] = build_id
    sections = sections_of(fd, order, wide, tables[1], sizes[2:])
    if ".debug_info" in sections or ".zdebug_info" in sections:
        found["own"] = "debug"
    elif ".symtab" in sections:
        found["own"] = "symtab"
    if ".gnu_debuglink" in sections:
        found["link"] = part(fd, sections[".gnu_debuglink"], 4096).split(b"\0")[0].decode("utf-8", "replace")
    if ".go.buildinfo" in sections:
        found["go"] = go_build(part(fd, sections[".go.buildinfo"], MAX_INFO))
    return found


def part(fd: int, place: "tuple[int, int]", most: int) -> bytes:
    offset, size = place
    return os.pread(fd, min(size, most), offset) if offset < 1 << 62 else b""


def build_id_of(fd: int, order: str, wide: bool, offset: int, size: int, number: int) -> str:
    if size < (56 if wide else 32):
        return ""
    table = part(fd, (offset, size * min(number, MAX_HEADERS)), size * MAX_HEADERS)
    for at in range(0, len(table) - size + 1, size):
        if struct.unpack_from(order + "I", table, at)[0] != PT_NOTE:
            continue
        start = struct.unpack_from(order + ("Q" if wide else "I"), table, at + (8 if wide else 4))[0]
        length = struct.unpack_from(order + ("Q" if wide else "I"), table, at + (32 if wide else 16))[0]
        notes, note = part(fd, (start, length), MAX_NOTES), 0
        while note + 12 <= len(notes):
            name, desc, kind = struct.unpack_from(order + "3I", notes, note)
            data = note + 12 + (name + 3 & ~3)
            if kind == NT_GNU_BUILD_ID and notes[note + 12 : note + 16] == b"GNU\0":
                return "".join("%02x" % byte for byte in notes[data : data + min(desc, 64)])
            note = data + (desc + 3 & ~3)
    return ""


def sections_of(fd: int, order: str, wide: bool, offset: int, sizes: "tuple[int, ...]") -> "dict[str, tuple[int, int]]":
    """Place and size by name."""
    size, number, names_at = sizes
    if size < (64 if wide else 40) or number > MAX_SECTIONS:
        return {}
    table = part(fd, (offset, size * number), size * number)
    word, first = "Q" if wide else "I", 24 if wide else 16
    places = [
        struct.unpack_from(order + "I", table, at) + struct.unpack_from(order + word + word, table, at + first)
        for at in range(0, len(table) - size + 1, size)
    ]
    if names_at >= len(places):
        return {}
    names = part(fd, (places[names_at][1], places[names_at][2]), MAX_NAMES)
    return {names[name : name + 64].split(b"\0")[0].decode("ascii", "replace"): (start, length) for name, start, length in places}


def go_build(info: bytes) -> "list[str]":
    """Version of Go and lines about its modules, of Go 1.18 and later: debug/buildinfo. Older ones have pointers there."""
    if info[:14] != b"\xff Go buildinf:" or len(info) < 33 or not info[15] & 2:
        return []
    texts, at = [], 32  # type: list[bytes], int
    for _ in range(2):
        size = shift = 0
        while at < len(info) and shift < 35:
            size |= (info[at] & 127) << shift
            shift += 7
            at += 1
            if not info[at - 1] & 128:
                break
        texts.append(info[at : at + size])
        at += size
    if not texts[0].startswith((b"go", b"devel")):
        return []
    # The second text stands between two marks of 16 bytes.
    modules = texts[1][16:-16].decode("utf-8", "replace").split("\n")
    lines = [line for line in modules if line.startswith(("path\t", "mod\t", "build\tvcs.", "build\t-tags"))]
    return [texts[0][:64].decode("utf-8", "replace")] + [line[:200] for line in lines[:10]]
