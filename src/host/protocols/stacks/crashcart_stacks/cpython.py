"""Frames of CPython 3.6 and later."""

import struct

from crashcart_stacks.asyncio_tasks import AsyncioTasks
from crashcart_stacks.cpython_lines import MAX_TABLE, line_of
from crashcart_stacks.errors import Torn
from crashcart_stacks.greenlets import Greenlets
from crashcart_stacks.hubs import marks_of, scheduler_of
from crashcart_stacks.memory import Memory
from crashcart_stacks.pthreads import tids_of
from crashcart_stacks.runtime import Runtime

MYPY = False
if MYPY:
    from typing import Callable

    from crashcart_stacks.document import Document, Frame
    from crashcart_stacks.tasks import Task

MAX_FRAMES = 200
MAX_INTERPRETERS = 64
MAX_THREADS = 5000
MAX_TEXT = 300
# Code objects that are kept between readings, and bytes of their tables of lines.
MAX_CODES = 20000
MAX_TABLES = 32 << 20
TRIES = 3
# Frames that the interpreter makes for itself.
NOT_PYTHON = 3


class Code:
    """What frames show of a code object."""

    def __init__(self, texts: "tuple[int, int, int]", file: str, name: str, first: int, table: bytes) -> None:
        # Addresses by which another object at the same place is known.
        self.texts = texts
        self.file = file
        self.name = name
        self.first = first
        self.table = table


class CPython(Runtime):
    """Walks the threads of all interpreters of a process."""

    def __init__(self, memory: Memory, version: "tuple[int, int]", layout: "dict[str, int]", heads: "dict[str, int]", free: bool) -> None:
        self.memory = memory
        self.version = version
        self.layout = layout
        # Addresses of _PyRuntime; of the pointers in its place in 3.6; of the type of code objects.
        self.heads = heads
        self.free = free
        self.name = "CPython %d.%d%s" % (version[0], version[1], " free-threaded" if free else "")
        self.codes = {}  # type: dict[int, Code]
        self.table_bytes = 0
        self.checked = set()  # type: set[int]
        # Frames of this reading by code object and instruction.
        self.placed = {}  # type: dict[tuple[int, bytes], Frame]
        self.tasks = AsyncioTasks(self)
        self.greenlets = Greenlets(self)
        self.interpreters = []  # type: list[int]
        self.code_size = 8 + max(layout[name] for name in ("c_file", "c_name", "c_line", "c_table"))
        self.frame_size = 8 + max(layout.get(name, 0) for name in ("f_back", "f_code", "f_ip", "f_owner"))

    def head(self) -> int:
        """Address of the first interpreter."""
        if "interpreter" in self.heads:
            return self.memory.word(self.heads["interpreter"])
        return self.memory.word(self.heads["runtime"] + self.layout["interpreters"])

    def holder(self, interpreter: int) -> int:
        """Thread state that holds the GIL, 0 where none does."""
        try:
            if "holder_of_3_6" in self.heads:
                return self.memory.word(self.heads["holder_of_3_6"])
            if "current" in self.layout:
                return self.memory.word(self.heads["runtime"] + self.layout["current"])
            gil = self.memory.word(interpreter + self.layout["gil"])
            held = self.memory.int32(gil + self.layout["locked"]) == 1
            return self.memory.word(gil + self.layout["holder"]) if held and not self.free else 0
        except Torn:
            return 0

    def threads(self) -> "list[tuple[int, bool]]":
        """Thread states, and whether they hold the GIL."""
        found = []  # type: list[tuple[int, bool]]
        seen = set()  # type: set[int]
        self.interpreters = []
        interpreter = self.head()
        while interpreter and len(seen) < MAX_INTERPRETERS and interpreter not in seen:
            seen.add(interpreter)
            self.interpreters.append(interpreter)
            holder = self.holder(interpreter)
            state = self.memory.word(interpreter + self.layout["threads"])
            while state and len(found) < MAX_THREADS and state not in seen:
                seen.add(state)
                following, owner = (self.memory.word(state + self.layout[name]) for name in ("t_next", "t_interp"))
                if owner != interpreter:
                    raise Torn("thread state without its interpreter")
                found.append((state, state == holder))
                state = following
            interpreter = self.memory.word(interpreter + self.layout["next"])
        return found

    def walk(self, tasks: "list[Task]", document: "Document") -> None:
        self.checked.clear()
        self.placed.clear()
        states = []  # type: list[tuple[int, bool]]
        found = {}  # type: dict[int, tuple[list[Frame], str | None, bool]]
        try:
            for turn in range(TRIES):
                try:
                    states = self.threads()
                    break
                except Torn as error:
                    if turn == TRIES - 1:
                        document.note("threads of Python not readable: %s" % error)
            threads = self.thread_ids([state for state, _ in states], tasks)
            for (state, holds), tid in zip(states, threads):
                if tid is not None:
                    frames, cut = self.stack_of(state)
                    # A thread has a state in each interpreter that it ran in (ceph-mgr). The newest is the first, and called by the others.
                    inner, inner_cut, inner_holds = found.get(tid, ([], None, False))
                    both = "frames of several interpreters, newest first" if inner and frames else None
                    found[tid] = (inner + frames, inner_cut or cut or both, inner_holds or holds)
        finally:
            # What was read before a limit stands.
            for task in tasks:
                frames, cut, holds = found.get(task.inside, ([], None, False))
                document.add_task(task, frames, cut, marks_of(frames, holds))
        schedulers = {scheduler_of(frames) for frames, _, _ in found.values()}
        if "asyncio" in schedulers:
            self.tasks.walk(self.interpreters, document)
        if "eventlet" in schedulers or "gevent" in schedulers:
            self.greenlets.walk(self.interpreters, document)

    def thread_ids(self, states: "list[int]", tasks: "list[Task]") -> "list[int | None]":
        """Threads of the kernel, as the process has them, of thread states."""
        field = "t_native" if "t_native" in self.layout else "t_thread"
        values = []
        for state in states:
            try:
                values.append(self.memory.word(state + self.layout[field]))
            except Torn:
                values.append(0)
        if field == "t_thread":
            return tids_of(self.memory, values, tasks)
        known = {task.inside for task in tasks}
        return [value if value in known else None for value in values]

    def top(self, state: int) -> int:
        """Address of the innermost frame."""
        frame = self.memory.word(state + self.layout["t_frame"])
        return self.memory.word(frame + self.layout["t_cframe"]) if "t_cframe" in self.layout and frame else frame

    def stack_of(self, state: int) -> "tuple[list[Frame], str | None]":
        """Frames of a thread, innermost first, read again where they changed meanwhile."""
        frames = []  # type: list[Frame]
        cut = None
        for _ in range(TRIES):
            try:
                top = self.top(state)
                frames, cut = self.frames(top)
                if self.top(state) == top:
                    if cut is None or cut.startswith("limit"):
                        return frames, cut
                else:
                    cut = "torn: it ran while it was read"
            except Torn as error:
                cut = "torn: %s" % error
        return frames, cut

    def frames(self, frame: int, read: "Callable[[int, int], bytes] | None" = None) -> "tuple[list[Frame], str | None]":
        """Frames from an address on, innermost first. `read`: of memory as a greenlet has it that waits."""
        read = read or self.memory.read
        layout = self.layout
        found = []  # type: list[Frame]
        seen = set()  # type: set[int]
        while frame:
            if len(seen) == MAX_FRAMES:
                return found, "limit of %d frames" % MAX_FRAMES
            if frame in seen:
                return found, "torn: frames in a ring"
            seen.add(frame)
            try:
                data = read(frame, self.frame_size)
                code = struct.unpack_from("<Q", data, layout["f_code"])[0] & ~7
                if "f_owner" not in layout or data[layout["f_owner"]] < NOT_PYTHON:
                    found.append(self.frame_of(code, data))
                frame = struct.unpack_from("<Q", data, layout["f_back"])[0]
            except Torn as error:
                return found, "torn: %s" % error
        return found, None

    def frame_of(self, address: int, data: bytes) -> "Frame":
        at = self.layout["f_ip"]
        key = (address, data[at : at + 8])
        known = self.placed.get(key)
        if known is None:
            known = self.placed[key] = self.place_of(address, data)
        return known

    def place_of(self, address: int, data: bytes) -> "Frame":
        code = self.code(address)
        if "c_code" in self.layout:
            offset = struct.unpack_from("<Q", data, self.layout["f_ip"])[0] - address - self.layout["c_code"]
        else:
            # Counted in instructions from 3.10 on; -1 before the first.
            offset = max(0, struct.unpack_from("<i", data, self.layout["f_ip"])[0]) * (2 if self.version == (3, 10) else 1)
        self.memory.budget.work(len(code.table))
        line = line_of(self.version, code.first, code.table, offset) if 0 <= offset <= 16 * MAX_TABLE else None
        return ("python", code.name, code.file, line)

    def code(self, address: int) -> Code:
        """Code object at an address, read once in a reading to see that it is still the same."""
        known = self.codes.get(address)
        if known is not None and address in self.checked:
            return known
        layout = self.layout
        data = self.memory.read(address, self.code_size)
        if "code_type" in self.heads and struct.unpack_from("<Q", data, layout["ob_type"])[0] != self.heads["code_type"]:
            raise Torn("no code object at %#x" % address)
        file, name, table = (struct.unpack_from("<Q", data, layout[field])[0] for field in ("c_file", "c_name", "c_table"))
        if known is None or known.texts != (file, name, table):
            (first,) = struct.unpack_from("<i", data, layout["c_line"])
            known = Code((file, name, table), self.text(file), self.text(name), first, self.bytes(table))
            if len(self.codes) >= MAX_CODES or self.table_bytes > MAX_TABLES:
                self.codes.clear()
                self.table_bytes = 0
            self.table_bytes += len(known.table)
            self.codes[address] = known
        self.checked.add(address)
        return known

    def text(self, address: int) -> str:
        """Text of a str object; the place of kind and ASCII among its bits differs by version."""
        head = self.memory.read(address, 40)
        (length,) = struct.unpack_from("<Q", head, 16)
        (state,) = struct.unpack_from("<I", head, 32)
        for shift in (2, 16, 8):
            kind, compact, ascii_only = state >> shift & 7, state >> shift + 3 & 1, state >> shift + 4 & 1
            if compact and kind in (1, 2, 4) and (kind == 1 or not ascii_only):
                start = address + self.layout["ascii" if ascii_only else "compact"]
                data = self.memory.read(start, min(length, MAX_TEXT) * kind)
                return data.decode({1: "latin-1", 2: "utf-16-le", 4: "utf-32-le"}[kind], "replace")
        raise Torn("no text at %#x" % address)

    def bytes(self, address: int) -> bytes:
        (length,) = struct.unpack("<Q", self.memory.read(address + 16, 8))
        return self.memory.read(address + self.layout["bytes"], min(length, MAX_TABLE))
