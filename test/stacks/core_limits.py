"""Hostile core dumps, read by the program of the host within this process: python3 core_limits.py CHECK FOLDER; prints JSON."""

import base64
import gzip
import json
import lzma
import os
import struct
import sys
import tracemalloc

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../src/host/protocols/stacks"))

from crashcart_stacks import core_bytes  # noqa: E402
from crashcart_stacks.budget import Budget  # noqa: E402
from crashcart_stacks.core import core  # noqa: E402
from crashcart_stacks.core_bytes import CoreBytes  # noqa: E402
from crashcart_stacks.core_notes import Notes  # noqa: E402
from crashcart_stacks.errors import Exhausted, Refused  # noqa: E402

MANY = 300
LONG = 1 << 20


def written(name, content, size=0):
    """File with that content, then a hole up to a size."""
    path = os.path.join(sys.argv[2], name)
    with open(path, "wb") as file:
        file.write(content)
        file.truncate(max(size, len(content)))
    return path


def open_files():
    return len(os.listdir("/proc/self/fd"))


def report():
    """Fields that are kept of a report, of fields with a long continuation each."""
    long = b" " + b"x" * LONG + b"\n"
    texts = [b"Package: shop 1.2\n", b"UnreportableReason:\n not of\n this package " + b"y" * LONG + b"\n"]
    texts += [b"Field%d: x\n%s" % (number, long) for number in range(8)]
    texts += [b"Signal: 11\n" + long] * 8
    packed = base64.b64encode(gzip.compress(b"\x7fELF" + bytes(60)))
    data = CoreBytes(written("long.crash", b"ProblemType: Crash\n" + b"".join(texts) + b"CoreDump: base64\n " + packed + b"\n"))
    return {"fields": {name: len(value) for name, value in data.fields.items()}, "reason": data.fields["UnreportableReason"][:20], "core": len(data.read(0, 64))}


def reads_of(path):
    """Pieces of a file that are read until its stream ends, and the limit that ends it, of MANY looks at the clocks."""
    counted = {"reads": 0, "looks": 0, "end": "stream"}
    pread, look = os.pread, Budget.look

    def counting_pread(file, size, offset):
        counted["reads"] += 1
        return pread(file, size, offset)

    def counting_look(budget):
        counted["looks"] += 1
        if counted["looks"] > MANY:
            raise Exhausted("limit of looks")

    core_bytes.os.pread, Budget.look = counting_pread, counting_look
    try:
        data = CoreBytes(path)
        data.read(1 << 40, 1)
    except Exhausted:
        counted["end"] = "limit"
    finally:
        core_bytes.os.pread, Budget.look = pread, look
    return counted


def streams():
    """Streams that end before their file does, and one that has nothing but what its decoder skips."""
    elf, size = b"\x7fELF" + bytes(1000), 1 << 30
    skipped = struct.pack("<II", 0x184D2A50, 0xFFFFFFF0)
    empty = b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"
    return {
        "xz": reads_of(written("end.xz", lzma.compress(elf), size)),
        "gzip": reads_of(written("end.gz", gzip.compress(elf), size)),
        "zstd": reads_of(written("skipped.zst", empty + skipped, size)),
    }


def descriptors():
    """Open files after cores that are refused, or are not read within the limits."""
    before = open_files()
    refused = written("garbage", b"\x07" * 100)
    endless = written("endless.crash", b"ProblemType: Crash\n", 1 << 20)
    for path in (refused, endless):
        if path == endless:
            core_bytes.MAX_WALL_S = -1.0
        try:
            core([path])
        except Refused as error:
            last = str(error)
    return {"left": open_files() - before, "last": last}


def note(kind, data):
    return struct.pack("<3I", 5, len(data), kind) + b"CORE\0\0\0\0" + data + bytes(-len(data) % 4)


def thread(tid, signal=11):
    """Note of a thread of x86-64 with no registers."""
    return note(1, (bytes(12) + struct.pack("<h", signal) + bytes(18) + struct.pack("<i", tid)).ljust(336, b"\0"))


def core_of(notes):
    """Core dump of x86-64 without memory."""
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQI6H", 4, 62, 1, 0, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return head + struct.pack("<IIQQQQQQ", 4, 0, 120, 0, 0, len(notes), 0, 4) + notes


def peak_of(notes):
    """Reply to a core with these notes, and the most memory that it takes, in MiB."""
    path = written("notes", core_of(notes))
    tracemalloc.start()
    try:
        reply = core([path])["native"]
        return {"threads": len(reply["threads"]), "left": reply["left"], "mib": tracemalloc.get_traced_memory()[1] >> 20}
    finally:
        tracemalloc.stop()


def notes():
    """Notes of 8 MiB: of threads, of the auxiliary vector, of names of files."""
    size = 8 << 20
    threads = b"".join(thread(1000 + number) for number in range(size // len(thread(1))))
    words = struct.pack("<%dQ" % (size // 8), *range(1 << 40, (1 << 40) + size // 8))
    return {
        "threads": peak_of(threads),
        "auxv": peak_of(thread(1) + note(6, words)),
        "files": peak_of(thread(1) + note(0x46494C45, struct.pack("<2Q", 1, 4096).ljust(size, b"\0"))),
    }


def empty_notes():
    """Whether notes without content end at the limits."""
    look = Budget.look

    def no_time(budget):
        raise Exhausted("limit of looks")

    Budget.look = no_time
    try:
        Notes(62, Budget()).read(bytes(12 << 19))
    except Exhausted:
        return "limit"
    finally:
        Budget.look = look
    return "read"


CHECKS = (report, streams, descriptors, notes, empty_notes)
print(json.dumps(next(one for one in CHECKS if one.__name__ == sys.argv[1])()))
