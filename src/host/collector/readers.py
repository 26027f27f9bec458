# crashcart collector, part 6: threads that read, so that nothing waits for what hangs.
PATIENCE = 1.0          # a read that takes longer gets company: another worker goes on with the queue
MAX_WORKERS = 8         # hung reads (dead NFS, a process stuck with its memory map locked) hold one each
MAX_HUNG = 3            # tables that were given up because a read of theirs hung; after that they are waited for
TABLES = {"cgroups": Cgroups, "threads": Threads}


class Job:
    def __init__(self, head, body):
        self.head, self.body, self.since, self.abandoned, self.company = head, body, None, False, False
        self.key, self.table = json.dumps(head["what"][:2]), None


class Readers:
    """Threads that read, so that the loop below never waits for a disk, a dead server or a stuck process."""

    def __init__(self, send, wake):
        self.jobs, self.open, self.workers = queue.Queue(), set(), 0
        self.send, self.wake, self.last, self.processes = send, wake, {}, Processes()
        self.tables, self.handles, self.hung = {}, Handles(), 0

    def put(self, job):
        if any(other.abandoned and other.key == job.key for other in list(self.open)):
            return self.send({"id": job.head["id"], "why": "timeout", "detail": "an earlier read still hangs"})
        self.open.add(job)
        self.jobs.put(job)
        if not self.workers:
            self.hire()

    def hire(self):
        self.workers += 1
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while True:
            job = self.jobs.get()
            job.since = time.monotonic()
            try:
                head, body = self.answer(job)
                if job.head.get("have") and self.last.get(job.key) == (head, body):
                    head, body = {"same": 1}, b""
                elif len(body) <= 262144 and job.head["what"][0] not in ("processes", "cgroups", "threads"):
                    self.last[job.key] = (dict(head), body)
            except Miss as miss:
                self.last.pop(job.key, None)
                head, body = {"why": miss.why, "detail": str(miss)}, b""
            except Exception as error:     # a reading that fails in a new way must not take the others down
                head, body = {"why": "failed", "detail": "%s: %s" % (type(error).__name__, error)}, b""
            self.open.discard(job)
            if job.table and job.key == "hung":
                job.table.release()         # another went on in its place
                self.hung -= 1
            if not job.abandoned:
                now = time.monotonic()
                head.update(id=job.head["id"], at=now, ms=(now - job.since) * 1000)
                self.send(head, body)
            self.wake()
            if job.company:
                self.workers -= 1
                return

    def answer(self, job):
        kind, path = job.head["what"][0], job.head["what"][1]
        if kind == "file":
            return {}, slurp(path)
        if kind == "glob":
            return read_glob(path, job.head["what"][2])
        if kind == "processes":
            return self.processes.walk(path, job)
        if kind in TABLES:
            if job.key not in self.tables:
                self.tables[job.key] = TABLES[kind](self.handles)
            job.table = self.tables[job.key]
            return job.table.answer(job.head["what"][2], job)
        if kind == "names":
            return socket_names(path)
        try:
            v = os.statvfs(path)
        except OSError as error:
            raise miss_of(error, path)
        return {}, b"%d %d %d %d %d %d %d" % (v.f_frsize, v.f_blocks, v.f_bfree, v.f_bavail, v.f_files, v.f_ffree, v.f_flag)

    def look_after(self, now):
        for job in list(self.open):
            if job.since is None or job.abandoned:
                continue
            took = now - job.since
            if took > PATIENCE and not job.company and self.workers < MAX_WORKERS:
                job.company = True
                self.hire()
            if took > job.head["timeout"]:
                job.abandoned = True
                if job.head["what"][0] == "processes" and self.processes.at_pid:
                    self.processes.avoid.add(self.processes.at_pid)
                if job.table and job.table.hangs(now) and self.hung < MAX_HUNG:
                    self.hung += 1
                    self.tables[job.key], job.key = job.table.successor(), "hung"
                self.send({"id": job.head["id"], "why": "timeout", "detail": "no answer in %g s" % job.head["timeout"]})
