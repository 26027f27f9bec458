"""Runtimes whose frames are walked."""

from crashcart_stacks.cpython_find import find_cpython
from crashcart_stacks.go_find import find_go
from crashcart_stacks.others import other_runtime

MYPY = False
if MYPY:
    from typing import Callable

    from crashcart_stacks.memory import Memory
    from crashcart_stacks.runtime import Runtime


def runtime_of(memory: "Memory", notes: "list[str]") -> "Runtime | None":
    """Runtime of a process; None for native code, with a note where the runtime is known and not walked."""
    for find in finders():
        runtime = find(memory, notes)
        if runtime is not None:
            return runtime
    other = other_runtime(memory.maps())
    if other is not None:
        notes.append(other)
    return None


def finders() -> "list[Callable[[Memory, list[str]], Runtime | None]]":
    return [find_cpython, find_go]
