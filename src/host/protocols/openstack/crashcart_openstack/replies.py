"""Lines that go out, and errors as replies."""

import json
import sys
import threading

MYPY = False
if MYPY:
    from typing import Any

out = threading.Lock()
# Prefix of every path that is read: the folder of a test in place of a host.
HERE = sys.argv[1] if len(sys.argv) > 1 else ""


def send(**what: "Any") -> None:
    line = json.dumps(what, separators=(",", ":"))
    with out:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


class Failed(Exception):
    """A request without a reply: why in one word of the protocol, and the error text."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(" ".join(text.split())[:400])
        self.why = why


def failure(error: Exception) -> Failed:
    return error if isinstance(error, Failed) else Failed("failed", "%s: %s" % (type(error).__name__, error))
