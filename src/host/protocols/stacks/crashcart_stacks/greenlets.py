"""Greenlets that wait, of eventlet and gevent: no thread has frames of these, and nothing lists them.

They are found by the pointer to their type in the anonymous memory of the process. Where that memory is swapped out it is not searched: a
search would bring it in.
"""

import struct

from crashcart_stacks.asyncio_layout import MODULE_DICT, TYPE, TYPE_SUBCLASSES
from crashcart_stacks.cpython_objects import Objects
from crashcart_stacks.errors import Torn
from crashcart_stacks.waits import wait_of

MYPY = False
if MYPY:
    from crashcart_stacks.cpython import CPython
    from crashcart_stacks.document import Document
    from crashcart_stacks.maps import Mapping

MAX_GREENLETS = 5000
MAX_TYPES = 64
# Words that look like one of the types: also of those that have ended.
MAX_FOUND = 20000
# Bytes that are searched in one reading, in pieces.
MAX_SEARCHED = 48 << 20
PIECE = 1 << 20
MAX_SWAPPED = 16 << 20
# PyGreenlet of greenlet 2 and later: what C++ has of it. Of that the words in which the object itself, its
# frame and its saved stack are looked for: greenlet 3.5 has it at 1, 2.0 behind the others.
INNER = 32
WORDS = 32
FRAME_WORDS = 20
# Versions whose objects have all of it in themselves.
FLAT = ("0.", "1.")
MAX_SAVED = 1 << 22
# Frame of PyFrameObject from 3.11 on; before it is the frame itself.
FRAME = 24
MAX_REFERENCES = 1 << 32


class Greenlets:
    """Walks the greenlets of a process; knows their types from the reading before."""

    def __init__(self, python: "CPython") -> None:
        self.python = python
        self.objects = Objects(python.memory, python.version, python.text)
        # Which of the words of a greenlet is its innermost frame: it differs by the versions of greenlet and Python.
        self.place = None  # type: int | None
        self.is_flat = False

    def walk(self, interpreters: "list[int]", document: "Document") -> None:
        """Adds all greenlets that wait, with a note where not all are read."""
        if not (3, 8) <= self.python.version <= (3, 13) or self.python.free or "modules" not in self.python.layout:
            document.note("greenlets not walked: unknown layout of %s" % self.python.name)
            return
        swapped = self.python.memory.swapped_bytes()
        if swapped > MAX_SWAPPED:
            document.note("greenlets not walked: %d MiB of the process are swapped out" % (swapped >> 20))
            return
        self.objects.clear()
        self.place = None
        types = set()  # type: set[int]
        for interpreter in interpreters:
            try:
                types.update(self.types(interpreter))
            except Torn as error:
                document.note("greenlets not walked: %s" % error)
        found = self.search(sorted(types)[:MAX_TYPES], document) if types else []
        stacks = len(document.stacks)
        for address in found[:MAX_GREENLETS]:
            try:
                self.greenlet(address, document)
            except Torn as error:
                document.note("a greenlet is left out: %s" % error)
        # One waits at least: the one that called the hub.
        if types and len(document.stacks) == stacks and not document.left:
            document.note("greenlets not walked: unknown layout of greenlet")
        if len(found) > MAX_GREENLETS:
            document.note("%d of %d greenlets read: limit" % (MAX_GREENLETS, len(found)))

    def types(self, interpreter: int) -> "list[int]":
        """Type of greenlets and its subclasses; none where the module is not imported."""
        memory = self.python.memory
        modules = memory.word(interpreter + self.python.layout["modules"])
        module = self.objects.named(modules, ("greenlet",))
        names = 0 if module is None else memory.word(module + MODULE_DICT)
        base = self.objects.named(names, ("greenlet",)) if names else None
        version = self.objects.named(names, ("__version__",)) if names else None
        self.is_flat = version is not None and self.python.text(version).startswith(FLAT)
        found = [] if base is None else [base]
        for one in found:
            subclasses = memory.word(one + TYPE_SUBCLASSES)
            if subclasses and len(found) < MAX_TYPES:
                found.extend(memory.word(reference + TYPE + 8) for _, reference in self.objects.entries(subclasses))
        return [one for one in found[:MAX_TYPES] if one >= PIECE and one % 8 == 0]

    def search(self, types: "list[int]", document: "Document") -> "list[int]":
        """Addresses of objects of these types in anonymous memory."""
        found = []  # type: list[int]
        left = MAX_SEARCHED
        patterns = [struct.pack("<Q", one) for one in types]
        mappings = [one for one in self.python.memory.maps() if is_heap(one)]
        for mapping in mappings:
            for start in range(mapping.start, mapping.end, PIECE):
                size = min(PIECE, mapping.end - start)
                if size > left:
                    total = sum(one.end - one.start for one in mappings)
                    document.note("greenlets: %d of %d MiB of memory searched: limit" % (MAX_SEARCHED >> 20, total >> 20))
                    return found
                left -= size
                try:
                    data = self.python.memory.read(start, size)
                except Torn:
                    continue
                for pattern in patterns:
                    # Zeros are most of memory: a search for a word that ends in some takes long.
                    short = pattern.rstrip(b"\0")
                    self.python.memory.budget.look()
                    at = data.find(short)
                    while at >= 0 and len(found) < MAX_FOUND:
                        if at % 8 == 0 and data[at : at + 8] == pattern:
                            found.append(start + at - TYPE)
                        self.python.memory.budget.work(1)
                        # The next place where a pointer can be.
                        at = data.find(short, (at & ~7) + 8)
        return found

    def greenlet(self, address: int, document: "Document") -> None:
        """Adds a greenlet that waits; what only looks like one, runs, or has ended is left out."""
        memory = self.python.memory
        references, _, _, _, inner = memory.words(address, 5)
        if not 0 < references < MAX_REFERENCES:
            return
        try:
            words = (address, *memory.words(address, FRAME_WORDS - 1)) if self.is_flat else memory.words(inner, WORDS)
        except Torn:
            return
        # What C++ has of a greenlet points back to it; any other word may look like a type.
        place = self.place_in(words) if address in words else None
        if place is None:
            return
        frame = words[place]
        start, saved = saved_stack(words)
        copy = memory.read(saved[0], saved[1]) if saved else b""

        def read(at: int, size: int) -> bytes:
            """Memory as it is while the greenlet runs: a part of its stack is saved elsewhere."""
            offset = at - start
            return copy[offset : offset + size] if 0 <= offset <= len(copy) - size else memory.read(at, size)

        top = struct.unpack("<Q", read(frame + FRAME, 8))[0] if self.python.version >= (3, 11) else frame
        frames, cut = self.python.frames(top, read)
        if frames:
            # Not before: what is left of one that has ended may have a frame in another word, and stays in memory.
            self.place = place
            document.add(frames, "greenlet %#x" % address, wait_of(frames) or "pending", cut=cut, mark=self.objects.kind(address))

    def place_in(self, words: "tuple[int, ...]") -> "int | None":
        """Which of the words of a greenlet is its innermost frame object; one that runs or has ended has none."""
        for at in range(FRAME_WORDS) if self.place is None else (self.place,):
            try:
                if words[at] > PIECE and words[at] % 8 == 0 and self.objects.kind(words[at]) == "frame":
                    return at
            except Torn:
                continue
        return None


def is_heap(mapping: "Mapping") -> bool:
    return mapping.rights.startswith("rw-p") and mapping.path in ("", "[heap]")


def saved_stack(words: "tuple[int, ...]") -> "tuple[int, tuple[int, int] | None]":
    """Where the saved part of a greenlet's stack begins, and its copy with its size: stack_start, stack_stop, stack_copy, stack_saved."""
    for start, stop, copy, size in zip(words, words[1:], words[2:], words[3:]):
        if copy and start < stop and 0 < size <= min(stop - start, MAX_SAVED):
            return start, (copy, size)
    return 0, None
