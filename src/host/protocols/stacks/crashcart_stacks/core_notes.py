"""Notes of a core dump: registers of each thread, the files that were mapped, the signal. fs/binfmt_elf.c, core(5)."""

import struct

MYPY = False
if MYPY:
    from typing import Any  # noqa: F401 (in a comment)

    from crashcart_stacks.budget import Budget

NT_PRSTATUS, NT_PRPSINFO, NT_AUXV, NT_SIGINFO, NT_FILE = 1, 3, 6, 0x53494749, 0x46494C45
AT_PHDR, AT_SYSINFO_EHDR = 3, 33  # getauxval(3)
MAX_THREADS = 5000
MAX_FILES = 65536
MAX_PATH = 4096
REGISTERS_AT = 112  # in prstatus of a 64-bit machine
# DWARF numbers of the registers in prstatus, in their order: System V ABI AMD64 3.6.2, DWARF for the Arm 64-bit Architecture 4.1.
REGISTERS = {
    62: (15, 14, 13, 12, 6, 3, 11, 10, 9, 8, 0, 2, 1, 4, 5, None, 16, None, None, 7),
    183: tuple(range(33)),
}  # type: dict[int, tuple[int | None, ...]]
# Faults, whose siginfo has the address; of other signals it has the sender.
FAULTS = (4, 5, 7, 8, 11)
# Signals that end a process with a core: signal(7). gcore(1) writes one of a process that goes on, with SIGSTOP or no signal.
FATAL = (3, 4, 5, 6, 7, 8, 11, 24, 25, 31)


class Notes:
    """`threads`: tid and registers by DWARF number, first the one of the signal; `left`: number of those beyond MAX_THREADS; `files`:
    start, end, offset and path of each mapping; `auxiliary`: the values of the auxiliary vector that are used.
    """

    def __init__(self, machine: int, budget: "Budget") -> None:
        self.machine, self.budget = machine, budget
        self.left = 0
        self.threads = []  # type: list[dict[str, Any]]
        self.files = []  # type: list[tuple[int, int, int, str]]
        self.auxiliary = {}  # type: dict[int, int]
        self.facts = {}  # type: dict[str, Any]

    def read(self, data: bytes) -> None:
        at = 0
        while at + 12 <= len(data):
            self.budget.work(1)
            name, size, kind = struct.unpack_from("<3I", data, at)
            start = at + 12 + (name + 3 & ~3)
            # A note that is cut off has no meaning.
            if start + size <= len(data) and data[at + 12 : at + 16] == b"CORE":
                self.take(kind, data[start : start + size])
            at = start + (size + 3 & ~3)

    @property
    def has_crashed(self) -> bool:
        return self.facts.get("signal") in FATAL

    def take(self, kind: int, note: bytes) -> None:
        if kind == NT_PRSTATUS and len(note) >= REGISTERS_AT + 8 * len(REGISTERS[self.machine]):
            if len(self.threads) >= MAX_THREADS:
                self.left += 1
                return
            order = REGISTERS[self.machine]
            values = struct.unpack_from("<%dQ" % len(order), note, REGISTERS_AT)
            registers = {number: value for number, value in zip(order, values) if number is not None}
            self.threads.append({"tid": struct.unpack_from("<i", note, 32)[0], "registers": registers})
            self.facts.setdefault("signal", struct.unpack_from("<h", note, 12)[0])
        elif kind == NT_PRPSINFO and len(note) >= 136 and "name" not in self.facts:
            uid, _, pid = struct.unpack_from("<3I", note, 16)
            texts = [note[start:end].split(b"\0")[0].decode("utf-8", "replace") for start, end in ((40, 56), (56, 136))]
            self.facts.update(uid=uid, pid=pid, name=texts[0], command=texts[1].strip())
        elif kind == NT_SIGINFO and len(note) >= 24 and "code" not in self.facts:
            signal, _, code = struct.unpack_from("<3i", note, 0)
            self.facts.update(code=code, signal=signal)
            # A code of the kernel for a fault is above 0; a signal that was sent has 0 or less.
            if signal in FAULTS and code > 0:
                self.facts["address"] = "%x" % struct.unpack_from("<Q", note, 16)[0]
            elif code <= 0:
                self.facts["sender"] = struct.unpack_from("<I", note, 16)[0]
        elif kind == NT_AUXV:
            for key, value in struct.iter_unpack("<2Q", note[: len(note) // 16 * 16]):
                self.budget.work(1)
                if key in (AT_PHDR, AT_SYSINFO_EHDR):
                    self.auxiliary[key] = value
        elif kind == NT_FILE and not self.files:
            self.take_files(note)

    def take_files(self, note: bytes) -> None:
        """Number, size of a page, start, end and page of each, then the paths: fill_files_note of fs/binfmt_elf.c."""
        if len(note) < 16:
            return
        number, page = struct.unpack_from("<2Q", note, 0)
        if number > MAX_FILES or 16 + 24 * number > len(note) or page > 1 << 20:
            return
        self.budget.work(number)
        paths = note[16 + 24 * number :].split(b"\0", number)
        for index, path in zip(range(number), paths):
            start, end, offset = struct.unpack_from("<3Q", note, 16 + 24 * index)
            if start < end < 1 << 62:
                self.files.append((start, end, offset * page, path[:MAX_PATH].decode("utf-8", "replace")))
        self.files.sort()
