"""Health logs of NVMe controllers by one admin command each, as nvme smart-log: include/uapi/linux/nvme_ioctl.h."""

import array
import fcntl
import os
import re
import struct

from crashcart_collector.reads import small

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

NVME_IOCTL_ADMIN_CMD = 0xC0484E41
GET_LOG_PAGE, HEALTH, ALL_NAMESPACES = 0x02, 0x02, 0xFFFFFFFF
LOG_BYTES, SENT_BYTES = 512, 232
MAX_CONTROLLERS = 128


def nvme_health(_asked: "Any") -> "Head":
    """Log of each controller that is live, in hex; of others the reason. A controller that resets gets no command."""
    folder = "/sys/class/nvme/"
    try:
        names = sorted(name for name in os.listdir(folder) if re.match(r"nvme\d+$", name))
    except OSError:
        names = []
    logs, failed = {}, {}  # type: dict[str, str], dict[str, str]
    for name in names[:MAX_CONTROLLERS]:
        state = small(folder + name + "/state").decode("ascii", "replace").strip()
        if state not in ("", "live"):
            failed[name] = state
            continue
        try:
            logs[name] = health_log("/dev/" + name)
        except OSError as error:
            failed[name] = error.strerror or str(error)
    return {"facts": {"all": len(names), "logs": logs, "failed": failed}}


def health_log(path: str) -> str:
    log = array.array("B", bytes(LOG_BYTES))
    size = LOG_BYTES // 4 - 1 << 16 | HEALTH
    # The kernel's own timeout: after a shorter one it would reset a slow controller.
    place = log.buffer_info()[0]
    command = struct.pack("=BBHIIIQQIII7I", GET_LOG_PAGE, 0, 0, ALL_NAMESPACES, 0, 0, 0, place, 0, LOG_BYTES, size, *[0] * 7)
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if fcntl.ioctl(fd, NVME_IOCTL_ADMIN_CMD, bytearray(command)):
            raise OSError(0, "refused by the controller")
    finally:
        os.close(fd)
    return "".join("%02x" % byte for byte in log[:SENT_BYTES])
