"""Whether a process runs CPython, and which."""

import re
import struct

from crashcart_stacks.cpython import CPython
from crashcart_stacks.cpython_layout import COOKIE, LAYOUTS, OFFSETS_SIZE, OWN_OFFSETS, own_layout
from crashcart_stacks.elf import Elf
from crashcart_stacks.errors import Torn
from crashcart_stacks.maps import Mapping
from crashcart_stacks.memory import Memory

FILE = re.compile(r"(?:^|/)(?:lib)?python(\d)?(?:\.(\d+))?[a-z]*(?:\.so[\d.]*)?(?: \(deleted\))?$")


def find_cpython(memory: Memory, notes: "list[str]") -> "CPython | None":
    """CPython of a process, in its program or in libpython."""
    maps = memory.maps()
    # libpython first; a program that embeds Python may have any name.
    program = memory.program()
    objects = [one for one in maps if one.offset == 0 and one.path.startswith("/")]
    names = [one for one in objects if FILE.search(one.path)]
    names.sort(key=lambda one: ".so" not in one.path)
    for one in names + [one for one in objects if one.path == program][:1]:
        try:
            found = cpython_at(memory, one, maps, notes)
        except Torn:
            continue
        if found is not None:
            return found
    if names:
        match = FILE.search(names[0].path)
        old = match is not None and match.group(1) == "2"
        notes.append("CPython 2: its frames are not walked" if old else "CPython without the symbol _PyRuntime: its frames are not walked")
    return None


def cpython_at(memory: Memory, mapping: Mapping, maps: "list[Mapping]", notes: "list[str]") -> "CPython | None":
    elf = Elf(memory, mapping.start)
    runtime = elf.symbol("_PyRuntime")
    heads = {}  # type: dict[str, int]
    code_type = elf.symbol("PyCode_Type")
    if code_type is not None:
        heads["code_type"] = code_type
    if runtime is None:
        function, current = elf.symbol("PyInterpreterState_Head"), elf.symbol("_PyThreadState_Current")
        head = None if function is None else loaded_by(memory, function)
        if head is None or current is None:
            return None
        heads.update(interpreter=head, holder_of_3_6=current)
        return CPython(memory, (3, 6), LAYOUTS[3, 6], heads, False)
    heads["runtime"] = runtime
    if memory.read(runtime, 8) == COOKIE:
        own = own_layout(memory.read(runtime, OFFSETS_SIZE))
        if own is None:
            notes.append("CPython %s: unknown order of its offsets" % mapping.path)
            return None
        number, free_threaded, layout = own
        return CPython(memory, number, layout, heads, free_threaded)
    version = version_of(memory, elf, mapping, maps)
    if version is None or version not in LAYOUTS:
        cookie = "no offsets" if version is None or version < OWN_OFFSETS else "no cookie"
        known = "not known" if version is None else "%d.%d, %s" % (version[0], version[1], cookie)
        notes.append("CPython: version %s: its frames are not walked" % known)
        return None
    return CPython(memory, version, LAYOUTS[version], heads, False)


def version_of(memory: Memory, elf: Elf, mapping: Mapping, maps: "list[Mapping]") -> "tuple[int, int] | None":
    """Version by the symbol that 3.11 and later have, else by the names of the files of Python that it has mapped."""
    version = elf.symbol("Py_Version")
    if version is not None:
        value = memory.word(version)
        return (value >> 24 & 255, value >> 16 & 255)
    for path in [mapping.path] + [one.path for one in maps]:
        match = re.search(r"python(3)\.(\d+)", path)
        if match:
            return (int(match.group(1)), int(match.group(2)))
    return None


def loaded_by(memory: Memory, function: int) -> "int | None":
    """Address of the global that a function returns: `mov rax, [rip + N]; ret`."""
    code = memory.read(function, 16)
    if code[:4] == b"\xf3\x0f\x1e\xfa":
        function, code = function + 4, code[4:]
    # Shared libraries load the address from the table of globals first: `mov rax, [rip + N]; mov rax, [rax]; ret`.
    if code[:3] != b"\x48\x8b\x05":
        return None
    target = function + 7 + int(struct.unpack_from("<i", code, 3)[0])
    if code[7:8] == b"\xc3":
        return target
    return memory.word(target) if code[7:11] == b"\x48\x8b\x00\xc3" else None
