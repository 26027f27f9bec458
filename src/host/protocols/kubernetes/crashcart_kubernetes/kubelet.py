"""The kubelet of this node: configuration, health, space."""

import base64
import glob
import os
import re
import time
import zlib

from crashcart_kubernetes.certificates import CERTIFICATES, inline_ends, read_ends
from crashcart_kubernetes.host import HERE, flags, text
from crashcart_kubernetes.runtime_socket import IMAGES, endpoint, images_root, speaks

MYPY = False
if MYPY:
    from typing import Any, Callable

    from crashcart_kubernetes.cluster import Cluster


def space(paths: "list[str | None]") -> "dict[str, Any] | None":
    for path in filter(None, paths):
        try:
            s = os.statvfs(HERE + path)
            return {
                "path": path,
                "bytes": s.f_blocks * s.f_frsize,
                "free": s.f_bavail * s.f_frsize,
                "inodes": s.f_files,
                "inodesFree": s.f_ffree,
            }
        except OSError:
            continue
    return None


def names(path: str) -> "list[str] | None":
    try:
        return sorted(os.listdir(HERE + path))[:2000]
    except OSError:
        return None


def settings(cluster: "Cluster") -> "tuple[str, str, Callable[[str], str | None]]":
    """Root folder and configuration of the kubelet, and a reader of one key of it."""
    cluster.flags, cluster.kubelet = flags()
    root = cluster.flags.get("root-dir") or next(
        (p for p in ("/var/snap/microk8s/common/var/lib/kubelet",) if os.path.isdir(HERE + p)), "/var/lib/kubelet"
    )
    config = text(cluster.flags.get("config") or root + "/config.yaml")

    def line(key: str) -> "str | None":
        found = re.search(r'^%s:\s*"?([^"\s#]+)' % key, config, re.M)
        return found.group(1) if found else None

    return root, config, line


def kubelet_health(cluster: "Cluster") -> "dict[str, Any]":
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


def pulse(cluster: "Cluster") -> "dict[str, Any]":
    """Health of kubelet and runtime, read every two seconds; `local` has the rest."""
    if cluster.port is None:
        here(cluster)
    reply, took = speaks(cluster.sock) if cluster.sock else (None, None)
    return {"now": time.time(), "kubelet": kubelet_health(cluster), "runtime": {"says": reply, "tookMs": took}}


def cluster_id(config: "str") -> "str | None":
    """CRC-32 of the certificate of the cluster's CA, which all its nodes trust: equal in one cluster, no proof."""
    found = re.search(r"^\s*certificate-authority(-data)?:\s*[\"']?([^\s\"']+)", text(config), re.M)
    if not found:
        return None
    try:
        certificate = base64.b64decode(found.group(2)).decode("ascii") if found.group(1) else text(found.group(2))
    except ValueError:
        return None
    return "%08x" % (zlib.crc32("".join(certificate.split()).encode("utf-8", "replace")) & 0xFFFFFFFF) if certificate else None


def here(cluster: "Cluster") -> "dict[str, Any]":
    root, config, line = settings(cluster)
    hard = re.search(r"^evictionHard:\n((?:[ \t]+\S.*\n?)+)", config, re.M)
    port = int(cluster.flags.get("healthz-port") or line("healthzPort") or 10248)
    cluster.port, cluster.sock = port, endpoint(cluster, line)
    certs = [path[len(HERE) :] for pattern in CERTIFICATES for path in glob.glob(HERE + pattern)]
    certs += [path for path in (root + "/pki/kubelet-client-current.pem", root + "/pki/kubelet.crt") if os.path.exists(HERE + path)]
    configs = [place["config"] for place in cluster.places]
    certs += [path for config in configs for path in re.findall(r"^\s*client-certificate:\s*(/\S+)", text(config), re.M)]
    ends = {path: read_ends(path) for path in certs}
    ends.update({config: inline_ends(config) for config in configs if "client-certificate-data" in text(config)})
    return {
        "now": time.time(),
        "node": cluster.node,
        "kubelet": kubelet_health(cluster),
        "config": configs[0] if configs else "",
        "cluster": cluster_id(configs[0]) if configs else None,
        "pods": names("/var/log/pods"),
        "manifests": names(line("staticPodPath") or cluster.flags.get("pod-manifest-path") or "/etc/kubernetes/manifests"),
        "certs": [{"path": path, "ends": ends[path]} for path in sorted(ends)[:40]],
        "maxPods": line("maxPods") or cluster.flags.get("max-pods"),
        "evictionHard": cluster.flags.get("eviction-hard") or dict(re.findall(r'([\w.]+):\s*"?([^"\s]+)', hard.group(1)) if hard else []),
        "nodefs": space([root, "/"]),
        "imagefs": space([images_root(cluster.sock), *IMAGES]),
        "threads": (re.findall(r"/(\d+) ", text("/proc/loadavg")) or [None])[0],
        "pidMax": text("/proc/sys/kernel/pid_max").strip(),
    }
