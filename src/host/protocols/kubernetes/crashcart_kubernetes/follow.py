"""Tables of a cluster, kept by list and watch and sent as deltas.
Kinds of controllers of pods.
"""

import json
import re
import threading
import time

from crashcart_kubernetes.fields import NODE, keeper
from crashcart_kubernetes.limits import MOST_ROWS, WATCH_S
from crashcart_kubernetes.replies import Failed, encode, failure, send, write

MYPY = False
if MYPY:
    from typing import Any, Optional

    from crashcart_kubernetes.cluster import Cluster, Kubectl
    from crashcart_kubernetes.fields import Tree

    KubectlChild = Optional[Kubectl]

MAKERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")


class Follow(threading.Thread):
    """Table kept by list and watch: sends rows when they change, and its state when that changes."""

    def __init__(self, cluster: "Cluster", topic: str, url: str, tree: "Tree", fresh: str, pages: int = 0) -> None:
        super().__init__(daemon=True)
        self.cluster, self.topic, self.url, self.keep, self.fresh, self.pages = cluster, topic, url, keeper(tree), fresh, pages
        self.rows = {}  # type: dict[str, int]  # uid -> hash of its row
        self.waiting = []  # type: list[str]
        self.child = None  # type: KubectlChild
        self.cut, self.over, self.sent = False, False, 0.0

    def state(self, state: str, reply: str = "", why: str = "") -> None:
        self.sent = time.time()
        if self.topic == "pods here":
            self.cluster.blind = state == "lost"
            self.cluster.listing = self.sent if state == "listing" else None
        send(t=self.topic, state=state, at=self.sent, said=reply, why=why, cut=self.cut)

    def row(self, item: "dict[str, Any]", gone: bool = False) -> str:
        uid = re.sub(r"[^\w.-]", "", str((item.get("metadata") or {}).get("uid")))[:64]
        if gone:
            if self.rows.pop(uid, None) is not None:
                write("-\t%s\t%s" % (self.topic, uid))
            return uid
        if uid not in self.rows and len(self.rows) >= MOST_ROWS:
            self.cut = True
            return uid
        line = encode(self.keep(item))
        if self.rows.get(uid) != hash(line):
            self.rows[uid] = hash(line)
            self.waiting.append("+\t%s\t%s\t%s" % (self.topic, uid, line))
        return uid

    def flush(self) -> None:
        if self.waiting:
            write("\n".join(self.waiting))
            self.waiting = []

    def list(self) -> str:
        if not self.sent:
            self.state("listing")
        items = self.cluster.items(self.url + self.fresh, self.pages)
        seen = set()  # type: set[str]
        version = next(items)  # type: str
        for item in items:
            seen.add(self.row(item))
            # One write for each of thousands of rows would cost more than the rows.
            if len(self.waiting) >= 50:
                self.flush()
            if self.over:
                return version
        self.flush()
        for uid in set(self.rows) - seen:
            del self.rows[uid]
            write("-\t%s\t%s" % (self.topic, uid))
        self.state("live")
        return version

    def watch(self, version: str) -> "str | None":
        """Reads events until the watch ends; returns the version to resume at, or None to list again."""
        self.child = child = self.cluster.start(
            "%swatch=1&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s" % (self.url, WATCH_S, version)
        )
        try:
            for line in child.stdout:
                event = json.loads(line.decode("utf-8", "surrogatepass"))
                kind, item = event.get("type"), event.get("object") or {}
                if kind == "ERROR":
                    if item.get("code") in (410, 504):
                        return None
                    raise Failed(item.get("message") or "watch closed by the API server")
                # A pod was added or deleted, or a controller got a warning event: one that makes no pod shows by that alone.
                if (
                    kind in ("ADDED", "DELETED")
                    if self.topic.startswith("pods")
                    else (item.get("involvedObject") or {}).get("kind") in MAKERS
                ):
                    self.cluster.turned = time.time()
                if kind != "BOOKMARK":
                    self.row(item, kind == "DELETED")
                    self.flush()
                version = (item.get("metadata") or {}).get("resourceVersion") or version
                # The time of the last event is sent once in five seconds.
                if time.time() - self.sent > 5:
                    self.state("live")
            reply = child.stderr.read(4096).decode("utf-8", "replace")
            if child.wait(5) != 0:
                self.cluster.refused(child, reply)
                raise Failed(reply)
            return version
        finally:
            child.kill()
            child.wait()

    def run(self) -> None:
        version = None  # type: str | None
        tries = 0
        while not self.over:
            began = time.time()
            try:
                version = self.list() if version is None else self.watch(version)
            except Exception as error:
                known = failure(error)
                if not self.over:
                    self.state("lost", str(known), known.why)
                # The next list brings what was missed, and shows at once that the API server responds again.
                version = None
            if version is None or (time.time() - began < 1 and self.child):
                tries += 1
                time.sleep(min(10, 2**tries / 4))
            elif time.time() - began > 20:
                tries = 0

    def stop(self) -> None:
        self.over = True
        if self.child:
            self.child.kill()


class OwnNode(Follow):
    """This node, kept here for requests of `node`."""

    def __init__(self, cluster: "Cluster") -> None:
        super().__init__(cluster, "node", "/api/v1/nodes?fieldSelector=metadata.name%%3D%s&" % cluster.node, NODE, "resourceVersion=0")
        self.item = None  # type: dict[str, Any] | None
        self.failed = None  # type: Failed | None
        self.first = threading.Event()

    def state(self, state: str, reply: str = "", why: str = "") -> None:
        self.sent = time.time()
        if state != "listing":
            self.failed = Failed(reply) if state == "lost" else None
            self.first.set()

    def row(self, item: "dict[str, Any]", gone: bool = False) -> str:
        self.item = None if gone else self.keep(item)
        return ""
