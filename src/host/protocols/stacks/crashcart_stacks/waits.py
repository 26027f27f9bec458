"""What a task or a greenlet waits for, by its innermost frames."""

MYPY = False
if MYPY:
    from crashcart_stacks.document import Frame

# File and beginning of a function, and the wait.
WAITS = (
    ("/asyncio/locks.py", "acquire", "lock wait"),
    ("/asyncio/locks.py", "wait", "event wait"),
    ("/asyncio/queues.py", "", "queue wait"),
    ("/asyncio/streams.py", "", "IO wait"),
    ("/asyncio/selector_events.py", "", "IO wait"),
    ("/asyncio/tasks.py", "sleep", "sleep"),
    ("/eventlet/semaphore.py", "acquire", "lock wait"),
    ("/eventlet/event.py", "wait", "event wait"),
    ("/eventlet/queue.py", "", "queue wait"),
    ("/eventlet/hubs/__init__.py", "trampoline", "IO wait"),
    ("/eventlet/greenthread.py", "sleep", "sleep"),
    ("/gevent/queue.py", "", "queue wait"),
    ("/gevent/_socket", "", "IO wait"),
    ("/gevent/hub.py", "sleep", "sleep"),
)
# A greenlet has switched from its hub's functions, below what it waits for.
INNERMOST = 4


def wait_of(frames: "list[Frame]") -> "str | None":
    """Word for the wait; None for one that no frame shows."""
    for _, function, file, _ in frames[:INNERMOST]:
        for part, name, wait in WAITS:
            if part in (file or "") and (function or "").split(".")[-1].startswith(name):
                return wait
    return None
