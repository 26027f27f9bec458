"""Reply of one reading."""

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_stacks.tasks import Task

    # kind, function, file, line; of a native frame kind, None, module, address.
    Frame = tuple[str, "str | None", "str | None", "int | None"]

MAX_STACKS = 10000
MAX_TEXT = 300


class Document:
    """Stacks with each distinct frame and each distinct list of frames once."""

    def __init__(self) -> None:
        self.frames = {}  # type: dict[Frame, int]
        self.traces = {}  # type: dict[tuple[int, ...], int]
        self.stacks = []  # type: list[list[Any]]
        self.notes = []  # type: list[str]
        self.runtime = None  # type: str | None
        self.left = 0

    def note(self, text: str) -> None:
        if text not in self.notes and len(self.notes) < 20:
            self.notes.append(text)

    def add(
        self,
        frames: "list[Frame]",
        name: str,
        state: str,
        tid: "int | None" = None,
        wchan: "str | None" = None,
        wait_s: "float | None" = None,
        cut: "str | None" = None,
        mark: "str | None" = None,
    ) -> None:
        """Adds a stack, its frames innermost first; the thread that crashed before all others, also where the document is full."""
        has_crashed = state == "crashed"
        if len(self.stacks) >= MAX_STACKS:
            self.left += 1
            if not has_crashed:
                return
            self.stacks.pop()
        trace = tuple(self.frames.setdefault(frame, len(self.frames)) for frame in frames)
        number = self.traces.setdefault(trace, len(self.traces))
        self.stacks.insert(0 if has_crashed else len(self.stacks), [tid, name[:MAX_TEXT], state, wchan, wait_s, number, cut, mark])

    def add_task(self, task: "Task", user: "list[Frame]", cut: "str | None" = None, mark: "str | None" = None) -> None:
        """Adds a thread: its kernel frames, then those of its program."""
        frames = [("kernel", name, None, None) for name in task.kernel or []]  # type: list[Frame]
        self.add(frames + user, task.name, task.state, task.tid, task.wchan, None, cut, mark)

    def body(self) -> "dict[str, Any]":
        if self.left:
            self.note("%d more stacks: limit of %d" % (self.left, MAX_STACKS))
        return {
            "runtime": self.runtime,
            "frames": sorted(self.frames, key=lambda frame: self.frames[frame]),
            "traces": sorted(self.traces, key=lambda trace: self.traces[trace]),
            "stacks": self.stacks,
            "notes": self.notes,
        }
