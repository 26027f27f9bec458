# crashcart collector, part 2: the process table.
STATUS_KEPT = (b"Uid:", b"Gid:", b"NSpid:", b"Cpus_allowed_list:", b"Mems_allowed_list:")


class Processes:
    """The process table by difference: /proc/PID/stat each time, the other files once per program, io and delays
    of those that ran. pid -> [stat, start time, command, quiet walks, details known]"""

    def __init__(self):
        self.known, self.avoid, self.at_pid = {}, set(), None

    def walk(self, full, job):
        if full == "anew":
            self.known = {}
        known, out, seen, tasks_left, fresh_left = self.known, [], set(), 512, 2000
        for name in os.listdir("/proc"):
            if not "0" <= name[0] <= "9":
                continue
            if job.abandoned:
                return {}, b""
            pid = int(name)
            old = known.get(pid)
            if old and not full and old[3] > 3:
                seen.add(pid)
                continue
            base = "/proc/" + name + "/"
            stat = small(base + "stat")
            end = stat.rfind(b")")
            if end < 0:
                continue
            seen.add(pid)
            fields = stat[end + 2:].split(b" ", 20)
            if len(fields) < 21:
                continue
            fresh = not old or old[1] != fields[19] or old[2] != stat[:end]
            if fresh:
                old = known[pid] = [b"", fields[19], stat[:end], 0, False]
            record = []
            if stat != old[0]:
                record.append((1, stat))
                old[3] = 0
                if not fresh:
                    io = small(base + "io")
                    if io:
                        record.append((16, io))
                threads = int(fields[17])
                if threads <= 64 and threads <= tasks_left:
                    tasks_left -= threads
                    record.append((32, self.delays(base, threads)))
                if fields[0] == b"D":
                    record.append((64, small(base + "wchan")))
                old[0] = stat
            else:
                old[3] += 1
            if not old[4] and fresh_left and pid not in self.avoid:
                fresh_left -= 1
                old[4] = True
                self.at_pid = pid       # these need the process's memory map and may hang
                record.append((2, small(base + "cmdline")[:4096]))
                self.at_pid = None
                record.append((4, small(base + "cgroup")))
                status = small(base + "status").split(b"\n")
                record.append((8, b"\n".join(line for line in status if line.startswith(STATUS_KEPT))))
            if record:
                record.sort()
                out.append(struct.pack("<IB", pid, sum(bit for bit, _ in record) + (128 if fresh else 0)))     # 128: forget the one before
                for _, data in record:
                    out.append(struct.pack("<I", len(data)))
                    out.append(data)
        gone = [pid for pid in known if pid not in seen]
        for pid in gone:
            del known[pid]
            self.avoid.discard(pid)
        return {"gone": gone, "count": len(known), "full": bool(full)}, b"".join(out)

    @staticmethod
    def delays(base, threads):
        if threads == 1:
            return small(base + "schedstat")
        total = [0, 0, 0]
        try:
            for task in os.listdir(base + "task"):
                for place, number in enumerate(small(base + "task/" + task + "/schedstat").split()[:3]):
                    total[place] += int(number)
        except OSError:
            return b""
        return b"%d %d %d" % tuple(total)
