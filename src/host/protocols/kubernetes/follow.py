# Tables of a cluster that are kept by list and watch, and told by difference.
# What makes pods.
MAKERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob")


class Follow(threading.Thread):
    """A table kept by list and watch: rows go over the line when they change, and what ails it when it ails."""

    def __init__(self, cluster, topic, url, tree, fresh, pages=0):
        super().__init__(daemon=True)
        self.cluster, self.topic, self.url, self.keep, self.fresh, self.pages = cluster, topic, url, keeper(tree), fresh, pages
        self.rows, self.waiting, self.cut, self.child, self.over, self.told = {}, [], False, None, False, 0

    def state(self, state, said="", why=""):
        self.told = time.time()
        if self.topic == "pods here":
            self.cluster.blind = state == "lost"
            self.cluster.listing = self.told if state == "listing" else None
        tell(t=self.topic, state=state, at=self.told, said=said, why=why, cut=self.cut)

    def row(self, item, gone=False):
        uid = re.sub(r"[^\w.-]", "", str((item.get("metadata") or {}).get("uid")))[:64]
        if gone:
            if self.rows.pop(uid, None) is not None:
                say("-\t%s\t%s" % (self.topic, uid))
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
            say("\n".join(self.waiting))
            self.waiting = []

    def list(self):
        if not self.told:
            self.state("listing")
        items, seen = self.cluster.items(self.url + self.fresh, self.pages), set()
        version = next(items)
        for item in items:
            seen.add(self.row(item))
            # A write for each of thousands of rows would cost more than the rows.
            if len(self.waiting) >= 50:
                self.flush()
            if self.over:
                return version
        self.flush()
        for uid in set(self.rows) - seen:
            del self.rows[uid]
            say("-\t%s\t%s" % (self.topic, uid))
        self.state("live")
        return version

    def watch(self, version):
        """Events until the watch ends: the version to go on from, or None to list anew."""
        self.child = self.cluster.start("%swatch=1&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s" % (
            self.url, WATCH_S, version))
        try:
            for line in self.child.stdout:
                event = json.loads(line)
                kind, item = event.get("type"), event.get("object") or {}
                if kind == "ERROR":
                    if item.get("code") in (410, 504):
                        return None
                    raise Failed(item.get("message") or "the API server ended the watch")
                # A pod came or went, or what makes pods is warned of: one that may make none is seen by that alone.
                if (kind in ("ADDED", "DELETED") if self.topic.startswith("pods")
                        else (item.get("involvedObject") or {}).get("kind") in MAKERS):
                    self.cluster.turned = time.time()
                if kind != "BOOKMARK":
                    self.row(item, kind == "DELETED")
                    self.flush()
                version = (item.get("metadata") or {}).get("resourceVersion") or version
                # That something was heard is said once in five seconds.
                if time.time() - self.told > 5:
                    self.state("live")
            said = self.child.stderr.read(4096).decode("utf-8", "replace")
            if self.child.wait(5) != 0:
                self.cluster.refused(self.child, said)
                raise Failed(said)
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
                # What was missed while nothing was heard is listed; that also shows at once that it answers again.
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
    """This node, kept here: who asks is told how it stands."""

    def __init__(self, cluster):
        super().__init__(cluster, "node", "/api/v1/nodes?fieldSelector=metadata.name%%3D%s&" % cluster.node, NODE, "resourceVersion=0")
        self.item, self.failed, self.first = None, None, threading.Event()

    def state(self, state, said="", why=""):
        self.told = time.time()
        if state != "listing":
            self.failed = Failed(said) if state == "lost" else None
            self.first.set()

    def row(self, item, gone=False):
        self.item = None if gone else self.keep(item)
        return ""

