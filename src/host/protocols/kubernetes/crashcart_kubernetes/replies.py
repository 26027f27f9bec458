"""Lines that go out, and errors as replies."""

import json
import re
import sys
import threading

out, polls = threading.Lock(), threading.Semaphore(1)
encode = json.JSONEncoder(separators=(",", ":")).encode


def write(line):
    with out:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def send(**what):
    write(json.dumps(what, separators=(",", ":")))


class Failed(Exception):
    def __init__(self, reply):
        reply = " ".join(reply.split())[-400:]
        super().__init__(reply or "kubectl exited without an error text")
        self.why = ("denied" if re.search(r"\((Forbidden|Unauthorized)\)|logged in to the server", reply) else
                    "absent" if "(NotFound)" in reply else
                    "timeout" if re.search(r"imeout|deadline|timed out", reply) else "failed")


def failure(error):
    return error if isinstance(error, Failed) else Failed("%s: %s" % (type(error).__name__, error))
