"""
Native stacks without a stop: stack and instruction pointer that the kernel shows of a blocked thread, and of its stack only those words
that point into code or into that stack. All other words stay on the host. proc_pid_syscall(5), proc_pid_maps(5), proc_pid_mem(5).
"""

import os
import re
import struct
import time
from bisect import bisect_right

from crashcart_stacks.budget import Budget
from crashcart_stacks.code_map import CodeMap
from crashcart_stacks.errors import Exhausted, Refused
from crashcart_stacks.reading import charge
from crashcart_stacks.tasks import identity, is_nested, small

MYPY = False
if MYPY:
    from typing import Any

STACK_BYTES = 64 << 10
MAX_THREADS = 5000
MAX_WORDS = 400000  # kept words of all threads, two numbers each
TRIES = 4
FUTEX = {62: "202", 183: "98"}  # by machine of ELF
# Distances of the owner from the word that is waited for: a futex with priority inheritance, `__owner` of a mutex, `__cur_writer` of a
# rwlock from either of its two futexes. https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/nptl/bits/struct_rwlock.h
OWNERS = (0, 8, 12, 16)


def native(words: "list[str]") -> "dict[str, Any]":
    """Request `PID START`."""
    pid = int(words[0])
    program = identity(pid)
    if program is None or words[1] not in ("-", program[0]):
        raise Refused("absent", "process %d has exited" % pid)
    try:
        mem = os.open("/proc/%d/mem" % pid, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise Refused("denied", "memory: %s" % (error.strerror or error)) from error
    budget = Budget()
    try:
        body = snapshot_of(pid, mem, budget)
    finally:
        os.close(mem)
    if identity(pid) != program:
        raise Refused("failed", "process %d has exited, or runs another program now" % pid)
    spent_s = budget.spent_s()
    charge(pid, spent_s)
    return dict(body, cost=int(spent_s * 1e6))


def snapshot_of(pid: int, mem: int, budget: Budget) -> "dict[str, Any]":
    """Threads with their registers and words, and the objects of the process."""
    code = CodeMap("/proc/%d" % pid, mem)
    if code.refused:
        raise Refused("failed", code.refused)
    folder = "/proc/%d/task" % pid
    try:
        tids = sorted(int(name) for name in os.listdir(folder))
    except OSError as error:
        raise Refused("absent", "process %d has exited" % pid) from error
    threads, kept, left = [], 0, 0  # type: list[dict[str, Any]], int, int
    for number, tid in enumerate(tids):
        try:
            one = thread_of("%s/%d" % (folder, tid), mem, code, budget) if number < MAX_THREADS and kept < MAX_WORDS else None
        except Exhausted:
            one = None
        if one is None:
            left = len(tids) - number
            break
        kept += len(one.get("words", ()))
        threads.append(dict(one, tid=tid))
    name_owners(folder, tids, threads, is_nested(pid))
    return {"machine": code.machine, "threads": threads, "left": left, "objects": code.objects, "calls": code.calls_found()}


def name_owners(folder: str, tids: "list[int]", threads: "list[dict[str, Any]]", nested: bool) -> None:
    """Leaves of the numbers beside futexes those that are threads of the process: no other number leaves the host."""
    if not any("held" in one for one in threads):
        return
    known = {tid: tid for tid in tids}
    if nested:
        for tid in tids:
            found = re.search(r"^NSpid:.*\t(\d+)$", small("%s/%d/status" % (folder, tid), Budget()) or "", re.M)
            if found:
                known[int(found.group(1))] = tid
    for one in threads:
        held = one.get("held", {})
        one["held"] = {at: known[value] for at, value in held.items() if value in known}


def thread_of(path: str, mem: int, code: CodeMap, budget: Budget) -> "dict[str, Any]":
    cut = "registers not readable"
    for _ in range(TRIES):
        before = small(path + "/syscall", budget) or ""
        words = before.split()
        if words == ["running"]:
            cut = "running, no registers without a stop"
            time.sleep(0.0003)
            continue
        if len(words) < 3:
            break
        sp, pc = int(words[-2], 16), int(words[-1], 16)
        size, kept = stack_words(mem, code, sp)
        budget.spend(size)
        held = held_by(words, mem, code.machine)
        cut = "it ran while its stack was read"
        if small(path + "/syscall", budget) != before:
            continue
        one = {"sp": sp, "pc": pc, "size": size, "words": kept}  # type: dict[str, Any]
        if held is not None:
            one["futex"], one["held"] = int(words[1], 16), held
        return one
    return {"cut": cut}


def stack_words(mem: int, code: CodeMap, sp: int) -> "tuple[int, list[int]]":
    """Size of what was read from the stack pointer outwards, and index and value of each word that is an address of code or of it."""
    low = sp & ~7
    end = code.end_of_mapping(low)
    if end is None:
        return 0, []
    try:
        data = os.pread(mem, min(STACK_BYTES, end - low), low)
    except (OSError, OverflowError):
        return 0, []
    number = len(data) // 8
    high, starts, ends, mask = low + number * 8, code.starts, code.ends, code.mask
    least = min(low, starts[0])
    kept = []  # type: list[int]
    for index, value in enumerate(struct.unpack("<%dQ" % number, data[: number * 8])):
        if value < least:
            continue
        if low <= value <= high:
            kept += (index, value)
            continue
        address = value & mask  # without the signature of a return address: pointer authentication of arm64
        at = bisect_right(starts, address) - 1
        if at >= 0 and address < ends[at]:
            kept += (index, address)
            code.wants_call(address)
    return number * 8, kept


def held_by(words: "list[str]", mem: int, machine: int) -> "dict[int, int] | None":
    """Numbers beside the futex that a thread waits for, by distance: any of them may be the owner of a lock."""
    if len(words) != 9 or words[0] != FUTEX.get(machine):
        return None
    try:
        data = os.pread(mem, 20, int(words[1], 16))
    except (OSError, OverflowError):
        return {}
    return {at: struct.unpack_from("<I", data, at)[0] & 0x3FFFFFFF for at in OWNERS if at + 4 <= len(data)}
