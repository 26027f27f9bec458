# One session with a Kubernetes cluster, as this node sees it: kubectl with the node's own kubeconfig, whose credentials stay
# here. What is listed and watched is trimmed to the fields named below before it goes over the line: no environment, no
# command, no annotation but two, never a secret or a configmap. stdin: questions, stdout: rows and answers, one a line. It
# writes nothing, opens no port, starts at most five kubectl at a time and two more for logs that a person looks at, and is
# gone with them when stdin ends.
import base64, calendar, codecs, collections, glob, json, os, re, select, shutil, socket, ssl, stat, subprocess, sys, threading, time

PLACES = json.loads(sys.argv[1])
# In front of every path that is looked at: a test's folder in place of a host.
HERE = sys.argv[2] if len(sys.argv) > 2 else ""
# Without /snap/bin: what is started from there makes folders in HOME first.
PATH = ":".join(HERE + path for path in ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))
# Where one process is everything (MicroK8s, k3s) its name stands for the kubelet's; RKE2 has both.
KUBELETS = ("kubelet", "kubelite", "k3s-server", "k3s-agent", "k3s", "rke2")
ENV = {"PATH": PATH, "LC_ALL": "C", "HOME": "/nonexistent", "KUBECONFIG": "", "KUBERC": "off"}
IDLE_S, WATCH_S, PULSE_S, LEASE_S, MOST_ROWS = 8, 290, 3, 60, 20000
NAME = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
MINE = "fieldSelector=spec.nodeName%3D"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/"
out, polls = threading.Lock(), threading.Semaphore(1)
encode = json.JSONEncoder(separators=(",", ":")).encode


def say(line):
    with out:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def tell(**what):
    say(json.dumps(what, separators=(",", ":")))


def text(path, root=None, most=65536):
    try:
        with open((HERE if root is None else root) + path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def flags():
    """Those of the kubelet that runs here, wherever its distribution keeps them."""
    found = {}
    for comm in glob.glob(HERE + "/proc/[0-9]*/comm"):
        name = text(comm, "").strip()
        if name in KUBELETS:
            found.setdefault(KUBELETS.index(name), text(comm[:-4] + "cmdline", "").split("\0"))
    words = found[min(found)] if found else []
    words = words + (text("/var/snap/microk8s/current/args/kubelet").split() if words else [])
    said = {}
    for i, word in enumerate(words):
        name, has, value = word.partition("=")
        if name.startswith("--"):
            said[name[2:]] = value if has else (words[i + 1] if i + 1 < len(words) else "")
    return said, bool(words)


def which(name):
    return shutil.which(HERE + name if name.startswith("/") else name, path=PATH)


class Failed(Exception):
    def __init__(self, said):
        said = " ".join(said.split())[-400:]
        super().__init__(said or "kubectl ended without a word")
        self.why = ("denied" if re.search(r"\((Forbidden|Unauthorized)\)|logged in to the server", said) else
                    "absent" if "(NotFound)" in said else
                    "timeout" if re.search(r"imeout|deadline|timed out|no word", said) else "failed")


def failure(error):
    return error if isinstance(error, Failed) else Failed("%s: %s" % (type(error).__name__, error))


class Cluster:
    def __init__(self):
        self.flags, self.kubelet = flags()
        self.lease, self.line, self.own, self.kept = (0, {}), None, None, threading.Lock()
        # Of the node itself, found when it was last looked through: where the kubelet tells how it is, where the runtime listens.
        self.port, self.sock = None, None
        # Pods cannot be listed: then the node's own runtime is asked what it runs.
        self.blind, self.listing = False, None
        self.node = (self.flags.get("hostname-override") or self.flags.get("node-name") or os.uname().nodename).lower()
        own = self.flags.get("kubeconfig")
        asked = PLACES + ([{"name": "node identity", "config": own}] if own else [])
        self.places, self.no = [], ["no kubeconfig at any of the places where distributions keep one"]
        for place in asked:
            config = place["config"]
            there = all(os.path.exists(HERE + path) for path in (config, place.get("beside", "/")))
            if not there or config in [p["config"] for p in self.places]:
                continue
            kubectl = next((found for found in map(which, place.get("kubectl", []) + ["kubectl"]) if found), None)
            if not os.access(HERE + config, os.R_OK):
                self.no.append("denied: %s may not be read" % config)
            elif re.search(r"^\s*exec:", text(config), re.M):
                self.no.append("%s runs a program to log in: not used" % config)
            elif kubectl is None:
                self.no.append("%s is there, kubectl is not" % config)
            else:
                self.places.append(dict(place, argv=[kubectl, "--kubeconfig", HERE + config]))

    def start(self, url, *more):
        place = self.places[0]
        child = subprocess.Popen(place["argv"] + list(more) + ["get", "--raw", url], stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, cwd="/")
        child.place = place
        return child

    def refused(self, child, said):
        """Credentials that are no longer good: the next, if there are others. Several are refused at the same time: who was
        started with those that were left already changes nothing."""
        if not re.search(r"Unauthorized|logged in to the server|provide credentials|tls: expired", said):
            return
        with self.kept:
            if len(self.places) > 1 and child.place is self.places[0]:
                self.places.append(self.places.pop(0))
                # The next may name another server.
                self.line = None
                tell(moved=1, **self.place())

    def place(self):
        """With what it is asked, for the screen."""
        now = self.places[0] if self.places else {}
        return {"place": now.get("name"), "config": now.get("config")}

    def pieces(self, url):
        """What one list says, piece by piece; it is asked for at once, not when the first piece is wanted."""
        child = self.start(url)
        return child, self.said_by(child)

    def said_by(self, child):
        """A server that says nothing for IDLE_S is not waited for."""
        said = [b""]
        reader = threading.Thread(target=lambda: said.append(child.stderr.read(4096)), daemon=True)
        reader.start()
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            while True:
                if not select.select([child.stdout], [], [], IDLE_S)[0]:
                    raise Failed("no word from the API server in %d s: timed out" % IDLE_S)
                piece = os.read(child.stdout.fileno(), 262144)
                if not piece:
                    break
                yield decoder.decode(piece)
            code = child.wait(5)
        finally:
            child.kill()
            child.wait()
            reader.join(1)
        if code != 0:
            words = said[-1].decode("utf-8", "replace")
            self.refused(child, words)
            raise Failed(words)

    def get(self, url):
        return json.loads("".join(self.pieces(url)[1]) or "null")

    @staticmethod
    def page(pieces):
        """What stands before the items of a list, then its items as they come, so that never more than one is held."""
        decoder, rest, at = json.JSONDecoder(), "", 0
        while '"items":' not in rest:
            piece = next(pieces, None)
            if piece is None:
                raise Failed("the API server sent no list")
            rest += piece
        head, _, rest = rest.partition('"items":')
        yield head
        while True:
            while rest[at:at + 1] in ("[", ",", "\n", " "):
                at += 1
            if rest[at:at + 1] in ("]", "n"):
                break
            try:
                item, at = decoder.raw_decode(rest, at)
                yield item
            except ValueError:
                piece = next(pieces, None)
                if piece is None:
                    raise Failed("the list ended in the middle")
                rest, at = rest[at:] + piece, 0
        for _ in pieces:
            pass

    def items(self, url, pages=0):
        """The version of a list, then its items. With `pages` the rest is asked for in pages of so many, each as soon as the
        one before begins: the API server writes it while that one is read."""
        now, ahead = self.pieces(url), None
        try:
            page = self.page(now[1])
            head = next(page)
            version = re.search(r'"resourceVersion":"(\w*)"', head)
            yield version.group(1) if version else "0"
            while now:
                more = pages and re.search(r'"continue":"([\w=-]+)"', head)
                ahead = more and self.pieces("%slimit=%d&continue=%s" % (url.partition("limit=")[0], pages, more.group(1)))
                yield from page
                now, ahead = ahead, None
                if now:
                    page = self.page(now[1])
                    head = next(page)
        finally:
            for child, _ in filter(None, (now, ahead)):
                child.kill()
                child.wait()


    def answers_in(self):
        """Milliseconds until the API server says that it is ready. No credentials go there, so whoever answers learns nothing."""
        import http.client
        server = re.search(r'^\s*"?server"?:\s*"?(https?)://([^\s"/]+)', text(self.places[0]["config"]), re.M)
        if not server:
            return None
        with self.kept:
            began = time.monotonic()
            while True:
                line, self.line = self.line, None
                known = line is not None
                if not known:
                    kind = http.client.HTTPSConnection if server.group(1) == "https" else http.client.HTTPConnection
                    more = {"context": ssl._create_unverified_context()} if server.group(1) == "https" else {}
                    line = kind(server.group(2), timeout=PULSE_S, **more)
                try:
                    line.request("GET", "/readyz")
                    answer = line.getresponse()
                    said = answer.read(65536).decode("utf-8", "replace")
                except socket.timeout:
                    line.close()
                    raise Failed("no word from the API server in %d s: timed out" % PULSE_S)
                except (OSError, http.client.HTTPException) as error:
                    line.close()
                    # A line that was kept open may have been closed meanwhile.
                    if known:
                        continue
                    raise Failed("%s:%s: %s" % (line.host, line.port, getattr(error, "strerror", None) or error or type(error).__name__))
                break
            self.line = line
        # Anybody may ask that unless it was forbidden: then it has answered, too.
        bad = re.findall(r"^\[-\](etcd\S*|ping|shutdown)", said, re.M) if answer.status >= 500 else []
        if bad:
            raise Failed("the API server is not ready: %s failed" % ", ".join(bad))
        return (time.monotonic() - began) * 1000

    def own_node(self):
        """This node as it is watched from the first question on."""
        with self.kept:
            if self.own is None:
                self.own = OwnNode(self)
                self.own.start()
        if not self.own.first.wait(IDLE_S):
            raise Failed("no word from the API server in %d s: timed out" % IDLE_S)
        if self.own.failed:
            raise self.own.failed
        if self.own.item is None:
            raise Failed("Error from server (NotFound): nodes \"%s\" not found" % self.node)
        return self.own.item


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


def listed(cluster, url, tree):
    items = cluster.items(url)
    next(items)
    keep = keeper(tree)
    return [keep(item) for item in items][:MOST_ROWS]


def first(*ways):
    for way in ways[:-1]:
        try:
            return way()
        except Failed as failed:
            if failed.why != "absent":
                raise
    return ways[-1]()


def claims(cluster, namespace, pod):
    """What stands behind the volumes of a pod that are claimed: the claim and the volume that it is bound to."""
    found = []
    for volume in (pod.get("spec") or {}).get("volumes") or []:
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        # One that is made for the pod and goes with it is called after both.
        if "ephemeral" in volume:
            claim = "%s-%s" % (pod["metadata"]["name"], volume["name"])
        if not claim or not re.fullmatch(NAME, claim) or len(found) >= 20:
            continue
        one = {"volume": volume["name"], "claim": claim}
        found.append(one)
        try:
            one["of"] = kept(cluster.get("/api/v1/namespaces/%s/persistentvolumeclaims/%s" % (namespace, claim)), CLAIM)
            bound = (one["of"].get("spec") or {}).get("volumeName", "")
            if re.fullmatch(NAME, bound):
                one["pv"] = kept(cluster.get("/api/v1/persistentvolumes/" + bound), VOLUME)
        except Failed as failed:
            one["failed"] = str(failed)
    return found


def answer(cluster, asked):
    kind, _, rest = asked.partition(" ")
    if asked in BY_ITSELF:
        return BY_ITSELF[asked](cluster)
    if not cluster.places:
        raise Failed("; ".join(cluster.no))
    if asked == "node":
        took = cluster.answers_in()
        node = cluster.own_node()
        # Renewed every 10 s, and called dead after 40 s: then the node itself says so.
        if time.time() - cluster.lease[0] > LEASE_S and polls.acquire(False):
            try:
                cluster.lease = time.time(), kept(cluster.get(LEASES + cluster.node), LEASE)
            except Failed as failed:
                cluster.lease = time.time(), {"failed": str(failed)}
            finally:
                polls.release()
        at, lease = cluster.lease
        return {"now": time.time(), "tookMs": took, "node": node, "lease": lease, "leaseAt": at}
    if asked == "nodes":
        return {"now": time.time(), "nodes": listed(cluster, "/api/v1/nodes?resourceVersion=0", NODE)}
    if asked == "owners":
        kinds = {"Deployment": "/apis/apps/v1/deployments", "StatefulSet": "/apis/apps/v1/statefulsets",
                 "DaemonSet": "/apis/apps/v1/daemonsets", "Job": "/apis/batch/v1/jobs"}
        return {"now": time.time(), **{name: listed(cluster, url + "?resourceVersion=0", OWNER) for name, url in kinds.items()}}
    if asked == "pdbs":
        return first(*(lambda v=v: listed(cluster, "/apis/policy/%s/poddisruptionbudgets?resourceVersion=0" % v, PDB) for v in ("v1", "v1beta1")))
    namespace, name, *more = rest.split("/")
    pod = "/api/v1/namespaces/%s/pods/%s" % (namespace, name)
    if kind == "pod":
        return kept(cluster.get(pod), ONE_POD)
    if kind == "claims":
        return claims(cluster, namespace, cluster.get(pod))
    if kind == "events":
        return listed(cluster, "/api/v1/namespaces/%s/events?limit=200&fieldSelector=involvedObject.name%%3D%s" % (namespace, name), EVENT)
    if kind == "log":
        container = more[0]
        try:
            return "".join(cluster.pieces("%s/log?container=%s&tailLines=60&limitBytes=32768&timestamps=true&previous=true" % (pod, container))[1])
        except Failed as failed:
            said = before_here(namespace, name, container) if failed.why != "absent" else None
            if said is None:
                raise
            return "%s\n%s" % (since_not_given(failed), said)
    raise Failed("not on the list: " + asked)


def one(cluster, number, asked):
    try:
        # What starts no kubectl waits for none.
        if asked in BY_ITSELF or asked == "node":
            return tell(id=number, body=answer(cluster, asked))
        with polls:
            tell(id=number, body=answer(cluster, asked))
    except Exception as error:
        known = failure(error)
        tell(id=number, why=known.why, said=str(known))


def serve():
    cluster = Cluster()
    if not cluster.places and not cluster.kubelet:
        return tell(fail="denied" if any(no.startswith("denied") for no in cluster.no) else "absent", said="; ".join(cluster.no))
    tell(ready=1, node=cluster.node, **cluster.place())
    topics = {"pods here": ("/api/v1/pods?%s%s&" % (MINE, cluster.node), POD, "resourceVersion=0"),
              "pods all": ("/api/v1/pods?", POD, "limit=500", 2000),
              "events": ("/api/v1/events?fieldSelector=type%3DWarning&", EVENT, "limit=1000")}
    follows = {}
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        topic = asked.get("follow")
        if topic in topics and topic not in follows:
            if not cluster.places:
                tell(t=topic, state="lost", at=time.time(), said="; ".join(cluster.no), why="denied", cut=False)
                continue
            follows[topic] = Follow(cluster, topic, *topics[topic])
            follows[topic].start()
        elif topic and topic not in follows and re.fullmatch("log %s/%s/%s" % (NAME, NAME, NAME), topic):
            follows[topic] = tailed(cluster, topic, follows)
            follows[topic].start()
        elif asked.get("drop") in follows:
            follows.pop(asked["drop"]).stop()
        elif "ask" in asked:
            threading.Thread(target=one, args=(cluster, asked["id"], asked["ask"]), daemon=True).start()
    for follow in [*follows.values(), *filter(None, [cluster.own])]:
        follow.stop()

