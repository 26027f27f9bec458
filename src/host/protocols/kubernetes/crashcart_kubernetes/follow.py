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

MAKERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")


class Follow(threading.Thread):
    """Table kept by list and watch: sends rows when they change, and its state when that changes."""

    def __init__(self, cluster, topic, url, tree, fresh, pages=0):
        super().__init__(daemon=True)
        self.cluster, self.topic, self.url, self.keep, self.fresh, self.pages = cluster, topic, url, keeper(tree), fresh, pages
        self.rows, self.waiting, self.cut, self.child, self.over, self.sent = {}, [], False, None, False, 0

    def state(self, state, reply="", why=""):
        self.sent = time.time()
        if self.topic == "pods here":
            self.cluster.blind = state == "lost"
            self.cluster.listing = self.sent if state == "listing" else None
        send(t=self.topic, state=state, at=self.sent, said=reply, why=why, cut=self.cut)

    def row(self, item, gone=False):
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

    def flush(self):
        if self.waiting:
            write("\n".join(self.waiting))
            self.waiting = []

    def list(self):
        if not self.sent:
            self.state("listing")
        items, seen = self.cluster.items(self.url + self.fresh, self.pages), set()
        version = next(items)
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

    def watch(self, version):
        """Reads events until the watch ends; returns the version to resume at, or None to list again."""
        self.child = self.cluster.start("%swatch=1&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s" % (
            self.url, WATCH_S, version))
        try:
            for line in self.child.stdout:
                event = json.loads(line)
                kind, item = event.get("type"), event.get("object") or {}
                if kind == "ERROR":
                    if item.get("code") in (410, 504):
                        return None
                    raise Failed(item.get("message") or "watch closed by the API server")
                # A pod was added or deleted, or a controller got a warning event: one that makes no pod shows by that alone.
                if (kind in ("ADDED", "DELETED") if self.topic.startswith("pods")
                        else (item.get("involvedObject") or {}).get("kind") in MAKERS):
                    self.cluster.turned = time.time()
                if kind != "BOOKMARK":
                    self.row(item, kind == "DELETED")
                    self.flush()
                version = (item.get("metadata") or {}).get("resourceVersion") or version
                # The time of the last event is sent once in five seconds.
                if time.time() - self.sent > 5:
                    self.state("live")
            reply = self.child.stderr.read(4096).decode("utf-8", "replace")
            if self.child.wait(5) != 0:
                self.cluster.refused(self.child, reply)
                raise Failed(reply)
            return version
        finally:
            self.child.kill()
            self.child.wait()

    def run(self):
        version, tries = None, 0
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
            if version is None or time.time() - began < 1 and self.child:
                tries += 1
                time.sleep(min(10, 2 ** tries / 4))
            elif time.time() - began > 20:
                tries = 0

    def stop(self):
        self.over = True
        if self.child:
            self.child.kill()


class OwnNode(Follow):
    """This node, kept here for requests of `node`."""

    def __init__(self, cluster):
        super().__init__(cluster, "node", "/api/v1/nodes?fieldSelector=metadata.name%%3D%s&" % cluster.node, NODE, "resourceVersion=0")
        self.item, self.failed, self.first = None, None, threading.Event()

    def state(self, state, reply="", why=""):
        self.sent = time.time()
        if state != "listing":
            self.failed = Failed(reply) if state == "lost" else None
            self.first.set()

    def row(self, item, gone=False):
        self.item = None if gone else self.keep(item)
        return ""
