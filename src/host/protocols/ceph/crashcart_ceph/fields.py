"""Counters and fields of replies that go over the line."""

import calendar
import time

MYPY = False
if MYPY:
    from typing import Any

# Counters of each OSD, by prefix of their names.
KEEP = {
    "osd": ("op", "subop", "recovery_", "numpg", "stat_bytes"),
    "bluestore": ("kv_", "state_", "throttle_lat", "commit_lat", "txc_", "read_lat", "slow_", "bluestore_fragmentation", "fragmentation"),
    "bluefs": ("db_", "wal_", "slow_"),
    "throttle-": ("val", "max", "wait"),
}
# Fields of maps in use: whole maps have a kilobyte per OSD, 5 MB on a large cluster.
METADATA = {
    "id",
    "hostname",
    "devices",
    "bluestore_bdev_type",
    "rotational",
    "ceph_version_short",
    "bluefs_db_devices",
    "bluestore_bdev_devices",
    "front_iface",
    "back_iface",
}
MAP = {"epoch", "flags", "full_ratio", "backfillfull_ratio", "nearfull_ratio"}
PLACE = {"osd", "up", "in", "weight"}
NODE = {
    "id",
    "name",
    "type",
    "children",
    "device_class",
    "reweight",
    "kb",
    "kb_used_meta",
    "kb_used_omap",
    "utilization",
    "var",
    "pgs",
    "status",
}


def trimmed(counters: "dict[str, Any]") -> "dict[str, Any]":
    """Counters in use, of those of one OSD."""
    kept = {}  # type: dict[str, Any]
    for logger, values in counters.items():
        if logger == "mempool":
            kept[logger] = {"all_bytes": sum(v for k, v in values.items() if k.endswith("_bytes"))}
        for start, names in KEEP.items():
            if logger == start or (start.endswith("-") and logger.startswith(start)):
                kept[logger] = {k: v for k, v in values.items() if k.startswith(names)}
    return kept


def only(names: "set[str]", values: "dict[str, Any]") -> "dict[str, Any]":
    return {name: value for name, value in values.items() if name in names}


def age(stamp: "Any", now: float) -> "float | None":
    """Seconds since a time of the cluster; None for `0.000000`, which is none."""
    try:
        parts = time.strptime(str(stamp), "%Y-%m-%dT%H:%M:%S.%f%z")
        return max(0.0, round(now - calendar.timegm(parts) + (parts.tm_gmtoff or 0), 1))
    except ValueError:
        return None


def down_seconds(osdmap: "dict[str, Any]", now: float) -> "dict[str, float]":
    """Seconds for which OSDs are down, by their down_stamp.

    The monitors leave it at 0 where the kernel refused connections to the OSD. `last_up_change` is then the time of the newest
    change, and its OSD is the one with the newest epoch.
    """
    osds = osdmap.get("osds", [])
    stamps = {osd.get("osd"): osd.get("down_stamp") for osd in osdmap.get("osd_xinfo", [])}
    newest = max([0] + [max(osd.get("up_from", 0), osd.get("down_at", 0)) for osd in osds])
    found = {}  # type: dict[str, float]
    for osd in osds:
        if osd.get("up"):
            continue
        seconds = age(stamps.get(osd["osd"]), now)
        if seconds is None and newest > 0 and osd.get("down_at") == newest:
            seconds = age(osdmap.get("last_up_change"), now)
        if seconds is not None:
            found[str(osd["osd"])] = seconds
    return found


def shortened(prefix: str, reply: "Any") -> "Any":
    """Fields in use of a reply that covers every OSD."""
    if prefix == "osd metadata":
        return [only(METADATA, osd) for osd in reply]
    if prefix == "osd dump":
        down = down_seconds(reply, time.time())
        kept = dict(only(MAP, reply), osds=[only(PLACE, osd) for osd in reply.get("osds", [])])
        return dict(kept, _down_s=down) if down else kept
    return dict(
        reply, nodes=[only(NODE, node) for node in reply.get("nodes", [])], stray=[only(NODE, node) for node in reply.get("stray", [])]
    )
