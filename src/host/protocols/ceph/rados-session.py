# One librados session with a Ceph cluster: questions as lines of JSON on stdin, answers as a line of JSON and a body on
# stdout. It only asks; what it may ask is listed here and, once more, on the side that starts it. It writes nothing to disk,
# opens no socket of its own to be asked by, and is gone when stdin ends, whatever librados hangs on.
import glob, json, os, queue, sys, threading, time

MON = {"status", "health", "osd dump", "osd metadata", "osd ls", "quorum_status", "versions", "df", "time-sync-status"}
MGR = {"osd perf", "osd df", "osd pool stats", "osd blocked-by", "progress json", "crash ls"}
OSD = {"perf dump", "perf histogram dump", "dump_ops_in_flight", "dump_historic_ops", "dump_historic_slow_ops",
       "dump_blocked_ops", "dump_osd_network"}
# Of what is asked of every OSD or says something of each, only this goes over the line: beginnings of names.
KEEP = {"osd": ("op", "subop", "recovery_", "numpg", "stat_bytes"),
        "bluestore": ("kv_", "state_", "throttle_lat", "commit_lat", "txc_", "read_lat", "slow_", "bluestore_fragmentation",
                      "fragmentation"),
        "bluefs": ("db_", "wal_", "slow_"), "throttle-": ("val", "max", "wait")}
# Maps say a kilobyte of each OSD: 5 MB of a large cluster, of which this is looked at.
ABOUT = {"id", "hostname", "devices", "bluestore_bdev_type", "rotational", "ceph_version_short", "bluefs_db_devices",
         "bluestore_bdev_devices", "front_iface", "back_iface"}
MAP = {"epoch", "flags", "full_ratio", "backfillfull_ratio", "nearfull_ratio"}
PLACE = {"osd", "up", "in", "weight"}
NODE = {"id", "name", "type", "children", "device_class", "reweight", "kb", "kb_used_meta", "kb_used_omap", "utilization",
        "var", "pgs", "status"}
TIMEOUT_S, ROUND_S, WORKERS = 3, 4, 8
out = threading.Lock()
shown = set()               # OSDs that the last round asked: they are asked again, so that there are differences


def say(head, body=b""):
    with out:
        sys.stdout.buffer.write(json.dumps(dict(head, len=len(body))).encode() + b"\n" + body)
        sys.stdout.buffer.flush()


def trimmed(counters):
    """The counters that are looked at, of those of one OSD."""
    kept = {}
    for logger, values in counters.items():
        if logger == "mempool":
            kept[logger] = {"all_bytes": sum(v for k, v in values.items() if k.endswith("_bytes"))}
        for start, names in KEEP.items():
            if logger == start or (start.endswith("-") and logger.startswith(start)):
                kept[logger] = {k: v for k, v in values.items() if k.startswith(names)}
    return kept


def only(names, values):
    return {name: value for name, value in values.items() if name in names}


def shortened(prefix, answer):
    """What is looked at of an answer that says something of every OSD."""
    if prefix == "osd metadata":
        return [only(ABOUT, osd) for osd in answer]
    if prefix == "osd dump":
        return dict(only(MAP, answer), osds=[only(PLACE, osd) for osd in answer.get("osds", [])])
    return dict(answer, nodes=[only(NODE, node) for node in answer.get("nodes", [])],
                stray=[only(NODE, node) for node in answer.get("stray", [])])


def command(cluster, to, question):
    question = json.dumps(dict(question, format="json"))
    if to == "mon":
        return cluster.mon_command(question, b"")
    if to == "mgr":
        return cluster.mgr_command(question, b"")
    return cluster.osd_command(int(to), question, b"")


def chosen(cluster, most):
    """All OSDs; of very many those that commit slowest, and half of the places for those that were asked last."""
    ret, body, _ = command(cluster, "mgr", {"prefix": "osd perf"})
    infos = json.loads(body)["osdstats"]["osd_perf_infos"] if ret == 0 else []
    slowest = [i["id"] for i in sorted(infos, key=lambda i: -i["perf_stats"]["commit_latency_ms"])]
    ret, body, _ = command(cluster, "mon", {"prefix": "osd ls"})
    known = json.loads(body) if ret == 0 else slowest
    if len(known) <= most:
        return known, len(known)
    again = [o for o in slowest[:2 * most] if o in shown][:most // 2]
    picked = (again + [o for o in slowest if o not in set(again)])[:most]
    return picked, len(known)


def of_osds(cluster, question, most):
    """One question to many OSDs, some at a time; a frozen one keeps one worker for TIMEOUT_S."""
    global shown
    ids, number = chosen(cluster, most)
    todo, answers, end = queue.Queue(), {}, time.monotonic() + ROUND_S
    for osd in ids:
        todo.put(osd)

    def work():
        while time.monotonic() < end:
            try:
                osd = todo.get_nowait()
            except queue.Empty:
                return
            try:
                ret, body, said = command(cluster, osd, question)
                answers[osd] = trimmed(json.loads(body)) if ret == 0 else {"_ret": abs(ret), "_said": said}
            except Exception as error:
                answers[osd] = {"_ret": getattr(error, "errno", None) or 5, "_said": str(error)}

    workers = [threading.Thread(target=work, daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(0, end + TIMEOUT_S + 1 - time.monotonic()))
    shown = set(answers)
    return {"of": number, "asked": len(ids), "osds": dict(answers)}


def answer(cluster, asked):
    number, to, question = asked["id"], str(asked["to"]), asked["cmd"]
    prefix = question.get("prefix")
    try:
        if prefix not in (MON if to == "mon" else MGR if to == "mgr" else OSD):
            return say({"id": number, "ret": 13, "said": "not on the list"})
        if to == "osds":
            return say({"id": number, "ret": 0}, json.dumps(of_osds(cluster, question, 128)).encode())
        ret, body, said = command(cluster, to, question)
        if ret == 0 and prefix in ("osd metadata", "osd dump", "osd df"):
            body = json.dumps(shortened(prefix, json.loads(body))).encode()
        say({"id": number, "ret": abs(ret), "said": said}, body)
    except Exception as error:
        say({"id": number, "ret": abs(getattr(error, "errno", None) or 5), "said": "%s: %s" % (type(error).__name__, error)})


def place(patterns):
    """The first configuration that is there."""
    for path in (path for pattern in patterns for path in sorted(glob.glob(pattern))):
        return path


def serve(lines):
    conf = place(sys.argv[1:])
    if conf is None:
        return say({"fail": "absent", "said": "%s: no such file" % sys.argv[1]})
    try:
        import rados
    except ImportError as error:
        return say({"fail": "speechless", "said": "python3-rados is not installed: %s" % error})
    keys = {}
    if conf != sys.argv[1]:
        # librados looks for keys in /etc/ceph alone.
        names = ("ceph.client.admin.keyring", "ceph.keyring", "keyring")
        keys = {"keyring": ",".join(os.path.join(os.path.dirname(conf), name) for name in names)}
    try:
        # Time-outs that librados obeys; nothing of the host's [client] section may make it write files.
        cluster = rados.Rados(conffile=conf, name="client.admin", conf=dict(keys, **{
            "rados_osd_op_timeout": str(TIMEOUT_S), "rados_mon_op_timeout": str(TIMEOUT_S), "client_mount_timeout": "5",
            "admin_socket": "", "log_file": "", "log_to_stderr": "false", "err_to_stderr": "false", "log_to_syslog": "false"}))
        say({"connecting": 1})
        cluster.connect()
    except Exception as error:
        # Without a key that may be read librados says that it did not find an object.
        name = type(error).__name__
        why = {"PermissionDeniedError": "denied", "ObjectNotFound": "denied", "TimedOut": "timeout"}.get(name, "failed")
        return say({"fail": why, "said": "%s: %s" % (name, error)})
    say({"ready": 1, "fsid": cluster.get_fsid()})
    while True:
        threading.Thread(target=answer, args=(cluster, json.loads(lines.get())), daemon=True).start()


lines = queue.Queue()
session = threading.Thread(target=serve, args=(lines,), daemon=True)
session.start()
for line in iter(sys.stdin.readline, ""):
    lines.put(line)
    if not session.is_alive():
        break
os._exit(0)
