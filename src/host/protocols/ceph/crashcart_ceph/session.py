"""Requests to a Ceph cluster through librados, and their replies."""

import glob
import json
import os
import queue
import sys
import threading
import time

from crashcart_ceph.fields import shortened, trimmed

MYPY = False
if MYPY:
    from typing import Any

MON = {"status", "health", "osd dump", "osd metadata", "osd ls", "quorum_status", "versions", "df", "time-sync-status"}
MGR = {"osd perf", "osd df", "osd pool stats", "osd blocked-by", "progress json", "crash ls"}
OSD = {
    "perf dump",
    "perf histogram dump",
    "dump_ops_in_flight",
    "dump_historic_ops",
    "dump_historic_slow_ops",
    "dump_blocked_ops",
    "dump_osd_network",
}
TIMEOUT_S, ROUND_S, WORKERS = 3, 4, 8
MAX_WAIT_S = 1.0  # for a CPU during a connect; beyond that its timeout proves nothing about the monitors
out = threading.Lock()
last_round = {"osds": set()}  # type: dict[str, set[int]]  # polled again, for differences


def send(head: "dict[str, Any]", body: bytes = b"") -> None:
    with out:
        sys.stdout.buffer.write(json.dumps(dict(head, len=len(body))).encode() + b"\n" + body)
        sys.stdout.buffer.flush()


def command(cluster: "Any", to: str, request: "dict[str, Any]") -> "tuple[int, bytes, str]":
    text = json.dumps(dict(request, format="json"))
    if to == "mon":
        reply = cluster.mon_command(text, b"")
    elif to == "mgr":
        reply = cluster.mgr_command(text, b"")
    else:
        reply = cluster.osd_command(int(to), text, b"")
    ret, body, message = reply
    return ret, body, message


def parsed(body: bytes) -> "Any":
    """JSON of a reply; Python 3.5 takes text only."""
    return json.loads(body.decode("utf-8", "surrogatepass"))


def chosen(cluster: "Any", most: int) -> "tuple[list[int], int]":
    """All OSDs; of very many those with the highest commit latency, half of them kept from the last round."""
    ret, body, _ = command(cluster, "mgr", {"prefix": "osd perf"})
    infos = parsed(body)["osdstats"]["osd_perf_infos"] if ret == 0 else []
    slowest = [i["id"] for i in sorted(infos, key=lambda i: -i["perf_stats"]["commit_latency_ms"])]
    ret, body, _ = command(cluster, "mon", {"prefix": "osd ls"})
    known = parsed(body) if ret == 0 else slowest
    if len(known) <= most:
        return known, len(known)
    again = [o for o in slowest[: 2 * most] if o in last_round["osds"]][: most // 2]
    picked = (again + [o for o in slowest if o not in set(again)])[:most]
    return picked, len(known)


def of_osds(cluster: "Any", request: "dict[str, Any]", most: int) -> "dict[str, Any]":
    """One request to many OSDs, some at a time; a frozen one holds one worker for TIMEOUT_S."""
    ids, number = chosen(cluster, most)
    todo = queue.Queue()  # type: queue.Queue[int]
    replies = {}  # type: dict[int, Any]
    end = time.monotonic() + ROUND_S
    for osd in ids:
        todo.put(osd)

    def work() -> None:
        while time.monotonic() < end:
            try:
                osd = todo.get_nowait()
            except queue.Empty:
                return
            try:
                ret, body, message = command(cluster, str(osd), request)
                replies[osd] = trimmed(parsed(body)) if ret == 0 else {"_ret": abs(ret), "_said": message}
            except Exception as error:
                replies[osd] = {"_ret": getattr(error, "errno", None) or 5, "_said": str(error)}

    workers = [threading.Thread(target=work, daemon=True) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(0, end + TIMEOUT_S + 1 - time.monotonic()))
    last_round["osds"] = set(replies)
    return {"of": number, "asked": len(ids), "osds": dict(replies)}


def serve_request(cluster: "Any", line: "dict[str, Any]") -> None:
    number, to, request = line["id"], str(line["to"]), line["cmd"]
    prefix = request.get("prefix")
    try:
        if prefix not in (MON if to == "mon" else MGR if to == "mgr" else OSD):
            send({"id": number, "ret": 13, "message": "not on the list of commands"})
            return
        if to == "osds":
            send({"id": number, "ret": 0}, json.dumps(of_osds(cluster, request, 128)).encode())
            return
        ret, body, message = command(cluster, to, request)
        if ret == 0 and prefix in ("osd metadata", "osd dump", "osd df"):
            body = json.dumps(shortened(prefix, parsed(body))).encode()
        send({"id": number, "ret": abs(ret), "message": message}, body)
    except Exception as error:
        send({"id": number, "ret": abs(getattr(error, "errno", None) or 5), "message": "%s: %s" % (type(error).__name__, error)})


def cpu_wait_s() -> float:
    """Longest time that a thread of this process has waited for a CPU."""
    waits = [0.0]
    for path in glob.glob("/proc/self/task/*/schedstat"):
        try:
            with open(path) as file:
                waits.append(int(file.read().split()[1]) / 1e9)
        except (OSError, ValueError, IndexError):
            pass  # The thread has ended, or the kernel counts no waits.
    return max(waits)


def first_conf(patterns: "list[str]") -> "str | None":
    """First configuration that exists."""
    return next((path for pattern in patterns for path in sorted(glob.glob(pattern))), None)


def serve(lines: "queue.Queue[str]") -> None:
    conf = first_conf(sys.argv[1:])
    if conf is None:
        send({"fail": "absent", "message": "%s: no such file" % sys.argv[1]})
        return
    try:
        import rados  # type: ignore[import-not-found]  # of the host, without types
    except ImportError as error:
        send({"fail": "unsupported", "message": "python3-rados is not installed: %s" % error})
        return
    keys = {}  # type: dict[str, str]
    if conf != sys.argv[1]:
        # librados looks for keys in /etc/ceph only.
        names = ("ceph.client.admin.keyring", "ceph.keyring", "keyring")
        keys = {"keyring": ",".join(os.path.join(os.path.dirname(conf), name) for name in names)}
    waited = cpu_wait_s()
    try:
        # Timeouts of librados; no setting in the [client] section of the host may make it write files.
        cluster = rados.Rados(
            conffile=conf,
            name="client.admin",
            conf=dict(
                keys,
                rados_osd_op_timeout=str(TIMEOUT_S),
                rados_mon_op_timeout=str(TIMEOUT_S),
                client_mount_timeout="5",
                admin_socket="",
                log_file="",
                log_to_stderr="false",
                err_to_stderr="false",
                log_to_syslog="false",
            ),
        )
        send({"connecting": 1})
        cluster.connect()
    except Exception as error:
        # Without a readable key librados raises ObjectNotFound.
        name = type(error).__name__
        why = {"PermissionDeniedError": "denied", "ObjectNotFound": "denied", "TimedOut": "timeout"}.get(name, "failed")
        waited = cpu_wait_s() - waited
        if why == "timeout" and waited > MAX_WAIT_S:
            send({"fail": "failed", "message": "host too busy to connect: librados waited %.1f s for a CPU" % waited})
            return
        send({"fail": why, "message": "%s: %s" % (name, error)})
        return
    send({"ready": 1, "fsid": cluster.get_fsid()})
    while True:
        threading.Thread(target=serve_request, args=(cluster, json.loads(lines.get())), daemon=True).start()
