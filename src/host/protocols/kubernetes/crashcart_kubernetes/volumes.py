"""Volumes mounted for pods of this node, and the disks behind them."""

import glob
import json
import os
import re
import stat
import time

from crashcart_kubernetes.host import HERE, text
from crashcart_kubernetes.kubelet import settings

MYPY = False
if MYPY:
    from typing import Any

    from crashcart_kubernetes.cluster import Cluster

VOLUME_OF = re.compile(r"/pods/([0-9a-f-]{32,36})/volumes/kubernetes\.io~([\w.-]+)/([^/]+)(?:/mount)?$")
IN_MEMORY = ("secret", "projected", "configmap", "empty-dir", "downward-api")


def disk_of(device: str) -> "dict[str, str]":
    """`253:3` is dm-3, `8:1` is sda1 on sda."""
    path = os.path.realpath(HERE + "/sys/dev/block/" + device)
    if not os.path.exists(path):
        return {}
    name = os.path.basename(path)
    return {"device": name, "disk": os.path.basename(os.path.dirname(path)) if os.path.exists(path + "/partition") else name}


def volumes(root: str) -> "list[dict[str, Any]]":
    found = []  # type: list[dict[str, Any]]
    for line in text("/proc/self/mountinfo", most=4 << 20).splitlines():
        left, _, right = line.partition(" - ")
        words, behind = left.split(" "), right.split(" ")
        at = VOLUME_OF.search(re.sub(r"\\([0-7]{3})", lambda m: chr(int(m.group(1), 8)), words[4] if len(words) > 4 else ""))
        if not at or at.group(2) in IN_MEMORY or len(behind) < 2 or len(found) >= 2000:
            continue
        one = {"uid": at.group(1), "plugin": at.group(2), "name": at.group(3), "fs": behind[0], "source": behind[1], **disk_of(words[2])}
        if one["plugin"] == "csi":
            try:
                reply = json.loads(text("%s/pods/%s/volumes/kubernetes.io~csi/%s/vol_data.json" % (root, one["uid"], one["name"])))
                one.update(driver=str(reply.get("driverName"))[:200], handle=str(reply.get("volumeHandle"))[:300])
            except (ValueError, AttributeError):
                pass
        found.append(one)
    # Raw block devices have no mount, but a link to the device each.
    for path in glob.glob(HERE + root + "/pods/*/volumeDevices/*/*")[:2000]:
        uid, _, plugin, name = path.split("/")[-4:]
        try:
            status = os.stat(path)
        except OSError:
            continue
        if stat.S_ISBLK(status.st_mode):
            device = "%d:%d" % (os.major(status.st_rdev), os.minor(status.st_rdev))
            found.append(
                {"uid": uid, "plugin": plugin.replace("kubernetes.io~", ""), "name": name, "fs": "block", "source": "", **disk_of(device)}
            )
    return found


def mounted(cluster: "Cluster") -> "dict[str, Any]":
    root, _, _ = settings(cluster)
    return {"now": time.time(), "volumes": volumes(root)}
