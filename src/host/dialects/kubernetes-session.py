# One session with a Kubernetes cluster, as this node sees it: kubectl with the node's own kubeconfig, whose credentials stay
# here. What is listed and watched is trimmed to the fields named below before it goes over the line: no environment, no
# command, no annotation but two, never a secret or a configmap. stdin: questions, stdout: rows and answers, one a line. It
# writes nothing, opens no port, starts at most four kubectl at a time, and is gone with them when stdin ends.
import base64, calendar, codecs, glob, http.client, json, os, re, select, shutil, ssl, subprocess, sys, threading, time

PLACES = json.loads(sys.argv[1])
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin"
ENV = {"PATH": PATH, "LC_ALL": "C", "HOME": "/nonexistent", "KUBECONFIG": "", "KUBERC": "off"}
IDLE_S, WATCH_S, MOST_ROWS = 8, 290, 20000
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


def text(path, most=65536):
    try:
        with open(path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def flags():
    """Those of the kubelet that runs here, wherever its distribution keeps them."""
    words = []
    for comm in glob.glob("/proc/[0-9]*/comm"):
        if text(comm).strip() in ("kubelet", "kubelite", "k3s-server", "k3s-agent", "k3s", "rke2"):
            words = text(comm[:-4] + "cmdline").split("\0") + text("/var/snap/microk8s/current/args/kubelet").split()
            break
    found = {}
    for i, word in enumerate(words):
        name, has, value = word.partition("=")
        if name.startswith("--"):
            found[name[2:]] = value if has else (words[i + 1] if i + 1 < len(words) else "")
    return found, bool(words)


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
        self.lease = (0, {})
        self.node = (self.flags.get("hostname-override") or self.flags.get("node-name") or os.uname().nodename).lower()
        own = self.flags.get("kubeconfig")
        asked = PLACES + ([{"name": "node identity", "config": own}] if own else [])
        self.places, self.no = [], ["no kubeconfig at any of the places where distributions keep one"]
        for place in asked:
            config = place["config"]
            if not os.path.exists(config) or config in [p["config"] for p in self.places]:
                continue
            kubectl = next((found for found in map(self.which, place.get("kubectl", []) + ["kubectl"]) if found), None)
            if not os.access(config, os.R_OK):
                self.no.append("denied: %s may not be read" % config)
            elif re.search(r"^\s*exec:", text(config), re.M):
                self.no.append("%s runs a program to log in: not used" % config)
            elif kubectl is None:
                self.no.append("%s is there, kubectl is not" % config)
            else:
                self.places.append(dict(place, argv=[kubectl, "--kubeconfig", config]))

    @staticmethod
    def which(name):
        return shutil.which(name, path=PATH)

    def start(self, url, *more):
        return subprocess.Popen(self.places[0]["argv"] + list(more) + ["get", "--raw", url], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, cwd="/")

    def refused(self, said):
        """Credentials that are no longer good: the next, if there are others."""
        if len(self.places) > 1 and re.search(r"Unauthorized|logged in to the server|provide credentials|tls: expired", said):
            self.places.append(self.places.pop(0))

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
            self.refused(words)
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


class Follow(threading.Thread):
    """A table kept by list and watch: rows go over the line when they change, and what ails it when it ails."""

    def __init__(self, cluster, topic, url, tree, fresh, pages=0):
        super().__init__(daemon=True)
        self.cluster, self.topic, self.url, self.keep, self.fresh, self.pages = cluster, topic, url, keeper(tree), fresh, pages
        self.rows, self.waiting, self.cut, self.child, self.over, self.told = {}, [], False, None, False, 0

    def state(self, state, said="", why=""):
        self.told = time.time()
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
                self.cluster.refused(said)
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


def read_ends(path):
    """Until when a certificate is good; the private key that may stand in the same file is not looked at."""
    try:
        return ssl.cert_time_to_seconds(ssl._ssl._test_decode_cert(path)["notAfter"])
    except Exception:
        return None


def inline_ends(config):
    """The same of the one that stands in a kubeconfig itself, as kubeadm and k3s write it: the end of its validity in DER."""
    try:
        data = re.search(r'^\s*"?client-certificate-data"?:\s*"?([\w+/=]+)', text(config), re.M).group(1)
        pem = base64.b64decode(data).decode("ascii", "replace")
        short, long = re.search(rb"0[\x1e-\x22](?:\x17\r\d{12}|\x18\x0f\d{14})Z(?:\x17\r(\d{12})|\x18\x0f(\d{14}))Z", ssl.PEM_cert_to_DER_cert(
            re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", pem, re.S).group())).groups()
        return calendar.timegm(time.strptime((short or long).decode(), "%y%m%d%H%M%S" if short else "%Y%m%d%H%M%S"))
    except Exception:
        return None


def space(paths):
    for path in paths:
        try:
            s = os.statvfs(path)
            return {"path": path, "bytes": s.f_blocks * s.f_frsize, "free": s.f_bavail * s.f_frsize, "inodes": s.f_files, "inodesFree": s.f_ffree}
        except OSError:
            continue
    return None


def names(path):
    try:
        return sorted(os.listdir(path))[:2000]
    except OSError:
        return None


def here(cluster):
    """What the node tells by itself, API server or not."""
    cluster.flags, cluster.kubelet = flags()
    root = cluster.flags.get("root-dir") or "/var/lib/kubelet"
    config = text(cluster.flags.get("config") or root + "/config.yaml")
    line = lambda key: (re.search(r'^%s:\s*"?([^"\s#]+)' % key, config, re.M) or [None, None])[1]
    hard = re.search(r"^evictionHard:\n((?:[ \t]+\S.*\n?)+)", config, re.M)
    port = int(cluster.flags.get("healthz-port") or line("healthzPort") or 10248)
    began = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/healthz")
        health = connection.getresponse().read(200).decode("utf-8", "replace")
    except Exception as error:
        health = "%s: %s" % (type(error).__name__, error)
    took = (time.monotonic() - began) * 1000
    certs = [path for pattern in (
        "/etc/kubernetes/pki/*.crt", "/etc/kubernetes/pki/etcd/*.crt", root + "/pki/kubelet-client-current.pem", root + "/pki/kubelet.crt",
        "/var/snap/microk8s/current/certs/*.crt", "/var/lib/rancher/*/server/tls/*.crt", "/var/lib/rancher/*/agent/*.crt") for path in glob.glob(pattern)]
    configs = [place["config"] for place in cluster.places]
    certs += [path for config in configs for path in re.findall(r"^\s*client-certificate:\s*(/\S+)", text(config), re.M)]
    ends = {path: read_ends(path) for path in certs}
    ends.update({config: inline_ends(config) for config in configs if "client-certificate-data" in text(config)})
    return {"now": time.time(), "node": cluster.node, "kubelet": {"runs": cluster.kubelet, "healthz": health, "port": port, "tookMs": took},
            "config": configs[0] if configs else "", "manifests": names(line("staticPodPath") or cluster.flags.get("pod-manifest-path") or "/etc/kubernetes/manifests"),
            "pods": names("/var/log/pods"), "certs": [{"path": path, "ends": ends[path]} for path in sorted(ends)[:40]],
            "maxPods": line("maxPods") or cluster.flags.get("max-pods"),
            "evictionHard": cluster.flags.get("eviction-hard") or dict(re.findall(r'([\w.]+):\s*"?([^"\s]+)', hard.group(1)) if hard else []),
            "nodefs": space([root, "/var/snap/microk8s/common/var/lib/kubelet", "/"]),
            "imagefs": space(["/var/lib/containerd", "/var/lib/containers/storage", "/var/snap/microk8s/common/var/lib/containerd",
                              "/var/lib/rancher/k3s/agent/containerd", "/var/lib/rancher/rke2/agent/containerd"]),
            "threads": (re.findall(r"/(\d+) ", text("/proc/loadavg")) or [None])[0], "pidMax": text("/proc/sys/kernel/pid_max").strip()}


def logged_here(namespace, name, container, before):
    """The end of a log where the runtime writes it: `TIME stdout F TEXT`. None: this node has none."""
    files = sorted(glob.glob("/var/log/pods/%s_%s_*/%s/*.log" % (namespace, name, container)), key=lambda path: int(re.sub(r"\D", "", os.path.basename(path)) or 0))
    if len(files) <= before:
        return None
    try:
        with open(files[-1 - before], "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 32768))
            said = file.read(32768).decode("utf-8", "replace")
    except OSError:
        return None
    return re.sub(r"^(\S+) std(?:out|err) [FP] ", r"\1 ", "\n".join(said.splitlines()[-60:]), flags=re.M)


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


def answer(cluster, asked):
    kind, _, rest = asked.partition(" ")
    if asked == "local":
        return here(cluster)
    if not cluster.places:
        raise Failed("; ".join(cluster.no))
    if asked == "node":
        began = time.monotonic()
        node = kept(cluster.get("/api/v1/nodes/" + cluster.node), NODE)
        took = (time.monotonic() - began) * 1000
        # Renewed every 10 s, and called dead after 40 s: it need not be asked for each time.
        if time.time() - cluster.lease[0] > 35:
            try:
                cluster.lease = time.time(), kept(cluster.get(LEASES + cluster.node), LEASE)
            except Failed as failed:
                cluster.lease = time.time(), {"failed": str(failed)}
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
    if kind == "events":
        return listed(cluster, "/api/v1/namespaces/%s/events?limit=200&fieldSelector=involvedObject.name%%3D%s" % (namespace, name), EVENT)
    if kind == "log":
        before = "&previous=true" if more[1:] == ["previous"] else ""
        try:
            return "".join(cluster.pieces("%s/log?container=%s&tailLines=60&limitBytes=32768&timestamps=true%s" % (pod, more[0], before))[1])
        except Failed as failed:
            said = logged_here(namespace, name, more[0], bool(before)) if failed.why != "absent" else None
            if said is None:
                raise
            return "as it lies on this node, since the API server does not give it (%s)\n%s" % (failed, said)
    raise Failed("not on the list: " + asked)


def one(cluster, number, asked):
    try:
        if asked == "local":
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
    place = cluster.places[0] if cluster.places else {}
    tell(ready=1, node=cluster.node, place=place.get("name"), config=place.get("config"))
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
        elif asked.get("drop") in follows:
            follows.pop(asked["drop"]).stop()
        elif "ask" in asked:
            threading.Thread(target=one, args=(cluster, asked["id"], asked["ask"]), daemon=True).start()
    for follow in follows.values():
        follow.stop()


serve()
os._exit(0)
