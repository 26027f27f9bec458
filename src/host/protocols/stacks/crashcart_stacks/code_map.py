"""Code of a process: its executable mappings, the objects that they are of, and what calls stand before return addresses."""

import os
import struct
from bisect import bisect_right

MYPY = False
if MYPY:
    from typing import Any

MAX_MAPS = 32 << 20
MAX_MAPPINGS = 65530
MAX_CODE = 4096
MAX_HEADERS = 64
MAX_NOTES = 4096
MAX_CALLS = 65536
MAX_PLAIN = 256  # names of code without a file, and mappings of each
PT_LOAD, PT_NOTE, NT_GNU_BUILD_ID = 1, 4, 3
X86_64, AARCH64 = 62, 183
INDIRECT = ((2, 1), (3, 1), (4, 2), (6, 1), (7, 1))  # length of `call r/m`, and bytes of it before its displacement


class CodeMap:
    """`objects`: path, build-id, and per mapping start, end and what to take from an address to get that of the file."""

    def __init__(self, folder: str, mem: int) -> None:
        self.mem = mem
        self.machine = 0
        self.refused = ""
        self.objects = []  # type: list[dict[str, Any]]
        self.starts, self.ends = [], []  # type: list[int], list[int]
        self.all_starts, self.all_ends = [], []  # type: list[int], list[int]
        self.wanted = set()  # type: set[int]
        code, heads = self.read_maps(folder)
        self.mask = (1 << max(self.all_ends or [1]).bit_length()) - 1
        if not code:
            self.refused = "no code: a kernel thread, or the process has ended"
            return
        self.read_objects(code, heads)

    def read_maps(self, folder: str) -> "tuple[list[tuple[Any, ...]], dict[tuple[str, str, str], list[int]]]":
        code, heads = [], {}  # type: list[tuple[Any, ...]], dict[tuple[str, str, str], list[int]]
        try:
            with open(folder + "/maps", "rb") as file:
                text = file.read(MAX_MAPS).decode("utf-8", "replace")
        except OSError as error:
            self.refused = "maps: %s" % (error.strerror or error)
            return code, heads
        for line in text.splitlines()[:MAX_MAPPINGS]:
            words = line.split(None, 5)
            if len(words) < 5 or "-" not in words[0]:
                continue
            low, _, high = words[0].partition("-")
            start, end, offset = int(low, 16), int(high, 16), int(words[2], 16)
            if end > 1 << 62:
                continue  # vsyscall
            name = words[5] if len(words) == 6 else ""
            key = (words[3], words[4], name)
            self.all_starts.append(start)
            self.all_ends.append(end)
            if offset == 0 and (words[4] != "0" or name == "[vdso]"):
                heads.setdefault(key, []).append(start)
            if "x" in words[1] and len(code) < MAX_CODE:
                code.append((start, end, offset, key))
                self.starts.append(start)
                self.ends.append(end)
        return code, heads

    def read_objects(self, code: "list[tuple[Any, ...]]", heads: "dict[tuple[str, str, str], list[int]]") -> None:
        known = {}  # type: dict[int, dict[str, Any]]
        plain = {}  # type: dict[str, dict[str, Any]]
        for start, end, offset, key in code:
            bases = heads.get(key, [])
            before = bisect_right(bases, start)
            if not before:
                if key[2] not in plain and len(plain) < MAX_PLAIN:
                    plain[key[2]] = {"path": key[2], "maps": []}
                    self.objects.append(plain[key[2]])
                if key[2] in plain and len(plain[key[2]]["maps"]) < 3 * MAX_PLAIN:
                    plain[key[2]]["maps"] += (start, end, 0)
                continue
            base = bases[before - 1]
            if base not in known:
                known[base] = self.object_at(base, key[2])
                self.objects.append(known[base])
            one = known[base]
            for place, address, size in one.get("loads", ()):
                if place - (address & 4095) <= offset < place + size or place <= offset < place + size:
                    one["maps"] += (start, end, start - offset + place - address)
                    break
        for one in self.objects:
            one.pop("loads", None)

    def object_at(self, base: int, path: str) -> "dict[str, Any]":
        """Object whose ELF header is at an address: elf(5)."""
        found = {"path": path, "base": base, "maps": [], "loads": []}  # type: dict[str, Any]
        head = self.read(base, 64)
        if len(head) < 64 or head[:4] != b"\x7fELF":
            return found
        machine = struct.unpack_from("<H", head, 18)[0]
        if head[4] != 2 or head[5] != 1 or machine not in (X86_64, AARCH64):
            self.refused = "32-bit process, not supported" if head[4] == 1 else "machine %d of ELF, not supported" % machine
            return found
        self.machine = self.machine or machine
        table, size, number = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<2H", head, 54)
        if size < 56 or table > 1 << 32:
            return found
        headers = self.read(base + table, size * min(number, MAX_HEADERS))
        notes = []  # type: list[tuple[int, int]]
        first = None
        for at in range(0, len(headers) - size + 1, size):
            kind, _, place, address, _, length = struct.unpack_from("<IIQQQQ", headers, at)
            if kind == PT_LOAD:
                first = base + place - address if first is None else first
                found["loads"].append((place, address, length))
            elif kind == PT_NOTE:
                notes.append((address, length))
        for address, length in notes:
            build_id = note_id(self.read((first or 0) + address, min(length, MAX_NOTES)))
            if build_id:
                found["id"] = build_id
                break
        return found

    def read(self, address: int, size: int) -> bytes:
        try:
            return os.pread(self.mem, size, address) if 0 <= address < 1 << 62 else b""
        except (OSError, OverflowError):
            return b""

    def end_of_mapping(self, address: int) -> "int | None":
        at = bisect_right(self.all_starts, address) - 1
        return self.all_ends[at] if at >= 0 and address < self.all_ends[at] else None

    def wants_call(self, address: int) -> None:
        if len(self.wanted) < MAX_CALLS:
            self.wanted.add(address)

    def calls_found(self) -> "list[int]":
        """Return addresses that follow a call, each with the target of a direct one, or 0."""
        found = []  # type: list[int]
        before = x86_call if self.machine == X86_64 else arm_call
        for address in sorted(self.wanted):
            target = before(self.read(address - 8, 8), address)
            if target is not None:
                found += (address, target)
        return found


def x86_call(code: bytes, address: int) -> "int | None":
    if len(code) < 8:
        return None
    if code[3] == 0xE8:
        return address + int(struct.unpack_from("<i", code, 4)[0])
    for length, _ in INDIRECT:
        if code[8 - length] == 0xFF and code[9 - length] >> 3 & 7 == 2:
            return 0
    return None


def arm_call(code: bytes, address: int) -> "int | None":
    if len(code) < 8:
        return None
    word = int(struct.unpack_from("<I", code, 4)[0])
    if word & 0xFC000000 == 0x94000000:
        offset = word & 0x03FFFFFF
        return address - 4 + 4 * (offset - (1 << 26) if offset >> 25 else offset)
    # BLR, and BLRAA, BLRAB, BLRAAZ, BLRABZ of pointer authentication.
    return 0 if word & 0xFEFFF000 == 0xD63F0000 else None


def note_id(notes: bytes) -> str:
    at = 0
    while at + 12 <= len(notes):
        name, desc, kind = struct.unpack_from("<3I", notes, at)
        data = at + 12 + (name + 3 & ~3)
        if kind == NT_GNU_BUILD_ID and notes[at + 12 : at + 16] == b"GNU\0":
            return "".join("%02x" % byte for byte in notes[data : data + min(desc, 64)])
        at = data + (desc + 3 & ~3)
    return ""
