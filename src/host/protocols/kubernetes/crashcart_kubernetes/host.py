"""Files and programs of the host."""

import glob
import json
import re
import shutil
import sys

MYPY = False
if MYPY:
    from typing import Any, Dict, List

    Places = List[Dict[str, Any]]

PLACES = json.loads(sys.argv[1])  # type: list[dict[str, Any]]  # kubeconfigs of known distributions
# Prefix of every path that is read: the folder of a test in place of a host.
HERE = sys.argv[2] if len(sys.argv) > 2 else ""
# Without /snap/bin, whose programs make folders in HOME first.
PATH = ":".join(HERE + path for path in ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))
# Process names of the kubelet; MicroK8s and k3s run it inside one process, RKE2 has both.
KUBELETS = ("kubelet", "kubelite", "k3s-server", "k3s-agent", "k3s", "rke2")
ENV = {"PATH": PATH, "LC_ALL": "C", "HOME": "/nonexistent", "KUBECONFIG": "", "KUBERC": "off"}


def text(path: str, root: "str | None" = None, most: int = 65536) -> str:
    try:
        with open((HERE if root is None else root) + path, "rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def flags() -> "tuple[dict[str, str], bool]":
    """Flags of the kubelet that runs here, by its distribution."""
    found = {}  # type: dict[int, list[str]]
    for comm in glob.glob(HERE + "/proc/[0-9]*/comm"):
        name = text(comm, "").strip()
        if name in KUBELETS:
            found.setdefault(KUBELETS.index(name), text(comm[:-4] + "cmdline", "").split("\0"))
    words = found[min(found)] if found else []
    words = words + (text("/var/snap/microk8s/current/args/kubelet").split() if words else [])
    reply = {}  # type: dict[str, str]
    for i, word in enumerate(words):
        name, has, value = word.partition("=")
        if name.startswith("--"):
            reply[name[2:]] = value if has else (words[i + 1] if i + 1 < len(words) else "")
    return reply, bool(words)


def node_identity() -> "str | None":
    """Name of the node in kubeadm's kubeconfig of the kubelet: flags are known only while it runs."""
    found = re.search(r"^\s*(?:-\s+)?name:\s*[\"']?system:node:([a-z0-9.-]{1,253})[\"']?\s*$", text("/etc/kubernetes/kubelet.conf"), re.M)
    return found.group(1) if found else None


def which(name: str) -> "str | None":
    return shutil.which(HERE + name if name.startswith("/") else name, path=PATH)
