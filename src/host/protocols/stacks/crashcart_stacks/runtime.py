"""A runtime whose frames are walked."""

MYPY = False
if MYPY:
    from crashcart_stacks.document import Document
    from crashcart_stacks.tasks import Task


class Runtime:
    """Walks frames of one runtime in the memory of a process; kept between readings of the same program."""

    # `CPython 3.11`.
    name = ""

    def walk(self, tasks: "list[Task]", document: "Document") -> None:
        """Adds the stacks of all threads, and of what no thread runs, to the document."""
        raise NotImplementedError
