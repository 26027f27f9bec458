"""Fields of Kubernetes objects that go over the line; no others do. No environment, no command, no
argument, no annotation but two, no label but one.
"""

MYPY = False
if MYPY:
    from typing import Any, Callable, Dict

    # Field -> what is kept below it; None: the value itself, of an object its plain values.
    Tree = Dict[str, Any]
STATE = {
    "waiting": {"reason": None, "message": None},
    "running": {"startedAt": None},
    "terminated": {"exitCode": None, "signal": None, "reason": None, "message": None, "startedAt": None, "finishedAt": None},
}
CONTAINER_STATUS = {
    "name": None,
    "ready": None,
    "started": None,
    "restartCount": None,
    "containerID": None,
    "state": STATE,
    "lastState": STATE,
}
RUNS = {"name": None, "image": None, "restartPolicy": None, "resources": {"requests": None, "limits": None}}
CONDITION = {"type": None, "status": None, "reason": None, "message": None, "lastTransitionTime": None}
META = {
    "name": None,
    "namespace": None,
    "uid": None,
    "creationTimestamp": None,
    "deletionTimestamp": None,
    "deletionGracePeriodSeconds": None,
    "finalizers": None,
    "ownerReferences": {"kind": None, "name": None, "controller": None},
    "annotations": {"kubernetes.io/config.hash": None, "kubernetes.io/config.mirror": None},
    "labels": {"pod-template-hash": None},
}
POD_STATUS = {
    "phase": None,
    "reason": None,
    "message": None,
    "qosClass": None,
    "podIP": None,
    "hostIP": None,
    "startTime": None,
    "nominatedNodeName": None,
    "conditions": CONDITION,
    "initContainerStatuses": CONTAINER_STATUS,
    "containerStatuses": CONTAINER_STATUS,
}
POD = {
    "metadata": META,
    "status": POD_STATUS,
    "spec": {
        "nodeName": None,
        "hostNetwork": None,
        "priorityClassName": None,
        "restartPolicy": None,
        "containers": RUNS,
        "initContainers": RUNS,
        "readinessGates": {"conditionType": None},
    },
}  # type: Tree
MADE = dict(CONTAINER_STATUS, imageID=None)
MOUNTED = dict(RUNS, imagePullPolicy=None, volumeMounts={"name": None, "mountPath": None, "readOnly": None})
ONE_POD = {
    "metadata": META,
    "status": dict(POD_STATUS, containerStatuses=MADE, initContainerStatuses=MADE),
    "spec": dict(
        POD["spec"],
        containers=MOUNTED,
        initContainers=MOUNTED,
        serviceAccountName=None,
        nodeSelector=None,
        volumes={
            "name": None,
            "persistentVolumeClaim": None,
            "ephemeral": {},
            "hostPath": None,
            "emptyDir": None,
            "nfs": None,
            "configMap": {"name": None},
            "secret": {"secretName": None},
            "csi": {"driver": None},
            "projected": {},
        },
    ),
}
EVENT = {
    "metadata": {"uid": None, "namespace": None, "creationTimestamp": None},
    "type": None,
    "reason": None,
    "message": None,
    "count": None,
    "firstTimestamp": None,
    "lastTimestamp": None,
    "eventTime": None,
    "series": None,
    "source": {"component": None, "host": None},
    "reportingComponent": None,
    "involvedObject": {"kind": None, "namespace": None, "name": None, "uid": None, "fieldPath": None},
}
NODE = {
    "metadata": {"name": None, "uid": None, "creationTimestamp": None, "deletionTimestamp": None},
    "spec": {"unschedulable": None, "taints": {"key": None, "value": None, "effect": None, "timeAdded": None}},
    "status": {
        "capacity": None,
        "allocatable": None,
        "conditions": dict(CONDITION, lastHeartbeatTime=None),
        "nodeInfo": {"systemUUID": None, "kubeletVersion": None, "containerRuntimeVersion": None, "kernelVersion": None, "osImage": None},
    },
}
LEASE = {"metadata": {"name": None}, "spec": {"holderIdentity": None, "renewTime": None, "leaseDurationSeconds": None}}
OWNER = {
    "metadata": {"name": None, "namespace": None, "uid": None, "generation": None, "creationTimestamp": None},
    "spec": {"replicas": None, "paused": None, "completions": None, "parallelism": None, "suspend": None},
    "status": {
        "replicas": None,
        "readyReplicas": None,
        "updatedReplicas": None,
        "availableReplicas": None,
        "unavailableReplicas": None,
        "observedGeneration": None,
        "desiredNumberScheduled": None,
        "numberReady": None,
        "numberAvailable": None,
        "updatedNumberScheduled": None,
        "active": None,
        "succeeded": None,
        "failed": None,
        "conditions": CONDITION,
    },
}
PDB = {
    "metadata": {"name": None, "namespace": None, "creationTimestamp": None},
    "spec": {"minAvailable": None, "maxUnavailable": None},
    "status": {"currentHealthy": None, "desiredHealthy": None, "expectedPods": None, "disruptionsAllowed": None, "conditions": CONDITION},
}
CLAIM = {
    "metadata": {"name": None},
    "spec": {"volumeName": None, "storageClassName": None, "volumeMode": None, "accessModes": None},
    "status": {"phase": None, "capacity": None, "conditions": CONDITION},
}
# Of the attributes of a driver only the backend of the volume: others may hold secrets.
VOLUME = {
    "metadata": {"name": None},
    "spec": {
        "capacity": None,
        "csi": {
            "driver": None,
            "volumeHandle": None,
            "fsType": None,
            "volumeAttributes": {"pool": None, "imageName": None, "fsName": None, "subvolumeName": None},
        },
        "rbd": {"pool": None, "image": None},
        "local": {"path": None},
        "hostPath": {"path": None},
        "nfs": {"server": None, "path": None},
    },
    "status": {"phase": None, "reason": None, "message": None},
}


def plain(value: "Any") -> "Any":
    kind = value.__class__
    if kind is str:
        return value[:300]
    if kind is dict:
        return {k: v for k, v in value.items() if isinstance(v, (str, int, float, bool))}
    return [plain(item) for item in value[:200]] if kind is list else value


def keeper(tree: "Tree | None") -> "Callable[[Any], Any]":
    """Function that keeps the fields of `tree`; built once, since it runs for each of thousands of objects."""
    if tree is None:
        return plain
    below = [(name, keeper(of)) for name, of in tree.items()]

    def keep(value: "Any") -> "Any":
        if value.__class__ is list:
            return [keep(item) for item in value[:200]]
        found = {}  # type: dict[str, Any]
        if value.__class__ is dict:
            for name, of in below:
                one = value.get(name)
                if one is not None and one != "" and one != []:
                    found[name] = of(one)
        return found

    return keep


def kept(value: "Any", tree: "Tree") -> "Any":
    return keeper(tree)(value)
