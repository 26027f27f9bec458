"""Schedulers that run in a thread, by its frames of Python."""

MYPY = False
if MYPY:
    from crashcart_stacks.document import Frame

# Part of a path, and its scheduler.
SCHEDULERS = (
    ("/eventlet/hubs/", "eventlet"),
    ("/gevent/hub.py", "gevent"),
    ("/gevent/_", "gevent"),
    ("/asyncio/base_events.py", "asyncio"),
    ("/asyncio/runners.py", "asyncio"),
    ("/uvloop/", "asyncio"),
)


def scheduler_of(frames: "list[Frame]") -> "str | None":
    for _, _, file, _ in frames:
        for part, name in SCHEDULERS:
            if file is not None and part in file:
                return name
    return None


def marks_of(frames: "list[Frame]", holds: bool) -> "str | None":
    found = scheduler_of(frames)
    marks = (["holds the GIL"] if holds else []) + (["hub of " + found] if found else [])
    return ", ".join(marks) or None
