"""State of mapped devices, as dmsetup(8) status has it: include/uapi/linux/dm-ioctl.h. It takes no lock of LVM and writes nothing."""

import fcntl
import os
import struct

from crashcart_collector.reads import miss_of, small

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

CONTROL = "/dev/mapper/control"
TABLE_STATUS = 0xC138FD0C  # _IOWR(0xfd, 12, struct dm_ioctl)
HEAD = struct.Struct("=3I2IIiIIIQ128s129s7s")  # struct dm_ioctl
TARGET = struct.Struct("=QQiI16s")  # struct dm_target_spec, then its text
NOFLUSH = 1 << 11  # without it a thin pool or a cache commits its metadata first
TABLE = 1 << 4  # the arguments of the targets in the place of their states
FULL = 1 << 8  # the reply did not fit
SIZES = 16384, 1 << 20
SILENT = {"linear", "striped", "crypt", "zero"}  # have no state
WITH_TABLE = "multipath"  # whether it queues without a path stands in its table alone
MAX_DEVICES = 4096
MAX_TARGETS = 8  # of a device that are sent
MAX_TEXT = 4096


class Mapped:
    def read(self, asked: "Any") -> "Head":
        names = [name for name in os.listdir("/sys/block") if name.startswith("dm-")]
        found = {}  # type: dict[str, list[list[Any]]]
        if names:  # else to open the node would load the module
            try:
                control = os.open(CONTROL, os.O_RDONLY | os.O_CLOEXEC)
            except OSError as error:
                raise miss_of(error, CONTROL) from error
            try:
                for name in names[:MAX_DEVICES]:
                    targets = [one for one in self.targets(control, name) if one[0] not in SILENT][:MAX_TARGETS]
                    if any(one[0] == WITH_TABLE for one in targets):
                        tables = [one for one in self.targets(control, name, TABLE) if one[0] == WITH_TABLE]
                        for one, (_, _, table) in zip([one for one in targets if one[0] == WITH_TABLE], tables):
                            one.append(table)
                    if targets:
                        found[name] = targets
            finally:
                os.close(control)
        return {"facts": {"all": len(names), "devices": found}}

    def targets(self, control: int, name: str, flags: int = 0) -> "list[list[Any]]":
        """Type, length in sectors and state of each target; with TABLE its arguments."""
        number = small("/sys/block/" + name + "/dev").split(b":")
        if len(number) != 2:
            return []  # it went
        device = os.makedev(int(number[0]), int(number[1]))
        for size in SIZES:
            held = bytearray(size)
            HEAD.pack_into(held, 0, 4, 0, 0, size, HEAD.size, 0, 0, NOFLUSH | flags, 0, 0, device, b"", b"", b"")
            try:
                fcntl.ioctl(control, TABLE_STATUS, held, True)
            except OSError as error:
                miss = miss_of(error, CONTROL)
                if miss.why != "denied":
                    return []  # it went, or has no table
                raise miss from error
            head = HEAD.unpack_from(held)
            if not head[7] & FULL:
                return self.parsed(held, head[4], head[5])
        return []

    def parsed(self, held: bytearray, start: int, count: int) -> "list[list[Any]]":
        found, place = [], start  # type: list[list[Any]], int
        for _ in range(count):
            if place + TARGET.size > len(held):
                break
            _sector, length, _status, after, kind = TARGET.unpack_from(held, place)
            text = bytes(held[place + TARGET.size : place + TARGET.size + MAX_TEXT]).split(b"\0")[0]
            found.append([kind.split(b"\0")[0].decode("utf-8", "replace"), length, text.decode("utf-8", "replace")])
            place = start + after
        return found
