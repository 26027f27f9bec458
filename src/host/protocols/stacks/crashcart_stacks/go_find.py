"""Whether a process runs Go, and where its goroutines are."""

import array
import re

from crashcart_stacks.elf import Elf
from crashcart_stacks.errors import Torn
from crashcart_stacks.go_layout import FIRST, NEWEST, layout_of, version_of, version_pointer
from crashcart_stacks.go_table import TEXT, FunctionTable
from crashcart_stacks.golang import Go
from crashcart_stacks.maps import Section
from crashcart_stacks.memory import Memory

MAX_DATA = 16 << 20
PIECE = 1 << 20


def find_go(memory: Memory, notes: "list[str]") -> "Go | None":
    sections = {one.name: one for one in memory.sections()}
    if ".go.buildinfo" not in sections and ".gopclntab" not in sections:
        return None
    program = memory.program()
    elf = Elf(memory, next((one.start for one in memory.maps() if one.offset == 0 and one.path == program), 0))
    version = go_version(memory, elf, sections)
    match = re.match(r"go1\.(\d+)", version or "")
    minor = int(match.group(1)) if match else 0
    if version is None or minor < FIRST:
        notes.append("%s: goroutines of Go before 1.%d are not walked" % (version or "Go", FIRST))
        return None
    if minor > NEWEST:
        notes.append("%s is newer than the layouts known here (to 1.%d): taken as that" % (version, NEWEST))
    pclntab = sections.get(".gopclntab", sections.get(".data.rel.ro.gopclntab"))
    try:
        if pclntab is None:
            raise Torn("no section .gopclntab")
        address = pclntab.address + elf.bias
        table = FunctionTable(memory, address, module_of(memory, elf, sections, address))
        return Go(memory, version, minor, table, goroutines(memory, elf, sections, minor), elf.machine)
    except Torn as error:
        notes.append("%s: goroutines not walked: %s" % (version, error))
        return None


def go_version(memory: Memory, elf: Elf, sections: "dict[str, Section]") -> "str | None":
    section = sections.get(".go.buildinfo")
    if section is None:
        return None
    try:
        info = memory.read(elf.bias + section.address, min(section.size, 256))
        pointer = version_pointer(info)
        if pointer is None:
            return version_of(info)
        text, length = memory.words(pointer, 2)
        return memory.read(text, min(length, 64)).decode("ascii", "replace")
    except Torn:
        return None


def module_of(memory: Memory, elf: Elf, sections: "dict[str, Section]", table: int) -> "int | None":
    """Address of struct moduledata, whose first word is that of the table of functions."""
    for name in (".go.module", ".noptrdata", ".data"):
        for start, words in pieces(memory, elf, sections.get(name)):
            for index in [index for index, word in enumerate(words) if word == table]:
                text = memory.word(start + 8 * index + TEXT)
                if elf.base <= text < elf.base + (1 << 32):
                    return start + 8 * index
    return None


def pieces(memory: Memory, elf: Elf, section: "Section | None") -> "list[tuple[int, array.array[int]]]":
    """Address and words of a section of data."""
    if section is None:
        return []
    found = []
    start = (elf.bias + section.address + 7) // 8 * 8
    end = elf.bias + section.address + min(section.size, MAX_DATA)
    while start < end:
        size = min(PIECE, end - start) // 8 * 8
        if size == 0:
            break
        found.append((start, array.array("Q", memory.read(start, size))))
        start += size
    return found


def goroutines(memory: Memory, elf: Elf, sections: "dict[str, Section]", minor: int) -> int:
    """Address of runtime.allgs, a slice: the one in .bss whose first element is the main goroutine, of the longest."""
    best, longest = 0, 0
    for name in (".bss", ".data", ".noptrbss"):
        for start, words in pieces(memory, elf, sections.get(name)):
            for index in range(len(words) - 2):
                first, length = words[index], words[index + 1]
                if longest < length <= words[index + 2] <= 1 << 28 and 1 << 32 <= first < 1 << 47 and is_main(memory, first, minor):
                    best, longest = start + 8 * index, length
        if best:
            return best
    raise Torn("runtime.allgs not found")


def is_main(memory: Memory, pointer: int, minor: int) -> bool:
    """Whether a pointer is to a pointer to goroutine 1."""
    try:
        address = memory.word(pointer)
        low, high = memory.words(address, 2)
        return memory.word(address + layout_of(minor)["goid"]) == 1 and 0 < high - low <= 1 << 30
    except Torn:
        return False
