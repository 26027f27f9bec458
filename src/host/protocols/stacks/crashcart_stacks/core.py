"""
Stacks of a core dump, core(5): what a reading of a process has, of a file that the kernel wrote when it crashed, or gcore(1) while it ran.
Of the dump only notes, the first page of each object and the ends of the stacks are read, and of these only addresses of code or of that
stack leave the host.
"""

import os
import struct

from crashcart_stacks.code_map import AARCH64, X86_64
from crashcart_stacks.core_bytes import MAX_HELD, CoreBytes
from crashcart_stacks.core_memory import HEAD, CoreMap, CoreMemory
from crashcart_stacks.core_notes import AT_SYSINFO_EHDR, REGISTERS, Notes
from crashcart_stacks.document import Document
from crashcart_stacks.dumped import runtime_frames
from crashcart_stacks.errors import Exhausted, Refused
from crashcart_stacks.object_files import mounts_now, object_file
from crashcart_stacks.tables import reply

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_stacks.core_memory import Segment  # noqa: F401 (in a comment)

STACK_BYTES = 64 << 10
MAX_STACKS = 48 << 20  # of all threads
MAX_SEGMENTS = 65534
MAX_NOTES = 16 << 20
MAX_NOTE_SEGMENTS = 4  # the kernel and gdb write one
MAX_HEADS = 4096
MAX_VDSO = 64 << 10
MAX_WORDS = 400000
PT_LOAD, PT_NOTE, ET_CORE = 1, 4, 4
STACK_POINTER, COUNTER = {X86_64: 7, AARCH64: 31}, {X86_64: 16, AARCH64: 32}


def core(words: "list[str]") -> "dict[str, Any]":
    """Request `PATH`."""
    try:
        data = CoreBytes(" ".join(words))
        try:
            return snapshot_of(data)
        finally:
            data.close()
    except Exhausted as limit:
        raise Refused("failed", "%s while the core was read" % limit) from limit


def core_object(words: "list[str]") -> "dict[str, Any]":
    """Request `BUILD-ID PATH`: tables of an object of a core, of the file that has its name now, if that is the same one."""
    path = " ".join(words[1:])
    file = object_file(path, mounts_now())
    if file is None:
        raise Refused("absent", "no such file here (of a container, or removed since), or not on a local filesystem")
    try:
        return reply(lambda offset, size: os.pread(file, size, offset) if offset < 1 << 62 else b"", words[0])
    finally:
        os.close(file)


def snapshot_of(data: CoreBytes) -> "dict[str, Any]":
    head = data.read(0, 64)
    if len(head) < 64 or head[:4] != b"\x7fELF":
        raise Refused("failed", "core cut off within its head")
    if head[4] != 2 or head[5] != 1:
        raise Refused("failed", "core of a 32-bit or big-endian program, not supported")
    kind, machine = struct.unpack_from("<2H", head, 16)
    if kind != ET_CORE:
        raise Refused("failed", "an ELF file, but not a core dump (e_type %d)" % kind)
    if machine not in REGISTERS:
        raise Refused("failed", "machine %d of ELF, not supported" % machine)
    table, size, number = struct.unpack_from("<Q", head, 32)[0], *struct.unpack_from("<2H", head, 54)
    if size != 56 or number > MAX_SEGMENTS:
        raise Refused("failed", "core with %d segments of %d bytes, not supported" % (number, size))
    headers = data.read(table, size * number)
    segments, notes = [], []  # type: list[Segment], list[tuple[int, int]]
    for at in range(0, len(headers) - 55, 56):
        kind, flags, offset, address, _, in_file, in_memory = struct.unpack_from("<IIQQQQQ", headers, at)
        if kind == PT_NOTE:
            notes.append((offset, min(in_file, MAX_NOTES)))
        elif kind == PT_LOAD and address < 1 << 62:
            segments.append((address, in_file, offset, in_memory, flags))
    found = Notes(machine, data.budget)
    for offset, length in sorted(notes)[:MAX_NOTE_SEGMENTS]:
        found.read(data.read(offset, length))
    if not found.threads:
        raise Refused("failed", "core without registers of a thread%s" % (": it is cut off" if len(headers) < size * number else ""))
    any_order = data.hold(max([one[2] + one[1] for one in segments] or [0]))
    return document(data, found, CoreMemory(data, sorted(segments)), machine, any_order)


def document(data: CoreBytes, found: Notes, memory: "CoreMemory", machine: int, any_order: bool) -> "dict[str, Any]":
    pointers = [one["registers"].get(STACK_POINTER[machine], 0) & ~7 for one in found.threads]
    window = max(4096, min(STACK_BYTES, MAX_STACKS // max(1, len(pointers)) & ~7))
    vdso = found.auxiliary.get(AT_SYSINFO_EHDR, 0)
    heads = [start for start, _, offset, _ in found.files if offset == 0][:MAX_HEADS]
    wanted = [(address, HEAD) for address in heads] + [(address, window) for address in pointers if address]
    memory.fetch(wanted + ([(vdso, MAX_VDSO)] if vdso else []))
    code = CoreMap(found, memory, machine)
    try:
        return with_frames(data, found, memory, code, any_order, window)
    finally:
        code.close()


def with_frames(data: CoreBytes, found: Notes, memory: CoreMemory, code: CoreMap, any_order: bool, window: int) -> "dict[str, Any]":
    machine, vdso = code.machine, found.auxiliary.get(AT_SYSINFO_EHDR, 0)
    read, calls, limit = [], [], None  # type: list[dict[str, Any]], list[int], Exhausted | None
    try:
        read_threads(found, memory, code, window, read)
        calls = code.calls_found()
    except Exhausted as error:
        limit = error
    native = {"machine": machine, "threads": read, "left": found.left + len(found.threads) - len(read), "objects": code.objects}
    native.update(calls=calls, cost=int(data.budget.spent_s() * 1e6))
    facts = dict(found.facts, crashed=found.has_crashed, packing=data.packing, bytes=data.size, report=data.fields, missing=memory.missing)
    frames = runtime_frames(data, found, code) if any_order else Document()
    if limit is not None:
        frames.note("native frames: not all read: %s" % limit)
    if not any_order:
        frames.note("frames of CPython and Go are read of an uncompressed core, or one up to %d MiB: decompress it" % (MAX_HELD >> 20))
    if data.damage:
        frames.note("core damaged: " + data.damage)
    body = {"dump": facts, "native": native, "read": frames.body()}  # type: dict[str, Any]
    ids = [one.get("id", "") for one in code.objects if one["path"] == "[vdso]"]
    if ids and ids[0]:
        try:
            body["vdso"] = reply(lambda offset, size: memory.read(vdso + offset, size), ids[0])["elf"]
        except Refused:
            pass
    return body


def read_threads(found: Notes, memory: CoreMemory, code: CoreMap, window: int, read: "list[dict[str, Any]]") -> None:
    """Adds threads with their registers, and the words of their stacks that are addresses, up to MAX_WORDS; Exhausted after some."""
    kept = 0
    for one in found.threads:
        if kept > MAX_WORDS:
            return
        registers = one["registers"]
        pointer, counter = (registers.get(places[code.machine], 0) for places in (STACK_POINTER, COUNTER))
        low = pointer & ~7
        stack = memory.read(low, window) if low else b""
        words = code.words_of(low, stack)
        kept += len(words)
        high = low + len(stack)
        known = [word for number, value in registers.items() if low <= value <= high or code.is_code(value) for word in (number, value)]
        read.append({"sp": pointer, "pc": counter, "tid": one["tid"], "size": len(stack), "words": words, "registers": known})
