"""Schedulers that run in a thread, by its frames of Python."""

MYPY = False
if MYPY:
    from crashcart_stacks.document import Frame

# Part of a path, its scheduler, and what of it has no frame.
SCHEDULERS = (
    ("/eventlet/hubs/", "eventlet", "green threads that wait"),
    ("/gevent/hub.py", "gevent", "greenlets that wait"),
    ("/gevent/_", "gevent", "greenlets that wait"),
    ("/asyncio/base_events.py", "asyncio", "tasks that wait"),
    ("/uvloop/", "asyncio", "tasks that wait"),
)


def scheduler_of(frames: "list[Frame]") -> "tuple[str, str] | None":
    for _, _, file, _ in frames:
        for part, name, parked in SCHEDULERS:
            if file is not None and part in file:
                return name, parked
    return None


def marks_of(frames: "list[Frame]", holds: bool) -> "str | None":
    found = scheduler_of(frames)
    marks = (["holds the GIL"] if holds else []) + (["hub of " + found[0]] if found else [])
    return ", ".join(marks) or None


def notes_of(frames: "list[Frame]") -> "list[str]":
    found = scheduler_of(frames)
    return ["%s: %s have no frame and are not listed" % found] if found else []
