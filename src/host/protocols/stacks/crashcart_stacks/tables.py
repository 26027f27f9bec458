"""
Sections of an object that unwinding needs, as an ELF file with nothing else in it: elf(5). Read from the file of the mapping, which may be
deleted or in a container, or from memory (the vDSO).
"""

import base64
import os
import stat
import struct
import zlib

from crashcart_stacks.code_map import note_id
from crashcart_stacks.errors import Refused

MYPY = False
if MYPY:
    from typing import Any, Callable

    Read = Callable[[int, int], bytes]

WANTED = (b".eh_frame", b".dynsym", b".dynstr", b".symtab", b".strtab", b".gnu_debugdata", b".gnu_debuglink", b".note.gnu.build-id")
MAX_SECTION = 24 << 20
MAX_FILE = 48 << 20  # of all sections; what is left out is the last of WANTED
MAX_SENT = 22 << 20  # compressed
MAX_SECTIONS = 2048
MAX_NAMES = 256 << 10
MAX_VDSO = 64 << 10
PT_NOTE, SHT_NOBITS, SHF_COMPRESSED = 4, 8, 0x800


def tables(words: "list[str]") -> "dict[str, Any]":
    """Request `PID BASE BUILD-ID`: BASE is the address of the ELF header in the memory of the process."""
    pid, base, build_id = int(words[0]), int(words[1]), words[2]
    folder = "/proc/%d" % pid
    mapping = mapping_at(folder, base)
    if mapping == "[vdso]":
        with open(folder + "/mem", "rb", 0) as mem:
            data = os.pread(mem.fileno(), MAX_VDSO, base)
        return reply(lambda offset, size: data[offset : offset + size], build_id)
    file = opened(folder, base, mapping)
    try:
        return reply(lambda offset, size: os.pread(file, size, offset) if offset < 1 << 62 else b"", build_id)
    finally:
        os.close(file)


def mapping_at(folder: str, base: int) -> str:
    """File of the mapping that begins at an address."""
    start = "%08x-" % base
    try:
        with open(folder + "/maps", "rb") as file:
            for line in file:
                text = line.decode("utf-8", "replace").rstrip("\n")
                if text.startswith(start):
                    words = text.split(None, 5)
                    return words[5] if len(words) == 6 else ""
    except OSError as error:
        raise Refused("absent", "maps: %s" % (error.strerror or error)) from error
    raise Refused("absent", "no mapping at %x" % base)


def opened(folder: str, base: int, path: str) -> int:
    """The mapped file itself, which needs root, else the file of its name as the process sees it."""
    names = os.listdir(folder + "/map_files") if os.access(folder + "/map_files", os.X_OK) else []
    exact = [folder + "/map_files/" + name for name in names if name.startswith("%x-" % base)]
    for place in [*exact, folder + "/root" + path] if path.startswith("/") else exact:
        try:
            found = os.open(place, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            # A name in a container may be a link to a device of the host, on which an open acts.
            if stat.S_ISREG(os.fstat(found).st_mode):
                return os.open("/proc/self/fd/%d" % found, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            continue
        finally:
            os.close(found)
    raise Refused("denied", "%s: not readable, or replaced since the start" % (path or "mapping"))


def reply(read: "Read", build_id: str) -> "dict[str, Any]":
    packed = zlib.compress(with_sections(read, build_id), 6)
    if len(packed) > MAX_SENT:
        raise Refused("failed", "unwind tables over %d MiB" % (MAX_SENT >> 20))
    return {"elf": base64.b64encode(packed).decode("ascii")}


def with_sections(read: "Read", build_id: str) -> bytes:
    head = read(0, 64)
    if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
        raise Refused("failed", "not a 64-bit ELF file")
    segments_at, sections_at = struct.unpack_from("<QQ", head, 32)
    segment_size, segments, section_size, sections, names_at = struct.unpack_from("<5H", head, 54)
    if section_size != 64 or not sections or segment_size != 56:
        raise Refused("absent", "no section headers")
    program = read(segments_at, 56 * min(segments, 256))
    if id_of(read, program) != build_id:
        raise Refused("absent", "the file has another build-id than the process")
    table = read(sections_at, 64 * min(sections, MAX_SECTIONS))
    headers = [struct.unpack_from("<IIQQQQIIQQ", table, at) for at in range(0, len(table) - 63, 64)]
    if names_at >= len(headers):
        raise Refused("failed", "no names of sections")
    names = read(headers[names_at][4], min(headers[names_at][5], MAX_NAMES))
    found, size = [], 0  # type: list[tuple[bytes, tuple[int, ...], bytes]], int
    for wanted in WANTED:
        for header in headers:
            if names[header[0] : header[0] + 64].split(b"\0")[0] != wanted or header[1] == SHT_NOBITS:
                continue
            length = header[5]
            if length > MAX_SECTION or size + length > MAX_FILE or header[2] & SHF_COMPRESSED:
                continue
            size += length
            found.append((wanted, header, read(header[4], length)))
            break
    return elf_of(head, program, found)


def id_of(read: "Read", program: bytes) -> str:
    for at in range(0, len(program) - 55, 56):
        kind, _, place, _, _, length = struct.unpack_from("<IIQQQQ", program, at)
        found = note_id(read(place, min(length, 4096))) if kind == PT_NOTE else ""
        if found:
            return found
    return ""


def elf_of(head: bytes, program: bytes, found: "list[tuple[bytes, tuple[int, ...], bytes]]") -> bytes:
    """File of a head, program headers and sections."""
    names = b"\0"
    at = 64 + len(program)
    parts, headers = [], [bytes(64)]
    for name, header, data in found:
        headers.append(struct.pack("<IIQQQQIIQQ", len(names), header[1], header[2], header[3], at, len(data), 0, 0, 1, header[9]))
        names += name + b"\0"
        parts.append(data)
        at += len(data)
    headers.append(struct.pack("<IIQQQQIIQQ", len(names), 3, 0, 0, at, len(names) + 10, 0, 0, 1, 0))
    names += b".shstrtab\0"
    at += len(names)
    shape = struct.pack("<QQI6H", 64, at, 0, 64, 56, len(program) // 56, 64, len(headers), len(headers) - 1)
    return b"".join([head[:32], shape, program, *parts, names, *headers])
