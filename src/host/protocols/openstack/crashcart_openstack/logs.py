"""Lines of the services' logs about one id, from the ends of the files and the journal."""

import glob
import os
import re
import subprocess
import time

from crashcart_openstack.replies import HERE

MYPY = False
if MYPY:
    from typing import Any, Iterator

PROJECTS = (
    "nova",
    "neutron",
    "cinder",
    "keystone",
    "glance",
    "placement",
    "heat",
    "octavia",
    "barbican",
    "designate",
    "manila",
    "ironic",
    "magnum",
    "swift",
    "masakari",
    "watcher",
)
PATTERNS = (
    *("/var/log/%s/*.log" % one for one in PROJECTS),
    "/var/log/kolla/*/*.log",
    "/var/lib/docker/volumes/kolla_logs/_data/*/*.log",
    "/var/log/containers/*/*.log",
    *("/var/log/apache2/*%s*.log" % one for one in ("keystone", "placement", "nova")),
    "/var/snap/openstack-hypervisor/common/var/log/*/*.log",
    "/opt/stack/logs/*.log",
)
UNITS = (
    "nova-*",
    "neutron-*",
    "cinder-*",
    "glance-*",
    "keystone*",
    "placement-*",
    "octavia-*",
    "devstack@*",
    "snap.openstack-hypervisor.*",
)
# Limits: of one file, of all, of time, of lines that go out.
FILE_BYTES, ALL_BYTES, ROUND_S, MOST_LINES, LINE_CHARS, MOST_REQUESTS = 8 << 20, 64 << 20, 4, 600, 4000, 20
REQUEST = re.compile(r"req-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Request of a user: a periodic task has no user, and names all instances.
BY_USER = re.compile(REQUEST.pattern + "(?! -)")
HEAD = re.compile(r"((?:\d{4}-\d\d-\d\dT\S+ \S+ \S+: )?\d{4}-\d\d-\d\d \S+ \d+ (?:ERROR|CRITICAL|TRACE) )")


def files() -> "list[str]":
    """Logs by their real path, each once, those written last first."""
    paths = {os.path.realpath(path) for pattern in PATTERNS for path in glob.glob(HERE + pattern)}
    return sorted(paths, key=lambda path: -mtime(path))


def mtime(path: str) -> float:
    try:
        return os.path.getmtime(path)
    except OSError:
        return 0


def tail(path: str, most: int) -> "tuple[str, bool]":
    """End of a file, and whether something stands before it."""
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(0, size - most))
            text = file.read(most).decode("utf-8", "replace")
    except OSError:
        return "", False
    return (text.partition("\n")[2] if size > most else text), size > most


def journal() -> str:
    """Newest lines of units that log to the journal alone."""
    command = ["/usr/bin/journalctl", "--no-pager", "--quiet", "--output=short-iso-precise", "--since=-24h", "--lines=20000"]
    try:
        return subprocess.check_output(
            command + ["--unit=" + unit for unit in UNITS], stderr=subprocess.DEVNULL, timeout=ROUND_S, stdin=subprocess.DEVNULL
        ).decode("utf-8", "replace")
    except (OSError, subprocess.SubprocessError):
        return ""


def texts(limits: "dict[str, Any]") -> "Iterator[tuple[str, str]]":
    """Name and end of each log within the limits, which count what was read and left out."""
    ends = time.time() + ROUND_S
    for path in files():
        if time.time() > ends or limits["bytes"] >= ALL_BYTES:
            limits["left"] += 1
            continue
        text, cut = tail(path, min(FILE_BYTES, ALL_BYTES - limits["bytes"]))
        limits["bytes"] += len(text)
        limits["read"] += 1
        limits["cut"] += cut
        yield path[len(HERE) :], text
    if limits["read"] == 0:
        text = journal()
        limits["bytes"] += len(text)
        limits["read"] += bool(text)
        yield "journal", text


def about(text: str, ids: "set[str]") -> "list[str]":
    """Lines with one of the ids, each with the traceback behind it, whose lines name none."""
    found = []  # type: list[str]
    head = None  # type: str | None
    if not any(one in text for one in ids):
        return found
    for line in text.split("\n"):
        if any(one in line for one in ids):
            found.append(line[:LINE_CHARS])
            error = HEAD.match(line)
            head = error.group(1) if error else None
        elif head is not None and line.startswith(head) and not REQUEST.search(line):
            found.append(line[:LINE_CHARS])
        else:
            head = None
    return found


def counts() -> "dict[str, Any]":
    return {"bytes": 0, "read": 0, "cut": 0, "left": 0}


def shortened(logs: "list[dict[str, Any]]") -> "list[dict[str, Any]]":
    """The newest lines of each log, a fair share of MOST_LINES for each."""
    share = max(20, MOST_LINES // max(1, len(logs)))
    return [dict(one, lines=one["lines"][-share:], more=max(0, len(one["lines"]) - share)) for one in logs]


def story(of: str) -> "dict[str, Any]":
    """Lines about an id; of an object also those of the requests that name it."""
    limits = counts()
    every = list(texts(limits))
    ids = {of}
    if not of.startswith("req-"):
        for request in reversed([one for _, text in every for line in about(text, {of}) for one in BY_USER.findall(line)]):
            if len(ids) > MOST_REQUESTS:
                break
            ids.add(request)
    logs = [{"path": path, "lines": lines} for path, text in every for lines in [about(text, ids)] if lines]
    return dict(limits, requests=len(ids) - (not of.startswith("req-")), logs=shortened(logs))


def errors() -> "dict[str, Any]":
    """Lines of level ERROR and CRITICAL without the rest of their tracebacks."""
    limits = counts()
    logs = []  # type: list[dict[str, Any]]
    for path, text in texts(limits):
        lines = []  # type: list[str]
        last = None  # type: str | None
        for line in text.split("\n"):
            head = HEAD.match(line) if " ERROR " in line or " CRITICAL " in line else None
            if head and (head.group(1) != last or REQUEST.search(line)):
                lines.append(line[:LINE_CHARS])
            last = head.group(1) if head else None
        if lines:
            logs.append({"path": path, "lines": lines})
    return dict(limits, logs=shortened(logs))
