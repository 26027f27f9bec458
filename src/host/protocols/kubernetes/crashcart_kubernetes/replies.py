"""Lines that go out, and errors as replies."""

import json
import re
import sys
import threading

MYPY = False
if MYPY:
    from typing import Any

out, polls = threading.Lock(), threading.Semaphore(1)
encode = json.JSONEncoder(separators=(",", ":")).encode


def write(line: str) -> None:
    with out:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def send(**what: "Any") -> None:
    write(json.dumps(what, separators=(",", ":")))


class Failed(Exception):
    """A request that got no reply: why in one word of the protocol, and the error text."""

    def __init__(self, reply: str) -> None:
        reply = " ".join(reply.split())[-400:]
        super().__init__(reply or "kubectl exited without an error text")
        self.why = (
            "denied"
            if re.search(r"\((Forbidden|Unauthorized)\)|logged in to the server", reply)
            else "absent"
            if "(NotFound)" in reply
            else "timeout"
            if re.search(r"imeout|deadline|timed out", reply)
            else "failed"
        )


def failure(error: Exception) -> Failed:
    return error if isinstance(error, Failed) else Failed("%s: %s" % (type(error).__name__, error))
