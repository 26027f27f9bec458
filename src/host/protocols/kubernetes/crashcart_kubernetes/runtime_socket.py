"""Socket of the container runtime: where it is, and whether the daemon responds."""

import glob
import os
import re
import socket
import time

from crashcart_kubernetes.host import HERE, text

MYPY = False
if MYPY:
    from typing import Callable

    from crashcart_kubernetes.cluster import Cluster

RUNTIMES = (
    "/run/containerd/containerd.sock",
    "/run/k3s/containerd/containerd.sock",
    "/var/snap/microk8s/common/run/containerd.sock",
    "/var/snap/k8s/common/run/containerd.sock",
    "/run/crio/crio.sock",
    "/var/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
)
IMAGES = (
    "/var/lib/containerd",
    "/var/lib/containers/storage",
    "/var/snap/microk8s/common/var/lib/containerd",
    "/var/snap/k8s/common/var/lib/containerd",
    "/var/lib/rancher/k3s/agent/containerd",
    "/var/lib/rancher/rke2/agent/containerd",
)


def endpoint(cluster: "Cluster", line: "Callable[[str], str | None]") -> "str | None":
    """Socket of the runtime by the configuration of the kubelet, else the first that exists."""
    configured = cluster.flags.get("container-runtime-endpoint") or line("containerRuntimeEndpoint")
    if configured:
        return configured[7:] if configured.startswith("unix://") else configured
    return next((path for path in RUNTIMES if os.path.exists(HERE + path)), None)


def images_root(sock: "str | None") -> "str | None":
    """Image root of the containerd behind a socket, if its configuration has one."""
    for comm in glob.glob(HERE + "/proc/[0-9]*/comm"):
        if text(comm, "").strip() == "containerd":
            words = text(comm[:-4] + "cmdline", "").split("\0")
            config = next((b for a, b in zip(words, words[1:]) if a in ("-c", "--config")), "/etc/containerd/config.toml")
            reply = text(config)
            if sock is None or sock in reply or sock in words:
                root = re.search(r'^root\s*=\s*"([^"]+)"', reply, re.M)
                return root.group(1) if root else None
    return None


def speaks(path: str) -> "tuple[str, float]":
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
