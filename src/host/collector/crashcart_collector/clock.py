"""The clock of the host, its error by the kernel (adjtimex(2)), and the tracking of chronyd."""

import os
import socket
import struct
import time

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_collector.hangs import Head

CHRONYD = ("127.0.0.1", 323)
WAIT = 0.3  # seconds for a reply of chronyd, which is on this host
TIMEX = 208  # bytes of struct timex where long has 8


def clock(_: "Any") -> "Head":
    facts = {"chrony": chrony()}  # type: Head
    facts.update(adjtimex())
    facts["realtime"] = time.time()
    return {"facts": facts}


def adjtimex() -> "Head":
    """State 5: not synchronised; errors in microseconds."""
    if struct.calcsize("l") != 8:
        return {}
    try:
        import ctypes

        libc = ctypes.CDLL(None, use_errno=True)
        buffer = ctypes.create_string_buffer(TIMEX)
        state = libc.adjtimex(buffer)
    except (ImportError, OSError, AttributeError):
        return {}
    if state < 0:
        return {}
    _, offset, frequency, most, estimate, status = struct.unpack_from("=i4xqqqqi", buffer.raw)
    return {"state": state, "status": status, "offset": offset, "frequency": frequency, "maxerror": most, "esterror": estimate}


def chrony() -> "str | None":
    """Reply of chronyd to a request for its tracking, in hexadecimal: version 6, command 33, padded to the size of the reply."""
    number = int.from_bytes(os.urandom(4), "big")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.settimeout(WAIT)
        try:
            asked.connect(CHRONYD)
            asked.send(struct.pack(">BBBBHHIII", 6, 1, 0, 0, 33, 0, number, 0, 0) + bytes(84))
            reply = asked.recv(512)
        except OSError:
            return None
    return reply.hex() if reply[16:20] == struct.pack(">I", number) else None
