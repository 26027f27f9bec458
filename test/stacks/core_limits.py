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

from crashcart_stacks import core_bytes, document  # noqa: E402
from crashcart_stacks.budget import Budget  # noqa: E402
from crashcart_stacks.core import core  # noqa: E402
from crashcart_stacks.core_bytes import CoreBytes  # noqa: E402
from crashcart_stacks.core_memory import CoreMap, CoreMemory  # noqa: E402
from crashcart_stacks.core_notes import Notes  # noqa: E402
from crashcart_stacks.document import Document  # noqa: E402
from crashcart_stacks.errors import Exhausted, Refused  # noqa: E402
from crashcart_stacks.object_files import object_file, other_mounts  # noqa: E402

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


def core_of(notes, *segments):
    """Core dump of x86-64 with these segments: flags, address, content."""
    at = 120 + 56 * len(segments) + len(notes)
    headers = struct.pack("<IIQQQQQQ", 4, 0, at - len(notes), 0, 0, len(notes), 0, 4)
    for flags, address, content in segments:
        headers += struct.pack("<IIQQQQQQ", 1, flags, at, address, 0, len(content), len(content), 4096)
        at += len(content)
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQI6H", 4, 62, 1, 0, 64, 0, 0, 64, 56, 1 + len(segments), 0, 0, 0)
    return head + headers + notes + b"".join(one[2] for one in segments)


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


class CountedList(list):
    turns = 0

    def __iter__(self):
        CountedList.turns += 1
        return list.__iter__(self)


def paths():
    """How often all mapped files are gone through for 1000 of them, and the files open at the end."""
    before = open_files()
    data = CoreBytes(written("paths", core_of(thread(1))))
    found = Notes(62, data.budget)
    names = [written("object%d" % number, b"object") for number in range(1000)]
    found.files = CountedList((number << 12, number + 1 << 12, 0, name) for number, name in enumerate(names, 1))
    memory = CoreMemory(data, [])
    memory.parts = [(number << 12, b"object") for number in range(1, 1001)]
    memory.part_starts = [start for start, _ in memory.parts]
    code = CoreMap(found, memory, 62)
    others = open_files()
    for name in names:
        code.same_file(name)
    opened = open_files() - others
    code.close()
    data.close()
    return {"turns": CountedList.turns, "opened": opened, "left": open_files() - before}


def words():
    """Threads, and the notes, of a core of three whose limit is reached within the second stack; and whether a stack is work."""
    stacks = [(6, 0x10000 * number, bytes(8192)) for number in (1, 2, 3)]
    registers = [struct.pack("<Q", address + 4096) for _, address, _ in stacks]
    threads = [bytearray(thread(number)) for number in (1, 2, 3)]
    for one, pointer in zip(threads, registers):
        one[20 + 112 + 19 * 8 : 20 + 112 + 20 * 8] = pointer
    path = written("words", core_of(b"".join(bytes(one) for one in threads), *stacks, (5, 0x900000, bytes(4096))))
    work, seen = Budget.work, []

    def limited(budget, steps):
        if steps > 1:
            seen.append(steps)
        if len(seen) == 2:
            raise Exhausted("limit of steps")

    Budget.work = limited
    try:
        reply = core([path])
    finally:
        Budget.work = work
    return {"steps": seen, "threads": len(reply["native"]["threads"]), "left": reply["native"]["left"], "notes": reply["read"]["notes"]}


MOUNTINFO = b"""22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime shared:1 - nfs4 server:/root rw
40 27 0:40 / /net rw,relatime shared:9 master:3 - autofs /etc/auto.net rw,indirect
41 27 0:41 / /srv/a\\040b rw - fuse.sshfs user@host: rw
42 27 254:1 / /home rw - xfs /dev/vdb rw
"""


def object_files():
    """Which files are opened: by name, by links and across a mount that is not local."""
    path = written("object", b"object")
    folder = os.path.dirname(path)
    os.mkdir(os.path.join(folder, "far"))
    written("far/object", b"object")
    os.mkfifo(os.path.join(folder, "pipe"))
    for name, target in (("link", "object"), ("absolute", path), ("evil", "far"), ("loop", "loop"), ("around", "far/../object")):
        os.symlink(target, os.path.join(folder, name))
    others = {os.fsencode(os.path.join(os.path.realpath(folder), "far"))}
    opened = []
    before = open_files()
    for name in ("object", "link", "absolute", "far/object", "evil/object", "around", "far", "pipe", "loop", "none", "a\0b", "../../../.." + path):
        file = object_file(os.path.join(folder, name), others)
        if file is not None:
            opened.append(name.replace(path, ""))
            os.close(file)
    return {"opened": opened, "left": open_files() - before, "mounts": sorted(one.decode() for one in other_mounts(MOUNTINFO))}


def stacks():
    """Names of stacks of a document that is full before the thread that crashed comes."""
    document.MAX_STACKS = 3
    full = Document()
    for name in ("a", "b", "c", "d"):
        full.add([], name, "-")
    full.add([("native", "abort", None, None)], "e", "crashed")
    return {"names": [one[1] for one in full.stacks], "notes": full.body()["notes"]}


CHECKS = (report, streams, descriptors, notes, empty_notes, paths, words, object_files, stacks)
print(json.dumps(next(one for one in CHECKS if one.__name__ == sys.argv[1])()))
