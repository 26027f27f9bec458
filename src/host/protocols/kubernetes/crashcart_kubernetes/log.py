"""Log of one container, followed while it is open. Its last lines go over the line every half second, however much is
written; a log that grows too fast to follow is read at its end again and again.
"""

import codecs
import collections
import glob
import json
import os
import re
import select
import threading
import time

from crashcart_kubernetes.host import HERE
from crashcart_kubernetes.replies import Failed, failure, send

MYPY = False
if MYPY:
    from typing import Callable, Deque, Optional

    from crashcart_kubernetes.cluster import Cluster, Kubectl
    from crashcart_kubernetes.follow import Follow

    KubectlChild = Optional[Kubectl]
    Lines = Deque[str]

KEPT_LINES, KEPT_BYTES, LINE_CHARS, ROUND_S = 60, 32768, 2000, 0.5
# QUIET_S: time after which a log without lines counts as empty rather than delayed.
QUIET_S, FAST_BYTES, FAST_PAUSE_S, HERE_S, MOST_TAILS = 3, 1 << 20, 3, 20, 2


class Tail(threading.Thread):
    """Follows a log through the API server, and from /var/log/pods of this node while that fails."""

    def __init__(self, cluster: "Cluster", topic: str) -> None:
        super().__init__(daemon=True)
        self.cluster, self.topic, self.over = cluster, topic, threading.Event()
        self.child = None  # type: KubectlChild
        self.of = topic.split(" ")[1].split("/")
        self.begin()

    def begin(self, note: str = "") -> None:
        """Starts over: the next lines replace those that were sent."""
        self.note, self.reset, self.rest = note, True, ""
        self.lines = collections.deque(maxlen=KEPT_LINES)  # type: Lines
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def take(self, reply: bytes) -> None:
        lines = (self.rest + self.decode(reply)).split("\n")
        self.rest = lines.pop()[:KEPT_BYTES]
        self.lines.extend(line[:LINE_CHARS] for line in lines[-KEPT_LINES:])

    def flush(self, understood: "Callable[[str], str]" = str) -> None:
        lines, room = [understood(line) for line in self.lines], KEPT_BYTES
        for at in range(len(lines) - 1, -1, -1):
            room -= len(lines[at])
            if room < 0:
                del lines[: at + 1]
                break
        send(tail=self.topic, reset=self.reset, note=self.note, lines=lines)
        self.reset = False
        self.lines.clear()

    def follow(self) -> "float | None":
        """Follows until the container ends, or writes too fast; then returns the time to wait."""
        if not self.cluster.places:
            raise Failed("; ".join(self.cluster.no))
        self.begin()
        began, sent, size = time.time(), 0.0, 0
        self.child = child = self.cluster.start(
            "/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&timestamps=true&follow=true"
            % (self.of[0], self.of[1], self.of[2], KEPT_LINES)
        )
        try:
            while not self.over.is_set():
                ready = select.select([child.stdout], [], [], ROUND_S)[0]
                piece = os.read(child.stdout.fileno(), 65536) if ready else b""
                if ready and not piece:
                    break
                self.take(piece)
                size += len(piece)
                now = time.time()
                if size > FAST_BYTES:
                    self.flush()
                    return FAST_PAUSE_S
                if now - sent >= ROUND_S and (self.lines or (self.reset and now - began > QUIET_S)):
                    self.flush()
                    sent, size = now, 0
                if self.cluster.blind and newest_here(*self.of):
                    raise Failed("timeout")
            if not self.over.is_set() and child.wait(5) != 0:
                reply = child.stderr.read(4096).decode("utf-8", "replace")
                self.cluster.refused(child, reply)
                raise Failed(reply)
            if self.lines or self.reset:
                self.flush()
        finally:
            child.kill()
            child.wait()
        return None

    def here(self, failed: Failed) -> bool:
        """Follows the file on this node for HERE_S and while pods cannot be listed; False where there is no file."""
        path = None  # type: str | None
        at, until = 0, time.time() + HERE_S
        while not self.over.is_set() and (time.time() < until or self.cluster.blind):
            found = newest_here(*self.of)
            if found is None:
                return path is not None
            if path is None:
                self.begin(since_not_given(failed))
            try:
                with open(found, "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    # A new file after rotation or restart, or the same truncated.
                    if path is not None and (found != path or size < at):
                        at, self.rest = 0, ""
                    skipped = size - at > KEPT_BYTES
                    at = size - KEPT_BYTES if skipped else at
                    file.seek(at)
                    reply = file.read(KEPT_BYTES)
            except OSError:
                return path is not None
            path, at = found, at + len(reply)
            if skipped:
                self.rest, reply = "", reply.partition(b"\n")[2]
            self.take(reply)
            if self.lines or self.reset:
                self.flush(as_written)
            self.over.wait(ROUND_S)
        return True

    def run(self) -> None:
        tries = 0
        while not self.over.is_set():
            began = time.time()
            wait = None  # type: float | None
            try:
                wait = self.follow()
            except Exception as error:
                known = failure(error)
                if known.why == "absent" or not self.here(known):
                    self.lost(str(known), known.why)
            tries = 0 if time.time() - began > 5 else tries + 1
            self.over.wait(wait or min(10, 2**tries / 2))

    def lost(self, reply: str, why: str) -> None:
        send(t=self.topic, state="lost", at=time.time(), said=reply, why=why, cut=False)

    def stop(self) -> None:
        self.over.set()
        if self.child:
            self.child.kill()


def tailed(cluster: "Cluster", topic: str, follows: "dict[str, Follow | Tail]") -> Tail:
    """Follows one more log; above MOST_TAILS the oldest stops."""
    tails = [one for one in follows.values() if isinstance(one, Tail)]
    if len(tails) >= MOST_TAILS:
        tails[0].stop()
        tails[0].lost("no longer followed: limit of %d logs" % MOST_TAILS, "failed")
        del follows[tails[0].topic]
    return Tail(cluster, topic)


def logs_here(namespace: str, name: str, container: str) -> "list[str]":
    """Log files of a container, in the order of its starts."""
    try:

        def order(path: str) -> "tuple[float, int]":
            return os.path.getmtime(path), int(re.sub(r"\D", "", os.path.basename(path)) or 0)

        return sorted(glob.glob(HERE + "/var/log/pods/%s_%s_*/%s/*.log" % (namespace, name, container)), key=order)
    except OSError:
        return []


def newest_here(namespace: str, name: str, container: str) -> "str | None":
    return next(reversed(logs_here(namespace, name, container)), None)


def as_written(line: str) -> str:
    """Line as kubectl prints it, from `TIME stdout F TEXT` of a CRI or the JSON object of Docker."""
    if line.startswith('{"log":'):
        try:
            reply = json.loads(line)
            return "%s %s" % (reply["time"], reply["log"].rstrip("\n"))
        except (ValueError, KeyError, AttributeError):
            return line
    return re.sub(r"^(\S+) std(?:out|err) [FP] ", r"\1 ", line)


def since_not_given(failed: Failed) -> str:
    return "from /var/log/pods on this node, API server unavailable (%s)" % failed


def before_here(namespace: str, name: str, container: str) -> "str | None":
    """End of the log before the last restart."""
    files = logs_here(namespace, name, container)
    if len(files) < 2:
        return None
    try:
        with open(files[-2], "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - KEPT_BYTES))
            reply = file.read(KEPT_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    return "\n".join(map(as_written, reply.splitlines()[-KEPT_LINES:]))
