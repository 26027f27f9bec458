# crashcart collector, part 5: threads of guests and daemons, by difference.
MAX_THREADS = 16384
LOOKS = 3               # walks in which a new process is looked at: it may still become another program


class Thread:
    __slots__ = ("pid", "tid", "base", "fd", "schedstat", "stat", "allowed")

    def __init__(self, pid, tid, base):
        self.pid, self.tid, self.base, self.fd = pid, tid, base, -2
        self.schedstat = self.stat = self.allowed = b""


class Threads(Table):
    """schedstat of every thread each time, by an open file; stat of those that ran since. Processes and threads that
    came are looked for every second time."""

    def __init__(self, handles, root=""):
        super().__init__(handles, root)
        self.processes, self.looks, self.left, self.count = {}, {}, 0, 0

    def release(self):
        for threads in self.processes.values():
            for thread in threads.values():
                self.close(thread)
        self.processes, self.looks, self.count = {}, {}, 0

    def forget(self):
        self.release()
        self.commands = tuple(("(" + command).encode() for command in self.asked["commands"])

    def close(self, thread):
        if thread.fd >= 0:
            self.handles.close(thread.fd)
        self.count -= 1

    def walk(self, gone):
        proc, seen = self.root + "/proc/", set()
        again = self.tick % 60 < 2          # once a minute all: a process may have become another program long after it came
        for name in os.listdir(proc):
            if not "0" <= name[0] <= "9":
                continue
            pid = int(name)
            seen.add(pid)
            looks = self.looks.get(pid, 0)
            if pid in self.processes or pid in self.avoid or looks >= LOOKS and not again:
                continue
            self.looks[pid] = looks + 1
            stat = small(proc + name + "/stat")
            if stat[stat.find(b"("):].startswith(self.commands):
                self.processes[pid] = {}
        for pid in [pid for pid in self.looks if pid not in seen]:
            del self.looks[pid]
        self.left = 0
        for pid, threads in list(self.processes.items()):
            base = "%s%d/task/" % (proc, pid)
            try:
                tids = {int(name) for name in os.listdir(base)}
            except OSError:
                tids = set()
            for tid in [tid for tid in threads if tid not in tids]:
                self.remove(threads, tid, gone)
            for tid in tids:
                if tid not in threads:
                    if self.count >= MAX_THREADS:
                        self.left += 1
                        continue
                    self.count += 1
                    threads[tid] = Thread(pid, tid, "%s%d/" % (base, tid))
            if not threads and not tids:
                del self.processes[pid]
                self.looks.pop(pid, None)

    def remove(self, threads, tid, gone):
        thread = threads.pop(tid)
        self.close(thread)
        gone.append([thread.pid, tid])

    def sample(self, job):
        gone, out = [], []
        if self.tick % 2:
            self.walk(gone)
        for pid, threads in list(self.processes.items()):
            self.at, self.since = pid, time.monotonic()
            for thread in list(threads.values()):
                if job.abandoned:
                    return {}, b""
                record = self.read(thread)
                if record is None:
                    self.remove(threads, thread.tid, gone)
                elif record:
                    out.append(struct.pack("<IIB", thread.pid, thread.tid, sum(bit for bit, _ in record)))
                    for _, data in record:
                        out.append(struct.pack("<I", len(data)))
                        out.append(data)
        self.at = None
        return {"gone": gone, "left": self.left}, b"".join(out)

    def read(self, thread):
        """What changed; None when the thread is gone."""
        try:
            if thread.fd == -2:
                try:
                    thread.fd = self.handles.open(thread.base + "schedstat")
                except OSError:
                    thread.fd = -1          # a kernel without it: then stat tells, each time
            schedstat = os.pread(thread.fd, 256, 0) if thread.fd >= 0 else small(thread.base + "schedstat")
        except OSError:
            return None
        record = []
        if not schedstat or schedstat != thread.schedstat:
            stat = small(thread.base + "stat")
            if not stat:
                return None
            if stat != thread.stat:
                thread.stat = stat
                record.append((1, stat))
            if schedstat != thread.schedstat:
                thread.schedstat = schedstat
                record.append((2, schedstat))
            if record and stat[stat.rfind(b")"):][2:3] == b"D":
                record.append((8, small(thread.base + "wchan")))
        if not thread.allowed or (self.tick + thread.tid) % 10 == 0:
            status = small(thread.base + "status")
            start = status.find(b"\nCpus_allowed_list:")
            allowed = status[start + 19:status.find(b"\n", start + 1)].strip() if start >= 0 else b""
            if allowed != thread.allowed:
                thread.allowed = allowed
                record.append((4, allowed))
        record.sort()
        return record
