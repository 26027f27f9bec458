import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { COLLECTOR, madeRoot } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

/** Reads of paths in `held` block until they are released; `ask` runs the loop of the collector until its answer is ready. */
const DRIVER = String.raw`
import json, os, struct, subprocess, threading, time
from crashcart_collector.cgroups import Cgroups
from crashcart_collector.hangs import HANGS
from crashcart_collector.readers import TABLES, Job, Readers
from crashcart_collector.reads import MAX_BYTES, slurp, small
override(SLOW=0.02, PATIENCE=0.1, LOOKS=3)
answers, held, go = {}, set(), threading.Event()
def hold(path):
    if path in held:
        go.wait()
readers = Readers(lambda head, body=b"": answers.__setitem__(head["id"], dict(head, text=body.decode("latin1"))), lambda: None)
def look_until(done):
    while not done():
        readers.look_after(time.monotonic())
        time.sleep(0.005)
def put_all(reads, timeout=5):
    for what in reads:
        put_all.id += 1
        readers.put(Job({"id": put_all.id, "what": what, "timeout": timeout}))
    return range(put_all.id - len(reads) + 1, put_all.id + 1)
put_all.id = 0
def ask(*reads, timeout=5):
    ids = put_all(reads, timeout)
    look_until(lambda: all(id in answers for id in ids))
    return [answers[id] for id in ids]
def let_go():
    held.clear()
    go.set()
    look_until(lambda: not HANGS.stuck)
def show(*values):
    print(json.dumps(values), flush=True)
`;

const run = async (script: string): Promise<unknown[]> => {
  const child = spawn('python3', ['-I', '-B', '-c', `${COLLECTOR}${DRIVER}\n${script}\nos._exit(0)`, root()], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return (await text(child.stdout))
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
};

const HELD_FILES = String.raw`
plain_slurp = slurp
def held_slurp(path, cap=MAX_BYTES):
    hold(path)
    return plain_slurp(path, cap)
override(slurp=held_slurp)
root = sys.argv[1] + "/"
file = lambda name: ["file", root + name]
`;

describe('readers', () => {
  test('read a file at its period again after a slow read', async () => {
    put({ slow: 'value' });
    const [first, second, third] = await run(`${HELD_FILES}
held.add(root + "slow")
show(*ask(file("slow")), HANGS.stuck)
show(*ask(file("slow")), HANGS.stuck)
let_go()
show(*ask(file("slow")), HANGS.stuck, len(HANGS.known))
`);
    const hung = { why: 'timeout', detail: expect.stringContaining(`${root()}/slow: timeout after 0.1 s`) };
    expect(first).toMatchObject([hung, 1]);
    expect(second).toMatchObject([hung, 1]);
    expect(third).toMatchObject([{ text: 'value' }, 0, 0]);
  });

  test('retry a hung file with growing delays', async () => {
    put({ hung: 'value' });
    const [waits, refused, recovered] = await run(`${HELD_FILES}
waits = []
for turn in range(12):
    HANGS.add("/x", time.monotonic(), "")
    HANGS.back("/x", 0)
    waits.append(round(HANGS.known["/x"].until - time.monotonic()))
show(*waits)
held.add(root + "hung")
ask(file("hung"), timeout=0.2)
time.sleep(0.2)
let_go()
refused = ask(file("hung"), timeout=0.2)
show(*refused)
HANGS.known[root + "hung"].until = 0
show(*ask(file("hung")), root + "hung" in HANGS.known)
`);
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300, 300]);
    expect(refused).toMatchObject([{ why: 'timeout', detail: expect.stringContaining('timeout, the last read took') }]);
    expect(recovered).toMatchObject([{ text: 'value' }, false]);
  });

  test('refuse files similar to hung ones when many threads wait, and read all others', async () => {
    put(Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`nfs/${number}`, 'never'])));
    put({ 'etc/healthy': 'value' });
    const [reasons, healthy] = await run(`${HELD_FILES}
override(MAX_ALIKE=16, MAX_STUCK=24)
held.update(root + "nfs/%d" % number for number in range(40))
for number in range(40):
    ask(file("nfs/%d" % number))
show(HANGS.stuck, sorted({one["detail"].partition(": ")[2].partition(",")[0] for one in ask(*(file("nfs/%d" % number) for number in range(40)))}))
show(*ask(file("etc/healthy")))
`);
    expect(reasons).toEqual([16, ['not read', 'timeout after 0.1 s']]);
    expect(healthy).toMatchObject([{ text: 'value' }]);
  });

  test('answer with a partial table at the timeout, and send the rest later', async () => {
    const [part, first, second] = await run(String.raw`
plain_small, slow = small, True
def slow_small(path):
    if slow and path.endswith("/cmdline"):
        end = time.monotonic() + 0.05
        while time.monotonic() < end:
            pass
    return plain_small(path)
override(small=slow_small)
pid = os.getpid()
late = subprocess.Popen(["sleep", "60"])
def pids(answer):
    at, seen, body = 0, set(), answer["text"].encode("latin1")
    while at < len(body):
        pid, mask = struct.unpack_from("<IB", body, at)
        at += 9
        seen.add(pid)
        for _ in range(bin(mask & 127).count("1")):
            at += 4 + struct.unpack_from("<I", body, at)[0]
    return seen
one = ask(["processes", True], timeout=0.3)[0]
slow = False
look_until(lambda: not HANGS.stuck)
for hang in HANGS.known.values():
    hang.until = 0
two = ask(["processes", True])[0]
late.kill()
read, of = one["part"]
show(0 < read < of, len(pids(one)) <= read, of >= len([name for name in os.listdir("/proc") if name.isdigit()]) - 20, "part" in two)
show(pid in one["gone"], late.pid in pids(one) | pids(two), pid in pids(one) | pids(two))
show(pid in two["gone"])
`);
    expect(part).toEqual([true, true, true, false]);
    expect(first).toEqual([false, true, true]);
    expect(second).toEqual([false]);
  });

  test('answer with a partial table before the console stops to wait for a read that was queued', async () => {
    const [answered] = await run(String.raw`
plain_small = small
def slow_small(path):
    if path.endswith("/cmdline"):
        time.sleep(0.05)
    return plain_small(path)
override(small=slow_small, SLOW=1)
job = Job({"id": 1, "what": ["processes", True], "timeout": 60})
readers.put(job)
look_until(lambda: len(readers.processes.known) > 0)
job.asked -= 62
readers.looked = 0
look_until(lambda: 1 in answers)
show(answers[1].get("why"), len(answers[1]["text"]) > 0, job.cut, answers[1]["ms"] < 30000)
`);
    expect(answered).toEqual([null, true, true, true]);
  });

  test('find the processes of threads in the process table, without a look at all others', async () => {
    const [found, looked, later] = await run(String.raw`
program = lambda: subprocess.Popen(["sleep", "60"], stdout=subprocess.DEVNULL)
first = program()
stats, plain = [], small
def counted(path):
    if path.endswith("/stat") and "/task/" not in path:
        stats.append(path)
    return plain(path)
sys.modules["crashcart_collector.threads"].small = counted
def threads(have):
    answer = ask(["threads", "sleep", dict({"have": have}, **({} if have else {"commands": ["sleep"]}))])[0]
    pids, at, body = set(), 0, answer["text"].encode("latin1")
    while at < len(body):
        pid, _, mask = struct.unpack_from("<IIB", body, at)
        pids.add(pid)
        at += 9
        for _ in range(bin(mask).count("1")):
            at += 4 + struct.unpack_from("<I", body, at)[0]
    return answer["seq"], pids, {pid for pid, _ in answer["gone"]}
ask(["processes", ""])
seq, pids, _ = threads(0)
show(first.pid in pids)
everyone = len([name for name in os.listdir("/proc") if name.isdigit()])
show(len(stats) <= len(pids) < everyone)
second = program()
first.kill()
first.wait()
ask(["processes", ""])
seq, pids, gone = threads(seq)
seq, more, goner = threads(seq)
show(second.pid in pids | more, first.pid in gone | goner)
second.kill()
`);
    expect([found, looked, later]).toEqual([[true], [true], [true, true]]);
  });

  test('skip a control group that hangs, and read it again later', async () => {
    put({ 'proc/self/mountinfo': '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n' });
    for (const name of ['stuck', 'web'])
      put({
        [`sys/fs/cgroup/lxc.payload.${name}/cpu.stat`]: 'usage_usec 1\n',
        [`sys/fs/cgroup/lxc.payload.${name}/memory.current`]: '4096\n',
      });
    const lines = await run(String.raw`
plain_use = Cgroups.read_use
def held_use(self, group):
    records = plain_use(self, group)
    hold(group.path)
    return records
Cgroups.read_use = held_use
TABLES["cgroups"] = lambda handles: Cgroups(handles, sys.argv[1])
files = [{"name": "cpu.stat", "of": "unified", "pace": "use"}, {"name": "memory.current", "of": "unified", "pace": "use"}]
known, seq = {}, 0
def sample():
    global seq
    answer = ask(["cgroups", "", {"have": seq, "files": files, "hybrid": [], "keep": r"/lxc\.payload\.", "enter": "^$"}])[0]
    if answer["anew"]:
        known.clear()
    known.update(dict(answer["fresh"]))
    for id in answer["gone"]:
        del known[id]
    seq = answer["seq"]
    show(sorted(known.values()), answer["anew"], HANGS.stuck, readers.handles.most - readers.handles.left)
held.add("/lxc.payload.stuck")
sample()
sample()
let_go()
sample()
sample()
`);
    expect(lines).toEqual([
      [['/lxc.payload.web'], true, 1, 4],
      [['/lxc.payload.web'], false, 1, 4],
      [['/lxc.payload.stuck', '/lxc.payload.web'], false, 0, 4],
      [['/lxc.payload.stuck', '/lxc.payload.web'], false, 0, 4],
    ]);
  });
});
