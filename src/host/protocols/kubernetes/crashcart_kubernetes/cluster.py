"""The API server by kubectl, with one kubeconfig at a time."""

import codecs
import json
import os
import re
import select
import socket
import ssl
import subprocess
import threading
import time

from crashcart_kubernetes.follow import OwnNode
from crashcart_kubernetes.host import ENV, HERE, PLACES, flags, node_identity, text, which
from crashcart_kubernetes.limits import IDLE_S, PULSE_S
from crashcart_kubernetes.replies import Failed, send

MYPY = False
if MYPY:
    from typing import Any, Iterator


class Kubectl:
    """A kubectl that runs, and the kubeconfig that it was started with."""

    def __init__(self, place: "dict[str, Any]", url: str, more: "tuple[str, ...]") -> None:
        self.place = place
        self.process = subprocess.Popen(
            [*place["argv"], *more, "get", "--raw", url],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=ENV,
            cwd="/",
        )
        # Pipes, since they were asked for.
        self.stdout = self.process.stdout  # type: Any
        self.stderr = self.process.stderr  # type: Any
        self.kill, self.wait = self.process.kill, self.process.wait


class Cluster:
    """The API server, this node and what is remembered of both."""

    def __init__(self) -> None:
        self.flags, self.kubelet = flags()
        self.kept = threading.Lock()
        self.lease = 0.0, {}  # type: tuple[float, dict[str, Any]]
        self.line = None  # type: Any  # connection of http.client to the API server
        self.own = None  # type: OwnNode | None
        # Time of the last pod added or deleted, or warning event of a controller.
        self.turned = 0.0
        # Cache of SELDOM: time, reply, whether all was healthy.
        self.seldom = {}  # type: dict[str, tuple[float, Any, bool]]
        # Health port of the kubelet and socket of the runtime, by the last `local` request.
        self.port = None  # type: int | None
        self.sock = None  # type: str | None
        # True while pods cannot be listed: then containers are read from the runtime.
        self.blind = False
        self.listing = None  # type: float | None
        self.node = (self.flags.get("hostname-override") or self.flags.get("node-name") or node_identity() or os.uname().nodename).lower()
        own = self.flags.get("kubeconfig")
        asked = PLACES + ([{"name": "node identity", "config": own}] if own else [])
        self.places = []  # type: list[dict[str, Any]]
        self.no = ["no kubeconfig found at the paths of known distributions"]
        for place in asked:
            config = place["config"]
            there = all(os.path.exists(HERE + path) for path in (config, place.get("beside", "/")))
            if not there or config in [p["config"] for p in self.places]:
                continue
            kubectl = next((found for found in map(which, [*place.get("kubectl", []), "kubectl"]) if found), None)
            if not os.access(HERE + config, os.R_OK):
                self.no.append("denied: %s not readable" % config)
            elif re.search(r"^\s*exec:", text(config), re.M):
                self.no.append("%s: exec credential plugin, not used" % config)
            elif kubectl is None:
                self.no.append("%s present, kubectl not found" % config)
            else:
                self.places.append(dict(place, argv=[kubectl, "--kubeconfig", HERE + config]))

    def start(self, url: str, *more: str) -> Kubectl:
        return Kubectl(self.places[0], url, more)

    def refused(self, child: Kubectl, reply: str) -> None:
        """Switches to the next kubeconfig when the credentials are refused. Several children may be refused at once: one started
        with an earlier kubeconfig changes nothing."""
        if not re.search(r"Unauthorized|logged in to the server|provide credentials|tls: expired", reply):
            return
        with self.kept:
            if len(self.places) > 1 and child.place is self.places[0]:
                self.places.append(self.places.pop(0))
                # The next may name another server.
                self.line = None
                send(moved=1, **self.place())

    def place(self) -> "dict[str, str | None]":
        """Kubeconfig in use, for the screen."""
        now = self.places[0] if self.places else {}
        return {"place": now.get("name"), "config": now.get("config")}

    def pieces(self, url: str) -> "tuple[Kubectl, Iterator[str]]":
        """Reply to one request in pieces; kubectl starts at once, not when the first piece is read."""
        child = self.start(url)
        return child, self.output_of(child)

    def output_of(self, child: Kubectl) -> "Iterator[str]":
        """Pieces of the output of kubectl, with a timeout of IDLE_S between them."""
        reply = [b""]
        reader = threading.Thread(target=lambda: reply.append(child.stderr.read(4096)), daemon=True)
        reader.start()
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        try:
            while True:
                if not select.select([child.stdout], [], [], IDLE_S)[0]:
                    raise Failed("API server: timeout after %d s" % IDLE_S)
                piece = os.read(child.stdout.fileno(), 262144)
                if not piece:
                    break
                yield decoder.decode(piece)
            code = child.wait(5)
        finally:
            child.kill()
            child.wait()
            reader.join(1)
        if code != 0:
            words = reply[-1].decode("utf-8", "replace")
            self.refused(child, words)
            raise Failed(words)

    def get(self, url: str) -> "Any":
        return json.loads("".join(self.pieces(url)[1]) or "null")

    @staticmethod
    def page(pieces: "Iterator[str]") -> "Iterator[Any]":
        """Head of a list, then its items one by one, so that one item at a time is in memory."""
        decoder, rest, at = json.JSONDecoder(), "", 0
        while '"items":' not in rest:
            piece = next(pieces, None)
            if piece is None:
                raise Failed("API server: reply without a list")
            rest += piece
        head, _, rest = rest.partition('"items":')
        yield head
        while True:
            while rest[at : at + 1] in ("[", ",", "\n", " "):
                at += 1
            if rest[at : at + 1] in ("]", "n"):
                break
            try:
                item, at = decoder.raw_decode(rest, at)
                yield item
            except ValueError as cut:
                piece = next(pieces, None)
                if piece is None:
                    raise Failed("API server: list truncated") from cut
                rest, at = rest[at:] + piece, 0
        for _ in pieces:
            pass

    def items(self, url: str, pages: int = 0) -> "Iterator[Any]":
        """Version of a list, then its items. With `pages` the rest is requested in pages of that size, each when the previous
        begins: the API server writes it while that one is read."""
        first = self.pieces(url)
        now = first  # type: tuple[Kubectl, Iterator[str]] | None
        ahead = None  # type: tuple[Kubectl, Iterator[str]] | None
        try:
            page = self.page(first[1])
            head = next(page)
            version = re.search(r'"resourceVersion":"(\w*)"', head)
            yield version.group(1) if version else "0"
            while now:
                more = re.search(r'"continue":"([\w=-]+)"', head) if pages else None
                ahead = self.pieces("%slimit=%d&continue=%s" % (url.partition("limit=")[0], pages, more.group(1))) if more else None
                yield from page
                now, ahead = ahead, None
                if now:
                    page = self.page(now[1])
                    head = next(page)
        finally:
            for child, _ in filter(None, (now, ahead)):
                child.kill()
                child.wait()

    def answers_in(self) -> "float | None":
        """Milliseconds until /readyz responds, requested without credentials."""
        import http.client

        server = re.search(r'^\s*"?server"?:\s*"?(https?)://([^\s"/]+)', text(self.places[0]["config"]), re.M)
        if not server:
            return None
        with self.kept:
            began = time.monotonic()
            while True:
                line, self.line = self.line, None
                known = line is not None
                if not known:
                    if server.group(1) == "https":
                        # Nothing is sent that a false server could use: no credentials, and the reply is a time.
                        context = ssl._create_unverified_context()  # noqa: S323
                        line = http.client.HTTPSConnection(server.group(2), timeout=PULSE_S, context=context)
                    else:
                        line = http.client.HTTPConnection(server.group(2), timeout=PULSE_S)
                try:
                    line.request("GET", "/readyz")
                    answer = line.getresponse()
                    reply = answer.read(65536).decode("utf-8", "replace")
                except socket.timeout as late:
                    line.close()
                    raise Failed("API server: timeout after %d s" % PULSE_S) from late
                except (OSError, http.client.HTTPException) as error:
                    line.close()
                    # A kept connection may have been closed meanwhile.
                    if known:
                        continue
                    why = getattr(error, "strerror", None) or error or type(error).__name__
                    raise Failed("%s:%s: %s" % (line.host, line.port, why)) from error
                break
            self.line = line
        # Anonymous requests may be forbidden: that is a response too.
        bad = re.findall(r"^\[-\](etcd\S*|ping|shutdown)", reply, re.M) if answer.status >= 500 else []
        if bad:
            raise Failed("API server not ready: %s failed" % ", ".join(bad))
        return (time.monotonic() - began) * 1000

    def own_node(self) -> "dict[str, Any]":
        """This node, watched since the first request."""
        with self.kept:
            if self.own is None:
                self.own = OwnNode(self)
                self.own.start()
            own = self.own
        if not own.first.wait(IDLE_S):
            raise Failed("API server: timeout after %d s" % IDLE_S)
        if own.failed:
            raise own.failed
        if own.item is None:
            raise Failed('Error from server (NotFound): nodes "%s" not found' % self.node)
        return own.item
