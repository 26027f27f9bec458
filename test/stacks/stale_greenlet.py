"""Walks five greenlets twice, behind what is left of one that has ended: prints the number of stacks and the notes of each reading."""

import os
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/host/protocols/stacks"))

from crashcart_stacks.document import Document  # noqa: E402
from crashcart_stacks.greenlets import Greenlets  # noqa: E402

FRAME_TYPE, GREENLET_TYPE, HEAP = 1 << 32, (1 << 32) + 0x1000, 1 << 33
words = {}


def put(address, *values):
    for index, value in enumerate(values):
        words[address + 8 * index] = value


def greenlet(number, place):
    """Address of a greenlet whose frame object is the word of that index."""
    address = HEAP + number * 0x1000
    inner, frame = address + 0x400, address + 0x800
    put(address, 1, GREENLET_TYPE, 0, 0, inner)
    put(inner, address, *[frame if index == place else 0 for index in range(1, 32)])
    put(frame, 1, FRAME_TYPE, 0, address + 0xC00)
    return address


class FakeMemory:
    def swapped_bytes(self):
        return 0

    def word(self, address):
        return words.get(address, 0)

    def words(self, address, number):
        return tuple(self.word(address + 8 * index) for index in range(number))

    def read(self, address, size):
        return struct.pack("<%dQ" % (size // 8), *self.words(address, size // 8))


class FakePython:
    memory, version, free, layout, name = FakeMemory(), (3, 12), False, {"modules": 0}, "CPython 3.12"

    def text(self, address):
        return ""

    def frames(self, top, read):
        # Frames of the one that has ended are gone.
        return ([] if top == stale + 0xC00 else [("python", "wait", "x.py", 1)]), None


stale = greenlet(0, 9)
found = [stale] + [greenlet(number, 4) for number in range(1, 6)]
greenlets = Greenlets(FakePython())
greenlets.types = lambda interpreter: [GREENLET_TYPE]
greenlets.search = lambda types, document: found
greenlets.objects.kind = lambda address: "frame" if words.get(address + 8) == FRAME_TYPE else "greenlet"
for _ in range(2):
    document = Document()
    greenlets.walk([1], document)
    print(len(document.stacks), document.notes)
