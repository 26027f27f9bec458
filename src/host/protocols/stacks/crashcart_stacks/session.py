"""Requests of the session and their handlers."""

import json
import sys
import threading

from crashcart_stacks.core import core, core_object
from crashcart_stacks.errors import Refused
from crashcart_stacks.native import native
from crashcart_stacks.reading import read
from crashcart_stacks.tables import tables

MYPY = False
if MYPY:
    from typing import Any

# By the first word of a request: words in, JSON out.
HANDLERS = {"read": read, "native": native, "tables": tables, "core": core, "core-object": core_object}
out = threading.Lock()


def send(**reply: "Any") -> None:
    """One line of ASCII: names of threads are of any bytes."""
    with out:
        sys.stdout.buffer.write(json.dumps(reply, separators=(",", ":")).encode("ascii") + b"\n")
        sys.stdout.buffer.flush()


def one(number: int, asked: str) -> None:
    words = asked.split(" ")
    try:
        if words[0] not in HANDLERS:
            raise Refused("failed", "request not allowed: " + asked)
        send(id=number, body=HANDLERS[words[0]](words[1:]))
    except Refused as error:
        send(id=number, why=error.why, text=str(error))
    except Exception as error:
        send(id=number, why="failed", text="%s: %s" % (type(error).__name__, error))


def serve() -> None:
    """A thread per request: a read of a process whose memory map is locked hangs, and delays no other."""
    for line in iter(sys.stdin.readline, ""):
        request = json.loads(line)
        threading.Thread(target=one, args=(request["id"], request["ask"]), daemon=True).start()
