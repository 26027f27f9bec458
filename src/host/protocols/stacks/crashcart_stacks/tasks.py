"""Threads of a process as the kernel shows them."""

import os
import re
from collections import namedtuple

from crashcart_stacks.budget import Budget
from crashcart_stacks.errors import Exhausted

# `kernel`: functions, innermost first, None where not readable; `inside`: tid in the innermost namespace of pids.
Task = namedtuple("Task", "tid name state wchan kernel inside")

MAX_TASKS = 5000
MAX_KERNEL_FRAMES = 64
FRAME = re.compile(r"^\[<[^>]*>\] ([^+\s]+)", re.M)


def small(path: str, budget: Budget) -> "str | None":
    """Text of a small file of /proc; None where it is not readable."""
    budget.spend(0)
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return os.read(file, 16384).decode("utf-8", "surrogateescape")
    except OSError:
        return None
    finally:
        os.close(file)


def stat_fields(text: str) -> "tuple[str, list[str]]":
    """Command and the fields after it, state first: the command may hold `) `."""
    opened, closed = text.find("("), text.rfind(")")
    return text[opened + 1 : closed], text[closed + 2 :].split()


def identity(pid: int) -> "tuple[str, ...] | None":
    """What changes when another program runs under a pid: start time, and by an exec the addresses of code and stack."""
    text = small("/proc/%d/stat" % pid, Budget())
    if text is None:
        return None
    fields = stat_fields(text)[1]
    return (fields[19], fields[23], fields[25]) if len(fields) > 25 else None


def is_nested(pid: int) -> bool:
    """Whether the process is in another namespace of pids than this program."""
    text = small("/proc/%d/status" % pid, Budget()) or ""
    found = re.search(r"^NSpid:\t(.*)$", text, re.M)
    return found is not None and len(found.group(1).split()) > 1


def refusal(path: str) -> "str | None":
    """Reason that a file of a thread is not readable; None where the thread has exited meanwhile."""
    try:
        with open(path, "rb") as file:
            file.read(1)
    except PermissionError:
        return "needs root" if os.geteuid() else "refused although root"
    except FileNotFoundError:
        return "not in this kernel" if os.path.exists(os.path.dirname(path)) else None
    except OSError:
        return None
    return None


def tasks_of(pid: int, budget: Budget) -> "tuple[list[Task], list[str]]":
    """Threads, and what is missing of them."""
    found = []  # type: list[Task]
    notes = []  # type: list[str]
    try:
        tids = sorted(int(name) for name in os.listdir("/proc/%d/task" % pid))
    except OSError:
        return found, notes
    if len(tids) > MAX_TASKS:
        notes.append("%d of %d threads read: limit" % (MAX_TASKS, len(tids)))
    nested = is_nested(pid)
    denied = None  # type: str | None
    try:
        for tid in tids[:MAX_TASKS]:
            folder = "/proc/%d/task/%d/" % (pid, tid)
            text = small(folder + "stat", budget)
            if text is None:
                continue
            name, fields = stat_fields(text)
            wchan = small(folder + "wchan", budget)
            stack = small(folder + "stack", budget)
            if stack is None and denied is None:
                denied = refusal(folder + "stack")
            inside = tid
            if nested:
                match = re.search(r"^NSpid:.*\t(\d+)$", small(folder + "status", budget) or "", re.M)
                inside = int(match.group(1)) if match else tid
            kernel = None if stack is None else FRAME.findall(stack)[:MAX_KERNEL_FRAMES]
            found.append(Task(tid, name, fields[0] if fields else "?", wchan if wchan not in ("", "0") else None, kernel, inside))
    except Exhausted as error:
        notes.append("%d of %d threads read: %s" % (len(found), len(tids), error))
    if denied is not None:
        notes.append("kernel stacks not readable: %s" % denied)
    return found, notes
