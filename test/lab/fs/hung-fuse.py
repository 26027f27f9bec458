"""hung-fuse.py MOUNTPOINT SECONDS: a FUSE mount whose program replies to INIT alone: statfs, ls and open hang as on a dead NFS."""

import ctypes
import os
import select
import struct
import sys
import time

INIT = 26
point, seconds = os.fsencode(sys.argv[1]), float(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
fd = os.open("/dev/fuse", os.O_RDWR)
options = b"fd=%d,rootmode=40000,user_id=0,group_id=0,allow_other" % fd
if libc.mount(b"deadserver:/export", point, b"fuse.lab-hung", 0, options):
    raise OSError(ctypes.get_errno(), "mount")
end = time.monotonic() + seconds
while time.monotonic() < end:
    if not select.select([fd], [], [], 0.5)[0]:
        continue
    data = os.read(fd, 1 << 20)
    _, operation, unique = struct.unpack_from("=IIQ", data)
    if operation == INIT:
        reply = struct.pack("=IIIIHHIIHHI7I", 7, 31, 65536, 0, 12, 9, 4096, 1, 32, 0, 0, *([0] * 7))
        os.write(fd, struct.pack("=IiQ", 16 + len(reply), 0, unique) + reply)
libc.umount2(point, 2)
