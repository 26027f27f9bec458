# The log of one container as it is written, while a person looks at it. However much is written, at most its last lines go
# over the line every half second, and what is written too fast to be followed is looked at by its end again and again.
KEPT_LINES, KEPT_BYTES, LINE_CHARS, ROUND_S = 60, 32768, 2000, 0.5
# A log in which nothing stands, or a server that thinks: a while tells them apart.
QUIET_S, FAST_BYTES, FAST_PAUSE_S, HERE_S, MOST_TAILS = 3, 1 << 20, 3, 20, 2


class Tail(threading.Thread):
    """Has the API server follow the log, and goes on with what lies on this node while it does not give it."""

    def __init__(self, cluster, topic):
        super().__init__(daemon=True)
        self.cluster, self.topic, self.over, self.child = cluster, topic, threading.Event(), None
        self.of = topic.split(" ")[1].split("/")
        self.begin()

    def begin(self, note=""):
        """From here on it is told anew: what was told before comes again, or is no more."""
        self.note, self.anew, self.rest, self.lines = note, True, "", collections.deque(maxlen=KEPT_LINES)
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode

    def take(self, said):
        lines = (self.rest + self.decode(said)).split("\n")
        self.rest = lines.pop()[:KEPT_BYTES]
        self.lines.extend(line[:LINE_CHARS] for line in lines[-KEPT_LINES:])

    def flush(self, understood=lambda line: line):
        lines, room = [understood(line) for line in self.lines], KEPT_BYTES
        for at in range(len(lines) - 1, -1, -1):
            room -= len(lines[at])
            if room < 0:
                del lines[:at + 1]
                break
        tell(tail=self.topic, anew=self.anew, note=self.note, lines=lines)
        self.anew = False
        self.lines.clear()

    def follow(self):
        """Until the container ends, or it writes too fast; then how long to wait."""
        if not self.cluster.places:
            raise Failed("; ".join(self.cluster.no))
        self.begin()
        began, told, size = time.time(), 0, 0
        self.child = child = self.cluster.start("/api/v1/namespaces/%s/pods/%s/log?container=%s&tailLines=%d&timestamps=true&follow=true" % (*self.of, KEPT_LINES))
        try:
            while not self.over.is_set():
                ready = select.select([child.stdout], [], [], ROUND_S)[0]
                piece = os.read(child.stdout.fileno(), 65536) if ready else b""
                if ready and not piece:
                    break
                self.take(piece)
                size += len(piece)
                now = time.time()
                if size > FAST_BYTES:
                    self.flush()
                    return FAST_PAUSE_S
                if now - told >= ROUND_S and (self.lines or self.anew and now - began > QUIET_S):
                    self.flush()
                    told, size = now, 0
                if self.cluster.blind and newest_here(*self.of):
                    raise Failed("timeout")
            if not self.over.is_set() and child.wait(5) != 0:
                said = child.stderr.read(4096).decode("utf-8", "replace")
                self.cluster.refused(child, said)
                raise Failed(said)
            if self.lines or self.anew:
                self.flush()
        finally:
            child.kill()
            child.wait()
        return None

    def here(self, failed):
        """As it lies on this node, until the API server is worth another question; False: this node has none."""
        path, at, until = None, 0, time.time() + HERE_S
        while not self.over.is_set() and (time.time() < until or self.cluster.blind):
            found = newest_here(*self.of)
            if found is None:
                return path is not None
            if path is None:
                self.begin(since_not_given(failed))
            try:
                with open(found, "rb") as file:
                    size = os.fstat(file.fileno()).st_size
                    # Another one is written now, or the same from its beginning.
                    if path is not None and (found != path or size < at):
                        at, self.rest = 0, ""
                    skipped = size - at > KEPT_BYTES
                    at = size - KEPT_BYTES if skipped else at
                    file.seek(at)
                    said = file.read(KEPT_BYTES)
            except OSError:
                return path is not None
            path, at = found, at + len(said)
            if skipped:
                self.rest, said = "", said.partition(b"\n")[2]
            self.take(said)
            if self.lines or self.anew:
                self.flush(as_written)
            self.over.wait(ROUND_S)
        return True

    def run(self):
        tries = 0
        while not self.over.is_set():
            began, wait = time.time(), None
            try:
                wait = self.follow()
            except Exception as error:
                known = failure(error)
                if known.why == "absent" or not self.here(known):
                    self.lost(str(known), known.why)
            tries = 0 if time.time() - began > 5 else tries + 1
            self.over.wait(wait or min(10, 2 ** tries / 2))

    def lost(self, said, why):
        tell(t=self.topic, state="lost", at=time.time(), said=said, why=why, cut=False)

    def stop(self):
        self.over.set()
        if self.child:
            self.child.kill()


def tailed(cluster, topic, follows):
    """One more that is followed; who looks at more logs than that looks no longer at the first of them."""
    tails = [one for one in follows.values() if isinstance(one, Tail)]
    if len(tails) >= MOST_TAILS:
        tails[0].stop()
        tails[0].lost("not followed any more: %d logs are already" % MOST_TAILS, "failed")
        del follows[tails[0].topic]
    return Tail(cluster, topic)


def logs_here(namespace, name, container):
    """Where the runtime writes the log, in the order of its starts."""
    try:
        order = lambda path: (os.path.getmtime(path), int(re.sub(r"\D", "", os.path.basename(path)) or 0))
        return sorted(glob.glob(HERE + "/var/log/pods/%s_%s_*/%s/*.log" % (namespace, name, container)), key=order)
    except OSError:
        return []


def newest_here(namespace, name, container):
    return next(reversed(logs_here(namespace, name, container)), None)


def as_written(line):
    """`TIME stdout F TEXT` of a CRI; of Docker an object of JSON."""
    if line.startswith('{"log":'):
        try:
            said = json.loads(line)
            return "%s %s" % (said["time"], said["log"].rstrip("\n"))
        except (ValueError, KeyError, AttributeError):
            return line
    return re.sub(r"^(\S+) std(?:out|err) [FP] ", r"\1 ", line)


def since_not_given(failed):
    return "from /var/log/pods on this node, API server unavailable (%s)" % failed


def before_here(namespace, name, container):
    """The end of what it wrote before it was last started."""
    files = logs_here(namespace, name, container)
    if len(files) < 2:
        return None
    try:
        with open(files[-2], "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - KEPT_BYTES))
            said = file.read(KEPT_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    return "\n".join(map(as_written, said.splitlines()[-KEPT_LINES:]))
