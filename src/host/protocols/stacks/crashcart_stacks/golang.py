"""Goroutines of Go 1.16 and later, of stripped programs too."""

import struct
import time

from crashcart_stacks.errors import Torn
from crashcart_stacks.go_layout import G_SIZE, PC, RUNNING, SCAN, SP, STATUSES, SYSCALL, WAITING, M, layout_of, reasons_of
from crashcart_stacks.go_table import FunctionTable
from crashcart_stacks.memory import Memory
from crashcart_stacks.runtime import Runtime

MYPY = False
if MYPY:
    from crashcart_stacks.document import Document, Frame
    from crashcart_stacks.tasks import Task

MAX_GOROUTINES = 20000
MAX_FRAMES = 100
MAX_STACK = 1 << 16
TRIES = 3
DEAD = (0, 5, 6)
ARM64 = 183
# Where a stack ends.
OUTERMOST = ("runtime.goexit", "runtime.mstart", "runtime.rt0_go", "runtime.mcall", "runtime.systemstack")


class Go(Runtime):
    """Walks all goroutines; those on a thread with its kernel frames."""

    def __init__(self, memory: Memory, version: str, minor: int, table: FunctionTable, goroutines: int, machine: int) -> None:
        self.memory = memory
        self.name = version
        self.layout = layout_of(minor)
        self.reasons = reasons_of(minor)
        self.table = table
        # Address of runtime.allgs.
        self.goroutines = goroutines
        self.saves_return = machine == ARM64

    def walk(self, tasks: "list[Task]", document: "Document") -> None:
        by_thread = {task.inside: task for task in tasks}
        now = time.monotonic()
        read = number = 0
        try:
            first, number, _ = self.memory.words(self.goroutines, 3)
            if number > MAX_GOROUTINES:
                document.note("%d of %d goroutines read: limit" % (MAX_GOROUTINES, number))
            for address in self.memory.words(first, min(number, MAX_GOROUTINES)):
                try:
                    self.goroutine(address, by_thread, document, now)
                except Torn as error:
                    document.note("a goroutine is left out: %s" % error)
                read += 1
        finally:
            if read < min(number, MAX_GOROUTINES):
                document.note("%d of %d goroutines read" % (read, number))
            for task in by_thread.values():
                document.add_task(task, [], None, "no goroutine")

    def goroutine(self, address: int, by_thread: "dict[int, Task]", document: "Document", now: float) -> None:
        layout = self.layout
        data, frames, cut = b"", [], None  # type: tuple[bytes, list[Frame], str | None]
        for _ in range(TRIES):
            data = self.memory.read(address, G_SIZE)
            status = struct.unpack_from("<I", data, layout["status"])[0] & ~SCAN
            if status in DEAD:
                return
            registers = self.registers_of(data, status)
            frames, cut = self.frames(data, status, registers)
            if registers is not None and not frames:
                frames, cut = self.by_frame_pointer(registers), "by frame pointers, from the stack of the thread that aborts"
            # Stack, registers and status of a goroutine that did not run meanwhile are the same.
            if self.memory.read(address, G_SIZE)[: layout["goid"]] == data[: layout["goid"]]:
                break
            cut = "torn: it ran while it was read"
        goid, since = (struct.unpack_from("<Q", data, layout[name])[0] for name in ("goid", "since"))
        status = struct.unpack_from("<I", data, layout["status"])[0] & ~SCAN
        reason = data[layout["reason"]]
        state = STATUSES[status] if status < len(STATUSES) else "status %d" % status
        if status == WAITING and reason < len(self.reasons):
            state = self.reasons[reason]
        name = "goroutine %d" % goid
        machine = struct.unpack_from("<Q", data, M)[0]
        if status in (RUNNING, SYSCALL) and machine:
            task = by_thread.pop(self.memory.word(machine + layout["procid"]), None)
            if task is not None:
                document.add_task(task, frames, cut, name)
                return
        wait_s = now - since / 1e9 if status == WAITING and 0 < since / 1e9 <= now else None
        document.add(frames, name, state, wait_s=None if wait_s is None else round(wait_s, 1), cut=cut)

    def by_frame_pointer(self, registers: "dict[int, int]") -> "list[Frame]":
        """Frames of a thread that aborts, across its stacks; functions without a frame are not among them."""
        pc, frame = registers.get(32 if self.saves_return else 16, 0), registers.get(29 if self.saves_return else 6, 0)
        found = []  # type: list[Frame]
        while len(found) < MAX_FRAMES:
            frames = self.table.frames_at(pc - 1 if found else pc)
            found.extend(frames or [])
            if not frames or frames[-1][1] == OUTERMOST[0]:
                break
            try:
                frame, pc = self.memory.words(frame, 2)
            except Torn:
                break
        return found

    def registers_of(self, data: bytes, status: int) -> "dict[int, int] | None":
        """Registers of the thread that a goroutine runs on, in a core."""
        machine = struct.unpack_from("<Q", data, M)[0]
        return self.memory.registers_of(self.memory.word(machine + self.layout["procid"])) if status == RUNNING and machine else None

    def frames(self, data: bytes, status: int, registers: "dict[int, int] | None" = None) -> "tuple[list[Frame], str | None]":
        """Frames of a goroutine, innermost first."""
        if status == RUNNING and registers is None:
            return [], "on a CPU: its registers are not in memory"
        low, high = struct.unpack_from("<QQ", data, 0)
        pc, sp = (struct.unpack_from("<Q", data, at)[0] for at in (PC, SP))
        # A runtime that aborts does so on the stack of its thread, and the goroutine has its registers as if it waited.
        own = (registers or {}).get(31 if self.saves_return else 7, 0)
        if registers is not None and low < own < high:
            sp, pc = own, registers.get(32 if self.saves_return else 16, 0)
        if status == SYSCALL:
            sp, pc = (struct.unpack_from("<Q", data, self.layout[name])[0] for name in ("syscallsp", "syscallpc"))
        if not low < sp < high:
            return [], "torn: stack pointer outside of its stack"
        stack = self.memory.read(sp, min(high - sp, MAX_STACK))
        found = []  # type: list[Frame]
        at = 0
        while len(found) < MAX_FRAMES:
            size = self.table.frame_size(pc)
            # A return address is of the next instruction: its line is that of the call before.
            frames = self.table.frames_at(pc - 1 if found or status == WAITING else pc)
            if not frames or size is None or size < 0:
                return found, "torn: no function at %#x" % pc
            found.extend(frames)
            if frames[-1][1] in OUTERMOST:
                return found, None
            place = at if self.saves_return else at + size
            at += size if self.saves_return else size + 8
            if not 0 <= place <= len(stack) - 8:
                return found, None if place >= high - sp - 8 else "limit of %d bytes of stack" % MAX_STACK
            pc = struct.unpack_from("<Q", stack, place)[0]
        return found, "limit of %d frames" % MAX_FRAMES
