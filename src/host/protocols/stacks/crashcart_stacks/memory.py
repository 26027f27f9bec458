"""Memory of a process."""

import errno
import os
import struct

from crashcart_stacks.budget import Budget
from crashcart_stacks.errors import Refused, Torn
from crashcart_stacks.maps import Mapping, Section, mappings, program_of, sections_of

MAX_READ = 16 << 20
LOWEST, HIGHEST = 0x1000, 1 << 56


class Memory:
    """Reads memory of a process by /proc/PID/mem, which neither stops nor signals it.

    Opening it pins the address space: after an exec or the end of the process it reads nothing, never the memory of the next program.
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.budget = Budget()
        try:
            self.file = os.open("/proc/%d/mem" % pid, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EPERM):
                raise Refused("denied", "/proc/%d/mem: %s" % (pid, denial(pid))) from None
            if error.errno == errno.ESRCH and os.path.exists("/proc/%d" % pid):
                raise Refused("denied", "/proc/%d/mem: none, a kernel thread or a process that exits" % pid) from None
            raise Refused("absent", "process %d has exited" % pid) from None

    def __del__(self) -> None:
        # Not closed before: another thread may hang in a read of it.
        if hasattr(self, "file"):
            os.close(self.file)

    def maps(self) -> "list[Mapping]":
        return mappings(self.pid)

    def program(self) -> str:
        return program_of(self.pid)

    def sections(self) -> "list[Section]":
        return sections_of(self.pid)

    def swapped_bytes(self) -> int:
        """Bytes of the process in swap: VmSwap of its status."""
        try:
            with open("/proc/%d/status" % self.pid, errors="replace") as file:
                return sum(1024 * int(line.split()[1]) for line in file if line.startswith("VmSwap:"))
        except (OSError, ValueError, IndexError):
            return 0

    def some(self, address: int, size: int) -> bytes:
        """Bytes at an address, fewer where a page is missing."""
        return os.pread(self.file, size, address)

    def registers_of(self, tid: int) -> "dict[int, int] | None":
        """Registers of a thread by DWARF number, which only a core has."""
        return None

    def read(self, address: int, size: int) -> bytes:
        """Exactly these bytes."""
        if not (LOWEST <= address < HIGHEST and 0 <= size <= MAX_READ):
            raise Torn("address %#x" % address)
        self.budget.spend(size)
        try:
            data = self.some(address, size)
        except OSError:
            raise Torn("address %#x" % address) from None
        if len(data) != size:
            raise Torn("address %#x" % address)
        return data

    def word(self, address: int) -> int:
        return int(struct.unpack("<Q", self.read(address, 8))[0])

    def words(self, address: int, number: int) -> "tuple[int, ...]":
        return struct.unpack("<%dQ" % number, self.read(address, 8 * number))

    def int32(self, address: int) -> int:
        return int(struct.unpack("<i", self.read(address, 4))[0])

    def text(self, address: int, limit: int = 512) -> bytes:
        """Bytes up to a NUL."""
        found = b""
        while len(found) < limit:
            # Up to the end of a page: the next one may not be mapped.
            piece = self.read(address, min(64 - address % 64, limit - len(found)))
            end = piece.find(b"\0")
            if end >= 0:
                return found + piece[:end]
            found += piece
            address += len(piece)
        return found


def first_line(path: str) -> "str | None":
    try:
        with open(path) as file:
            return file.readline().strip()
    except OSError:
        return None


def denial(pid: int) -> str:
    """Reason that the memory of a process may not be read."""
    scope = first_line("/proc/sys/kernel/yama/ptrace_scope")
    if scope == "3":
        return "kernel.yama.ptrace_scope is 3: no process may read the memory of another until the next boot"
    if os.geteuid() == 0:
        return "refused although root: a security module, a user namespace, or CAP_SYS_PTRACE missing"
    try:
        owner = os.stat("/proc/%d" % pid).st_uid
    except OSError:
        return "process has exited, or is hidden by hidepid"
    if owner != os.geteuid():
        return "process of another user, or with more rights (not dumpable): needs root"
    if scope not in (None, "0"):
        return "kernel.yama.ptrace_scope is %s: needs root" % scope
    return "process is not dumpable: needs root"
