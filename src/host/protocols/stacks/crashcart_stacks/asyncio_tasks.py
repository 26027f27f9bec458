"""Tasks of asyncio that wait, with the coroutines that they are in: no thread has frames of these."""

import struct

from crashcart_stacks.asyncio_layout import EXECUTING, FRAME_SIZE, MODULE_DICT, TASKS, TYPE
from crashcart_stacks.cpython_objects import Objects
from crashcart_stacks.errors import Torn
from crashcart_stacks.waits import wait_of

MYPY = False
if MYPY:
    from crashcart_stacks.cpython import CPython
    from crashcart_stacks.document import Document, Frame

MAX_TASKS = 5000
MAX_DEPTH = 100
TRIES = 3
# Where asyncio.tasks has all tasks: WeakSets, whose first attribute is a set of weak references.
REGISTRIES = ("_all_tasks", "_scheduled_tasks")
COROUTINES = ("coroutine", "generator", "async_generator")
# Objects between a coroutine and what it awaits, which have it as their first field.
WRAPPERS = ("coroutine_wrapper", "async_generator_asend", "async_generator_athrow")
PENDING = 0
RUNNING = "on a CPU: inner frames are those of its thread"


class AsyncioTasks:
    """Walks the tasks of a process with asyncio; knows where the tasks are from the reading before."""

    def __init__(self, python: "CPython") -> None:
        self.python = python
        self.objects = Objects(python.memory, python.version, python.text)
        # WeakSets of tasks, by interpreter.
        self.registries = {}  # type: dict[int, int]

    def walk(self, interpreters: "list[int]", document: "Document") -> None:
        """Adds all tasks to the document, with a note about those that are not read."""
        layout = TASKS.get(self.python.version)
        if layout is None or self.python.free:
            document.note("asyncio: tasks not read: unknown layout of %s" % self.python.name)
            return
        self.objects.clear()
        for interpreter in interpreters:
            for turn in range(TRIES):
                try:
                    self.tasks_of(interpreter, layout, document)
                    break
                except Torn as error:
                    self.registries.pop(interpreter, None)
                    if turn == TRIES - 1:
                        document.note("asyncio: tasks not read: %s" % error)

    def tasks_of(self, interpreter: int, layout: "dict[str, int]", document: "Document") -> None:
        registry = self.registries.get(interpreter) or self.registry(interpreter)
        if registry is None:
            return
        self.registries[interpreter] = registry
        if self.objects.kind(registry) != "WeakSet":
            raise Torn("no set of tasks at %#x" % registry)
        references = self.objects.members(self.objects.first_attribute(registry))
        others = 0
        for reference in references[:MAX_TASKS]:
            try:
                others += not self.task(reference, layout, document)
            except Torn as error:
                document.note("asyncio: a task is left out: %s" % error)
        if len(references) > MAX_TASKS:
            document.note("asyncio: %d of %d tasks read: limit" % (MAX_TASKS, len(references)))
        if others:
            document.note("asyncio: tasks of other classes than asyncio.Task not read: %d" % others)

    def registry(self, interpreter: int) -> "int | None":
        """Address of the WeakSet of the module asyncio.tasks; None where that is not imported."""
        modules = self.python.memory.word(interpreter + self.python.layout["modules"])
        module = self.objects.named(modules, ("asyncio.tasks",))
        if module is None:
            return None
        registry = self.objects.named(self.python.memory.word(module + MODULE_DICT), REGISTRIES)
        if registry is None:
            raise Torn("asyncio.tasks without a set of tasks")
        return registry

    def task(self, reference: int, layout: "dict[str, int]", document: "Document") -> bool:
        """Adds a task unless it is done; False for one of another class."""
        memory, end = self.python.memory, max(layout[name] for name in layout if name.startswith("t_")) + 8
        # The place of a removed member holds a dummy without a referent; of a dead task the referent is None.
        kind, task = memory.words(reference + TYPE, 2)
        if not self.objects.names_of(kind)[0].startswith("weakref"):
            return True
        kinds = self.objects.kinds(task)
        if "_asyncio.Task" not in kinds:
            return kinds[0] == "NoneType"
        for _ in range(TRIES):
            data = memory.read(task, end)
            coroutine, waiter = (struct.unpack_from("<Q", data, layout[name])[0] for name in ("t_coro", "t_waiter"))
            if struct.unpack_from("<i", data, layout["t_state"])[0] != PENDING or not coroutine:
                return True
            frames, cut = self.coroutines(coroutine, layout)
            # What a task waits for is another object after each of its steps.
            if memory.word(task + layout["t_waiter"]) == waiter:
                break
            cut = "torn: it ran while it was read"
        awaited = self.awaited(waiter, layout) if waiter else None
        state = wait_of(frames[:1]) or ("pending" if awaited is None else "task wait")
        if cut == RUNNING or not waiter:
            state = "running" if cut == RUNNING else "runnable"
        document.add(frames, self.name(task, layout), state, cut=cut, mark=None if awaited is None else "awaits " + awaited)
        return True

    def name(self, task: int, layout: "dict[str, int]") -> str:
        """Name of a task; before 3.8 a task has none, and from 3.12 on its number stands for it until a program asks for it."""
        if "t_name" not in layout:
            return "task %#x" % task
        name = self.python.memory.word(task + layout["t_name"])
        if self.objects.kind(name) != "int":
            return self.python.text(name)
        # Of a number below 2^30 its one digit.
        return "Task-%d" % self.python.memory.int32(name + 24)

    def awaited(self, waiter: int, layout: "dict[str, int]") -> "str | None":
        """Other task, or group of them, that a task waits for; None for a plain future."""
        kinds = self.objects.kinds(waiter)
        if "_asyncio.Task" in kinds:
            return self.name(waiter, layout)
        return "gather" if kinds[0] == "_GatheringFuture" else None

    def coroutines(self, coroutine: int, layout: "dict[str, int]") -> "tuple[list[Frame], str | None]":
        """Frames of a coroutine and of those that it awaits, innermost first."""
        memory, is_inside = self.python.memory, "g_state" in layout
        found = []  # type: list[Frame]
        seen = set()  # type: set[int]
        while coroutine:
            if coroutine in seen or len(seen) == MAX_DEPTH:
                return found[::-1], "limit of %d coroutines" % MAX_DEPTH
            seen.add(coroutine)
            kind, first = memory.words(coroutine + TYPE, 2)
            name = self.objects.names_of(kind)[0]
            if name in WRAPPERS:
                coroutine = first
                continue
            frame = coroutine + layout["g_frame"] if is_inside else first
            if name not in COROUTINES or not frame:
                break
            data = memory.read(frame, max(self.python.frame_size, FRAME_SIZE))
            code = struct.unpack_from("<Q", data, self.python.layout["f_code"])[0] & ~7
            found.append(self.python.frame_of(code, data))
            if is_inside and memory.read(coroutine + layout["g_state"], 1)[0] == EXECUTING:
                return found[::-1], RUNNING
            coroutine = self.top_of(frame, data, layout)
        return found[::-1], None

    def top_of(self, frame: int, data: bytes, layout: "dict[str, int]") -> int:
        """Innermost value of a frame that is suspended: what it awaits; 0 without one."""
        if "f_top" in layout:
            top = struct.unpack_from("<Q", data, layout["f_top"])[0]
            return self.python.memory.word(top - 8) if top else 0
        (depth,) = struct.unpack_from("<i", data, layout["f_depth"])
        if depth <= 0:
            return 0
        values = frame + layout["f_values"] if "g_state" in layout else struct.unpack_from("<Q", data, layout["f_values"])[0]
        return self.python.memory.word(values + 8 * (depth - 1))
