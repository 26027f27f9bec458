"""Counters and fields of replies that go over the line."""

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


def shortened(prefix: str, reply: "Any") -> "Any":
    """Fields in use of a reply that covers every OSD."""
    if prefix == "osd metadata":
        return [only(METADATA, osd) for osd in reply]
    if prefix == "osd dump":
        return dict(only(MAP, reply), osds=[only(PLACE, osd) for osd in reply.get("osds", [])])
    return dict(
        reply, nodes=[only(NODE, node) for node in reply.get("nodes", [])], stray=[only(NODE, node) for node in reply.get("stray", [])]
    )
