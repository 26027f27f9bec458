# State of the node without the API server: kubelet, certificates, space, and containers of the runtime.
RUNTIMES = ("/run/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock", "/var/snap/microk8s/common/run/containerd.sock",
            "/var/snap/k8s/common/run/containerd.sock", "/run/crio/crio.sock", "/var/run/crio/crio.sock", "/run/cri-dockerd.sock")
TOOLS = {"crictl": ("crictl", "/var/lib/rancher/k3s/data/current/bin/crictl", "/var/lib/rancher/rke2/bin/crictl", "/snap/k8s/current/bin/crictl"),
         "ctr": ("ctr", "/snap/microk8s/current/bin/ctr", "/var/lib/rancher/k3s/data/current/bin/ctr", "/var/lib/rancher/rke2/bin/ctr",
                 "/snap/k8s/current/bin/ctr")}
IMAGES = ("/var/lib/containerd", "/var/lib/containers/storage", "/var/snap/microk8s/common/var/lib/containerd",
          "/var/snap/k8s/common/var/lib/containerd", "/var/lib/rancher/k3s/agent/containerd", "/var/lib/rancher/rke2/agent/containerd")
CERTIFICATES = ("/etc/kubernetes/pki/*.crt", "/etc/kubernetes/pki/etcd/*.crt", "/var/snap/microk8s/current/certs/*.crt",
                "/var/lib/rancher/*/server/tls/*.crt", "/var/lib/rancher/*/agent/*.crt")
# Each new container costs a start of ctr or crictl; what is known of one does not change.
MOST_NEW, known = 60, {}


def read_ends(path):
    """Expiry of a certificate; a private key in the same file is not read."""
    try:
        return ssl.cert_time_to_seconds(ssl._ssl._test_decode_cert(HERE + path)["notAfter"])
    except Exception:
        return None


def inline_ends(config):
    """Expiry of the certificate inside a kubeconfig, as kubeadm and k3s write it, from its DER."""
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
            s = os.statvfs(HERE + path)
            return {"path": path, "bytes": s.f_blocks * s.f_frsize, "free": s.f_bavail * s.f_frsize, "inodes": s.f_files, "inodesFree": s.f_ffree}
        except (OSError, TypeError):
            continue
    return None


def names(path):
    try:
        return sorted(os.listdir(HERE + path))[:2000]
    except OSError:
        return None


def settings(cluster):
    """Root folder and configuration of the kubelet, and a reader of one key of it."""
    cluster.flags, cluster.kubelet = flags()
    root = cluster.flags.get("root-dir") or next((p for p in ("/var/snap/microk8s/common/var/lib/kubelet",) if os.path.isdir(HERE + p)), "/var/lib/kubelet")
    config = text(cluster.flags.get("config") or root + "/config.yaml")
    return root, config, lambda key: (re.search(r'^%s:\s*"?([^"\s#]+)' % key, config, re.M) or [None, None])[1]


def kubelet_health(cluster):
    # Imported here: it takes a third of the start of this program, which is to report ready first.
    import http.client
    began = time.monotonic()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", cluster.port, timeout=2)
        connection.request("GET", "/healthz")
        health = connection.getresponse().read(200).decode("utf-8", "replace")
        connection.close()
    except Exception as error:
        health = "%s: %s" % (type(error).__name__, error)
        cluster.flags, cluster.kubelet = flags()
    return {"runs": cluster.kubelet, "healthz": health, "port": cluster.port, "tookMs": (time.monotonic() - began) * 1000}


def pulse(cluster):
    """Health of kubelet and runtime, read every two seconds; `local` has the rest."""
    if cluster.port is None:
        here(cluster)
    reply, took = speaks(cluster.sock) if cluster.sock else (None, None)
    return {"now": time.time(), "kubelet": kubelet_health(cluster), "runtime": {"says": reply, "tookMs": took}}


def here(cluster):
    root, config, line = settings(cluster)
    hard = re.search(r"^evictionHard:\n((?:[ \t]+\S.*\n?)+)", config, re.M)
    port = int(cluster.flags.get("healthz-port") or line("healthzPort") or 10248)
    cluster.port, cluster.sock = port, endpoint(cluster, line)
    certs = [path[len(HERE):] for pattern in CERTIFICATES for path in glob.glob(HERE + pattern)]
    certs += [path for path in (root + "/pki/kubelet-client-current.pem", root + "/pki/kubelet.crt") if os.path.exists(HERE + path)]
    configs = [place["config"] for place in cluster.places]
    certs += [path for config in configs for path in re.findall(r"^\s*client-certificate:\s*(/\S+)", text(config), re.M)]
    ends = {path: read_ends(path) for path in certs}
    ends.update({config: inline_ends(config) for config in configs if "client-certificate-data" in text(config)})
    return {"now": time.time(), "node": cluster.node, "kubelet": kubelet_health(cluster),
            "config": configs[0] if configs else "", "pods": names("/var/log/pods"),
            "manifests": names(line("staticPodPath") or cluster.flags.get("pod-manifest-path") or "/etc/kubernetes/manifests"),
            "certs": [{"path": path, "ends": ends[path]} for path in sorted(ends)[:40]],
            "maxPods": line("maxPods") or cluster.flags.get("max-pods"),
            "evictionHard": cluster.flags.get("eviction-hard") or dict(re.findall(r'([\w.]+):\s*"?([^"\s]+)', hard.group(1)) if hard else []),
            "nodefs": space([root, "/"]), "imagefs": space([images_root(cluster.sock), *IMAGES]),
            "threads": (re.findall(r"/(\d+) ", text("/proc/loadavg")) or [None])[0], "pidMax": text("/proc/sys/kernel/pid_max").strip()}


def endpoint(cluster, line):
    """Socket of the runtime by the configuration of the kubelet, else the first that exists."""
    configured = cluster.flags.get("container-runtime-endpoint") or line("containerRuntimeEndpoint")
    if configured:
        return configured[7:] if configured.startswith("unix://") else configured
    return next((path for path in RUNTIMES if os.path.exists(HERE + path)), None)


def images_root(sock):
    """Image root of the containerd behind a socket, if its configuration has one."""
    for comm in glob.glob(HERE + "/proc/[0-9]*/comm"):
        if text(comm, "").strip() == "containerd":
            words = text(comm[:-4] + "cmdline", "").split("\0")
            config = next((b for a, b in zip(words, words[1:]) if a in ("-c", "--config")), "/etc/containerd/config.toml")
            reply = text(config)
            if sock is None or sock in reply or sock in words:
                root = re.search(r'^root\s*=\s*"([^"]+)"', reply, re.M)
                return root and root.group(1)
    return None


def speaks(path):
    """Health of a gRPC socket by the HTTP/2 preface, which the daemon replies to with SETTINGS at no cost."""
    began = time.monotonic()
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            s.connect(HERE + path)
            s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0")
            head = s.recv(9)
        reply = "ok" if head[3:4] == b"\4" else "no HTTP/2 response"
    except socket.timeout:
        reply = "timeout after 2 s"
    except OSError as error:
        reply = "%s: %s" % (type(error).__name__, error.strerror or error)
    return reply, (time.monotonic() - began) * 1000


def run(argv, tries=6):
    try:
        ended = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, cwd="/", timeout=tries)
    except subprocess.TimeoutExpired:
        raise Failed("%s: timeout after %d s" % (os.path.basename(argv[0]), tries))
    if ended.returncode != 0:
        raise Failed(ended.stderr.decode("utf-8", "replace"))
    return ended.stdout.decode("utf-8", "replace")


def row(one, labels, **more):
    of = lambda name: str(labels.get("io.kubernetes." + name) or "")[:253]
    return dict({"id": one, "uid": of("pod.uid"), "namespace": of("pod.namespace"), "pod": of("pod.name"), "name": of("container.name")}, **more)


def of_crictl(tool, sock):
    """Containers by the CRI; the end of one is read once."""
    cri = [tool, "--runtime-endpoint", "unix://" + sock, "--timeout", "4s"]
    listed = json.loads(run(cri + ["ps", "-a", "-o", "json"]) or "{}").get("containers") or []
    rows, asked = [], 0
    for c in listed[:MOST_ROWS]:
        state = str(c.get("state", "")).replace("CONTAINER_", "").lower()
        made = c.get("createdAt")
        ended = known.get(c["id"])
        if state == "exited" and ended is None and asked < MOST_NEW:
            asked += 1
            try:
                status = json.loads(run(cri + ["inspect", "-o", "json", c["id"]])).get("status") or {}
                ended = known[c["id"]] = {k: status.get(k) for k in ("exitCode", "reason", "finishedAt")}
            except (Failed, ValueError):
                pass
        rows.append(row(c["id"], c.get("labels") or {}, state=state, attempt=(c.get("metadata") or {}).get("attempt"),
                        created=int(made) / 1e9 if made else None, image=(c.get("image") or {}).get("image"), **(ended or {})))
    return rows


def of_ctr(tool, sock):
    """Containers by containerd, without exit codes; the attempt is in the name of the log."""
    ctr = [tool, "-a", sock, "-n", "k8s.io", "--timeout", "4s"]
    ids = run(ctr + ["containers", "ls", "-q"]).split()
    tasks = {words[0]: (words[1], words[2].lower()) for words in map(str.split, run(ctr + ["tasks", "ls"]).splitlines()[1:]) if len(words) == 3}
    for gone in [one for one in known if one not in ids]:
        del known[gone]
    for one in [one for one in ids if one not in known][:MOST_NEW]:
        try:
            reply = json.loads(run(ctr + ["containers", "info", one]))
        except Failed as failed:
            # Containers of a crash-looping pod may be gone between the two calls.
            if "not found" in str(failed):
                continue
            raise
        known[one] = reply.get("Labels") or {}, reply.get("Image"), reply.get("CreatedAt")
    rows = []
    for one in ids:
        labels, image, made = known.get(one, ({}, None, None))
        if labels.get("io.cri-containerd.kind") == "container":
            pid, state = tasks.get(one, (None, "exited"))
            rows.append(row(one, labels, state="exited" if state == "stopped" else state, pid=pid, image=image, createdAt=made))
    return rows


def attempts():
    """Attempts by container: the number of its newest log."""
    found = {}
    for path in glob.glob(HERE + "/var/log/pods/*_*_*/*/*.log")[:MOST_ROWS]:
        folder, name, number = path.split("/")[-3:]
        if number[:-4].isdigit():
            key = folder.split("_")[-1] + "/" + name
            found[key] = max(found.get(key, 0), int(number[:-4]))
    return found


def runtime(cluster):
    """Health of the runtime; its containers only while pods cannot be listed."""
    _, _, line = settings(cluster)
    sock = endpoint(cluster, line)
    if sock is None:
        raise Failed("(NotFound) no socket of a container runtime")
    reply, took = speaks(sock)
    found = {"now": time.time(), "endpoint": sock, "says": reply, "tookMs": took}
    # The first list takes a second; the timeout of an API server that hangs is much longer.
    slow = cluster.listing is not None and time.time() - cluster.listing > 4
    if reply != "ok" or (cluster.places and not cluster.blind and not slow):
        return found
    for by, make in (("crictl", of_crictl), ("ctr", of_ctr)):
        tool = next(filter(None, map(which, TOOLS[by])), None)
        if tool and (by == "crictl" or "containerd" in sock or "ctrd" in sock):
            try:
                return dict(found, by=by, rows=make(tool, HERE + sock), attempts=attempts())
            except (Failed, ValueError, KeyError) as error:
                found["failed"] = str(error)
    return dict({"failed": "neither crictl nor ctr found"}, attempts=attempts(), **found)
