"""Mappings of a process, and sections of its program."""

import os
import stat
import struct
from collections import namedtuple

Mapping = namedtuple("Mapping", "start end rights offset path")
Section = namedtuple("Section", "name address size")

MAX_MAPPINGS = 20000
MAX_SECTIONS = 200


def mappings(pid: int) -> "list[Mapping]":
    found = []  # type: list[Mapping]
    try:
        with open("/proc/%d/maps" % pid, errors="surrogateescape") as file:
            for line in file:
                words = line.rstrip("\n").split(None, 5)
                if len(words) < 5 or len(found) >= MAX_MAPPINGS:
                    continue
                start, _, end = words[0].partition("-")
                path = words[5] if len(words) > 5 else ""
                found.append(Mapping(int(start, 16), int(end, 16), words[1], int(words[2], 16), path))
    except OSError:
        pass
    return found


def program_of(pid: int) -> str:
    """Path of the program as the mappings have it; empty where it has none."""
    try:
        return os.readlink("/proc/%d/exe" % pid)
    except OSError:
        return ""


def sections_of(pid: int) -> "list[Section]":
    """Sections of the program's file, by its section headers, which memory has not."""
    try:
        file = os.open("/proc/%d/exe" % pid, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return []
    try:
        return sections_in(file) if stat.S_ISREG(os.fstat(file).st_mode) else []
    finally:
        os.close(file)


def sections_in(file: int) -> "list[Section]":
    """Sections of an ELF file; none of any other."""
    try:
        header = os.pread(file, 64, 0)
        if header[:6] != b"\x7fELF\x02\x01":
            return []
        (offset,) = struct.unpack_from("<Q", header, 40)
        size, number, names_at = struct.unpack_from("<HHH", header, 58)
        if size != 64 or not names_at < number <= MAX_SECTIONS:
            return []
        table = os.pread(file, size * number, offset)
        entries = [struct.unpack_from("<IIQQQQ", table, at) for at in range(0, len(table) - 63, size)]
        names = os.pread(file, min(entries[names_at][5], 1 << 16), entries[names_at][4])
        return [Section(names[one[0] :].split(b"\0", 1)[0].decode("ascii", "replace"), one[3], one[5]) for one in entries]
    except (OSError, IndexError, struct.error, OverflowError):
        return []
