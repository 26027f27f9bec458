"""Writes a core dump of a sleeping process from /proc, as the kernel would: python3 make_core.py PID FILE SIGNAL ADDRESS."""

import os
import struct
import sys

pid, path, signal, address = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4], 0)
REGISTERS = {62: (27, 19, 16), 183: (34, 31, 32)}  # number, places of the stack pointer and of the counter


def note(kind, data):
    return struct.pack("<3I", 5, len(data), kind) + b"CORE\0\0\0\0" + data + bytes(-len(data) % 4)


with open("/proc/%d/exe" % pid, "rb") as exe:
    machine = struct.unpack_from("<H", exe.read(64), 18)[0]
number, sp_at, pc_at = REGISTERS[machine]
notes = b""
tids = sorted(int(name) for name in os.listdir("/proc/%d/task" % pid))
for tid in tids:
    words = open("/proc/%d/task/%d/syscall" % (pid, tid)).read().split()
    registers = [0] * number
    registers[sp_at], registers[pc_at] = int(words[-2], 16), int(words[-1], 16)
    head = struct.pack("<3ihH4Q4i", 0, 0, 0, signal, 0, 0, 0, 0, 0, tid, 0, 0, 0)[:48].ljust(112, b"\0")
    head = head[:12] + struct.pack("<h", signal) + head[14:32] + struct.pack("<i", tid) + head[36:]
    notes += note(1, head + struct.pack("<%dQ" % number, *registers) + bytes(8))
    if tid == tids[0]:
        comm = open("/proc/%d/comm" % pid, "rb").read().strip()
        command = open("/proc/%d/cmdline" % pid, "rb").read().replace(b"\0", b" ")
        notes += note(3, struct.pack("<4b4xQ2I4i", 0, 82, 0, 0, 0, 0, 0, pid, 0, 0, 0).ljust(40, b"\0")[:40] + comm.ljust(16, b"\0") + command[:79].ljust(80, b"\0"))
        notes += note(0x53494749, struct.pack("<4iQ", signal, 0, 1, 0, address).ljust(128, b"\0"))
        notes += note(6, open("/proc/%d/auxv" % pid, "rb").read())
maps = []
for line in open("/proc/%d/maps" % pid):
    words = line.rstrip("\n").split(None, 5)
    low, _, high = words[0].partition("-")
    if "vsyscall" not in line and "[vvar" not in line:
        maps.append((int(low, 16), int(high, 16), words[1], int(words[2], 16), words[5] if len(words) == 6 else ""))
files = [one for one in maps if one[4].startswith("/")]
table = b"".join(struct.pack("<3Q", one[0], one[1], one[3] // 4096) for one in files)
notes += note(0x46494C45, struct.pack("<2Q", len(files), 4096) + table + b"".join(one[4].encode() + b"\0" for one in files))
headers, parts, at = [], [], 64 + 56 * (len(maps) + 1) + len(notes)
with open("/proc/%d/mem" % pid, "rb", 0) as memory:
    for low, high, rights, offset, name in maps:
        size = high - low if "w" in rights or not name.startswith("/") else 4096 if offset == 0 else 0
        try:
            part = os.pread(memory.fileno(), size, low) if "r" in rights else b""
        except OSError:
            part = b""
        flags = sum(bit for letter, bit in (("r", 4), ("w", 2), ("x", 1)) if letter in rights)
        headers.append(struct.pack("<IIQQQQQQ", 1, flags, at, low, 0, len(part), high - low, 4096))
        parts.append(part)
        at += len(part)
head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQI6H", 4, machine, 1, 0, 64, 0, 0, 64, 56, len(headers) + 1, 0, 0, 0)
first = struct.pack("<IIQQQQQQ", 4, 0, 64 + 56 * (len(headers) + 1), 0, 0, len(notes), 0, 4)
with open(path, "wb") as core:
    core.write(b"".join([head, first, *headers, notes, *parts]))
