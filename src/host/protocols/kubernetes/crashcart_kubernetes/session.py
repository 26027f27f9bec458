"""Requests of the session and their handlers."""

import json
import re
import sys
import threading
import time

from crashcart_kubernetes.cluster import Cluster
from crashcart_kubernetes.fields import CLAIM, EVENT, LEASE, NODE, ONE_POD, OWNER, PDB, POD, VOLUME, keeper, kept
from crashcart_kubernetes.follow import Follow
from crashcart_kubernetes.kubelet import here, pulse
from crashcart_kubernetes.limits import LEASE_S, LEASES, MINE, MOST_ROWS, NAME, SELDOM_S
from crashcart_kubernetes.log import before_here, since_not_given, tailed
from crashcart_kubernetes.replies import Failed, failure, polls, send
from crashcart_kubernetes.runtime import runtime
from crashcart_kubernetes.volumes import mounted

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict, Tuple, Union

    from crashcart_kubernetes.fields import Tree
    from crashcart_kubernetes.log import Tail

    Followed = Union[Follow, Tail]
    # How it is read, and whether all is healthy by a reply.
    Seldom = Dict[str, Tuple[Callable[[Cluster], Any], Callable[[Any], bool]]]
    # Path, fields that are kept, how the list begins, size of further pages.
    Topics = Dict[str, Tuple[str, Tree, str, int]]

BY_ITSELF = {"pulse": pulse, "local": here, "runtime": runtime, "volumes": mounted}  # requests without the API server


def listed(cluster: Cluster, url: str, tree: "Tree") -> "list[Any]":
    items = cluster.items(url)
    next(items)
    keep = keeper(tree)
    return [keep(item) for item in items][:MOST_ROWS]


def first(*ways: "Callable[[], Any]") -> "Any":
    for way in ways[:-1]:
        try:
            return way()
        except Failed as failed:
            if failed.why != "absent":
                raise
    return ways[-1]()


def claims(cluster: Cluster, namespace: str, pod: "dict[str, Any]") -> "list[dict[str, Any]]":
    """Claims of the volumes of a pod, and the persistent volumes that they are bound to."""
    found = []  # type: list[dict[str, Any]]
    for volume in (pod.get("spec") or {}).get("volumes") or []:
        claim = (volume.get("persistentVolumeClaim") or {}).get("claimName")
        # The claim of an ephemeral volume is named after pod and volume.
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


def owners(cluster: Cluster) -> "dict[str, Any]":
    kinds = {
        "Deployment": "/apis/apps/v1/deployments",
        "StatefulSet": "/apis/apps/v1/statefulsets",
        "DaemonSet": "/apis/apps/v1/daemonsets",
        "Job": "/apis/batch/v1/jobs",
    }
    return {"now": time.time(), **{name: listed(cluster, url + "?resourceVersion=0", OWNER) for name, url in kinds.items()}}


def pdbs(cluster: Cluster) -> "Any":
    return first(
        *(lambda v=v: listed(cluster, "/apis/policy/%s/poddisruptionbudgets?resourceVersion=0" % v, PDB) for v in ("v1", "v1beta1"))
    )


def got_there(reply: "dict[str, Any]") -> bool:
    """Whether every rollout has its pods, up to date and ready, and every job has ended."""
    for kind, items in reply.items():
        for item in items if isinstance(items, list) else []:
            spec, status, meta = (item.get(part) or {} for part in ("spec", "status", "metadata"))
            wanted = status.get("desiredNumberScheduled", 0) if kind == "DaemonSet" else spec.get("replicas", 0)
            if kind == "Job":
                if not any(
                    one.get("type") in ("Complete", "Failed") and one.get("status") == "True" for one in status.get("conditions") or []
                ):
                    return False
            elif (
                status.get("readyReplicas", status.get("numberReady", 0)) != wanted
                or status.get("updatedReplicas", status.get("updatedNumberScheduled", 0)) != wanted
                or status.get("observedGeneration", 0) < meta.get("generation", 0)
            ):
                return False
    return True


def leave_room(reply: "list[dict[str, Any]]") -> bool:
    """Whether every disruption budget has its desired healthy pods."""
    return all((one.get("status") or {}).get("currentHealthy", 0) >= (one.get("status") or {}).get("desiredHealthy", 0) for one in reply)


SELDOM = {"owners": (owners, got_there), "pdbs": (pdbs, leave_room)}  # type: Seldom


def seldom(cluster: Cluster, asked: str) -> "Any":
    """Reply from the cache while all is healthy and no pod was added or deleted, up to SELDOM_S: each list costs the host the
    start of a kubectl, and a rollout begins with pods."""
    read, well = SELDOM[asked]
    at, reply, was_well = cluster.seldom.get(asked, (0, None, False))
    now = time.time()
    if not was_well or cluster.turned >= at or now - at > SELDOM_S:
        reply = read(cluster)
        cluster.seldom[asked] = now, reply, well(reply)
    return reply


def answer(cluster: Cluster, asked: str) -> "Any":
    kind, _, rest = asked.partition(" ")
    if asked in BY_ITSELF:
        return BY_ITSELF[asked](cluster)
    if not cluster.places:
        raise Failed("; ".join(cluster.no))
    if asked == "node":
        took = cluster.answers_in()
        node = cluster.own_node()
        # Renewed every 10 s; after 40 s the node is marked Unknown, and then the age of the lease is worth a kubectl.
        ready = any(
            one.get("type") == "Ready" and one.get("status") == "True" for one in (node.get("status") or {}).get("conditions") or []
        )
        if time.time() - cluster.lease[0] > (LEASE_S if ready else LEASE_S / 4) and polls.acquire(False):
            try:
                cluster.lease = time.time(), kept(cluster.get(LEASES + cluster.node), LEASE)
            except Failed as failed:
                cluster.lease = time.time(), {"failed": str(failed)}
            finally:
                polls.release()
        at, lease = cluster.lease
        return {"now": time.time(), "tookMs": took, "node": node, "lease": lease, "leaseAt": at}
    if asked in SELDOM:
        return seldom(cluster, asked)
    if asked == "nodes":
        return {"now": time.time(), "nodes": listed(cluster, "/api/v1/nodes?resourceVersion=0", NODE)}
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
            return "".join(
                cluster.pieces("%s/log?container=%s&tailLines=60&limitBytes=32768&timestamps=true&previous=true" % (pod, container))[1]
            )
        except Failed as failed:
            reply = before_here(namespace, name, container) if failed.why != "absent" else None
            if reply is None:
                raise
            return "%s\n%s" % (since_not_given(failed), reply)
    raise Failed("request not allowed: " + asked)


def one(cluster: Cluster, number: int, asked: str) -> None:
    try:
        # Requests without a kubectl do not wait for one.
        if asked in BY_ITSELF or asked == "node":
            return send(id=number, body=answer(cluster, asked))
        with polls:
            send(id=number, body=answer(cluster, asked))
    except Exception as error:
        known = failure(error)
        send(id=number, why=known.why, said=str(known))


def serve() -> None:
    cluster = Cluster()
    if not cluster.places and not cluster.kubelet:
        send(fail="denied" if any(no.startswith("denied") for no in cluster.no) else "absent", said="; ".join(cluster.no))
        return
    send(ready=1, node=cluster.node, **cluster.place())
    topics = {
        "pods here": ("/api/v1/pods?%s%s&" % (MINE, cluster.node), POD, "resourceVersion=0", 0),
        "pods all": ("/api/v1/pods?", POD, "limit=500", 2000),
        "events": ("/api/v1/events?fieldSelector=type%3DWarning&", EVENT, "limit=1000", 0),
    }  # type: Topics
    follows = {}  # type: dict[str, Followed]
    for line in iter(sys.stdin.readline, ""):
        asked = json.loads(line)
        topic = asked.get("follow")
        if topic in topics and topic not in follows:
            if not cluster.places:
                send(t=topic, state="lost", at=time.time(), said="; ".join(cluster.no), why="denied", cut=False)
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
