"""Containers of the runtime of this node, for when the API server does not list pods."""

import glob
import json
import os
import subprocess
import time

from crashcart_kubernetes.host import ENV, HERE, which
from crashcart_kubernetes.kubelet import settings
from crashcart_kubernetes.limits import MOST_ROWS
from crashcart_kubernetes.replies import Failed
from crashcart_kubernetes.runtime_socket import endpoint, speaks

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_kubernetes.cluster import Cluster

TOOLS = {
    "crictl": (
        "crictl",
        "/var/lib/rancher/k3s/data/current/bin/crictl",
        "/var/lib/rancher/rke2/bin/crictl",
        "/snap/k8s/current/bin/crictl",
    ),
    "ctr": (
        "ctr",
        "/snap/microk8s/current/bin/ctr",
        "/var/lib/rancher/k3s/data/current/bin/ctr",
        "/var/lib/rancher/rke2/bin/ctr",
        "/snap/k8s/current/bin/ctr",
    ),
}
# Each new container costs a start of ctr or crictl; what is known of one does not change.
MOST_NEW = 60
known = {}  # type: dict[str, Any]


def run(argv: "list[str]", tries: int = 6) -> str:
    try:
        ended = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENV, cwd="/", timeout=tries, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise Failed("%s: timeout after %d s" % (os.path.basename(argv[0]), tries)) from late
    if ended.returncode != 0:
        raise Failed(ended.stderr.decode("utf-8", "replace"))
    return ended.stdout.decode("utf-8", "replace")


def row(one: str, labels: "dict[str, Any]", **more: "Any") -> "dict[str, Any]":

    def of(name: str) -> str:
        return str(labels.get("io.kubernetes." + name) or "")[:253]

    return dict(
        {"id": one, "uid": of("pod.uid"), "namespace": of("pod.namespace"), "pod": of("pod.name"), "name": of("container.name")}, **more
    )


def of_crictl(tool: str, sock: str) -> "list[dict[str, Any]]":
    """Containers by the CRI; the end of one is read once."""
    cri = [tool, "--runtime-endpoint", "unix://" + sock, "--timeout", "4s"]
    listed = json.loads(run([*cri, "ps", "-a", "-o", "json"]) or "{}").get("containers") or []
    rows = []  # type: list[dict[str, Any]]
    asked = 0
    for c in listed[:MOST_ROWS]:
        state = str(c.get("state", "")).replace("CONTAINER_", "").lower()
        made = c.get("createdAt")
        ended = known.get(c["id"])
        if state == "exited" and ended is None and asked < MOST_NEW:
            asked += 1
            try:
                status = json.loads(run([*cri, "inspect", "-o", "json", c["id"]])).get("status") or {}
                ended = known[c["id"]] = {k: status.get(k) for k in ("exitCode", "reason", "finishedAt")}
            except (Failed, ValueError):
                pass
        rows.append(
            row(
                c["id"],
                c.get("labels") or {},
                state=state,
                attempt=(c.get("metadata") or {}).get("attempt"),
                created=int(made) / 1e9 if made else None,
                image=(c.get("image") or {}).get("image"),
                **(ended or {}),
            )
        )
    return rows


def of_ctr(tool: str, sock: str) -> "list[dict[str, Any]]":
    """Containers by containerd, without exit codes; the attempt is in the name of the log."""
    ctr = [tool, "-a", sock, "-n", "k8s.io", "--timeout", "4s"]
    ids = run([*ctr, "containers", "ls", "-q"]).split()
    tasks = {
        words[0]: (words[1], words[2].lower()) for words in map(str.split, run([*ctr, "tasks", "ls"]).splitlines()[1:]) if len(words) == 3
    }
    for gone in [one for one in known if one not in ids]:
        del known[gone]
    for one in [one for one in ids if one not in known][:MOST_NEW]:
        try:
            reply = json.loads(run([*ctr, "containers", "info", one]))
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


def attempts() -> "dict[str, int]":
    """Attempts by container: the number of its newest log."""
    found = {}  # type: dict[str, int]
    for path in glob.glob(HERE + "/var/log/pods/*_*_*/*/*.log")[:MOST_ROWS]:
        folder, name, number = path.split("/")[-3:]
        if number[:-4].isdigit():
            key = folder.split("_")[-1] + "/" + name
            found[key] = max(found.get(key, 0), int(number[:-4]))
    return found


def runtime(cluster: "Cluster") -> "dict[str, Any]":
    """Health of the runtime; its containers only while pods cannot be listed."""
    _, _, line = settings(cluster)
    sock = endpoint(cluster, line)
    if sock is None:
        raise Failed("(NotFound) no socket of a container runtime")
    reply, took = speaks(sock)
    found = {"now": time.time(), "endpoint": sock, "says": reply, "tookMs": took}  # type: dict[str, Any]
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
