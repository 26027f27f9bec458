import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CgroupTableKeeper } from '../../../src/host/collector/cgroup-table.ts';
import { FrameReader, type Frame, type Head } from '../../../src/host/collector/frames.ts';
import { ThreadTableKeeper } from '../../../src/host/collector/thread-table.ts';
import { needsPython } from '../../helpers/python.ts';

/** The parts of the collector that make the tables, on a made tree; the keeper on our side puts the answers together. */
const parts = ['reads', 'processes', 'tables', 'cgroups', 'threads']
  .map((name) => readFileSync(new URL(`../../../src/host/collector/${name}.py`, import.meta.url), 'utf8'))
  .join('\n\n');
const DRIVER = String.raw`
class Job:
    abandoned = False
handles = Handles()
bounds = json.loads(sys.argv[3])
if "handles" in bounds:
    handles.left = handles.most = bounds.pop("handles")
globals().update(bounds)
table = {"cgroups": Cgroups, "threads": Threads}[sys.argv[1]](handles, sys.argv[2])
for line in sys.stdin:
    try:
        head, body = table.answer(json.loads(line), Job)
    except Miss as miss:
        head, body = {"why": miss.why, "detail": str(miss)}, b""
    head["n"] = len(body)
    head["handles"] = handles.left
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()
`;

class Table implements Disposable {
  readonly #child;
  readonly #frames = new FrameReader();
  readonly #waiting: ((frame: Frame) => void)[] = [];

  /** `bounds`: other values for the constants of the program; `handles`: how many files may stay open. */
  constructor(kind: 'cgroups' | 'threads', root: string, bounds: Readonly<Record<string, number>> = {}) {
    this.#child = spawn('python3', ['-I', '-c', `${parts}\n${DRIVER}`, kind, root, JSON.stringify(bounds)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    // A program that fails must fail the test, not stand still.
    this.#child.on('exit', (code) => {
      if (code)
        for (const settle of this.#waiting.splice(0)) settle({ head: { why: `exit ${code}` }, body: Buffer.alloc(0) });
    });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      for (const frame of this.#frames.push(chunk)) this.#waiting.shift()?.(frame);
    });
  }

  ask(ask: Head): Promise<Frame> {
    const { promise, resolve } = Promise.withResolvers<Frame>();
    this.#waiting.push(resolve);
    this.#child.stdin.write(`${JSON.stringify(ask)}\n`);
    return promise;
  }

  [Symbol.dispose](): void {
    this.#child.kill();
  }
}

let root = '';
beforeEach(needsPython);
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tables-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
const v2 = (group: string, files: Readonly<Record<string, string>> = {}): void =>
  put(
    Object.fromEntries(
      Object.entries({ 'cpu.stat': 'usage_usec 1\n', 'memory.current': '4096\n', ...files }).map(([name, text]) => [
        `sys/fs/cgroup${group}/${name}`,
        text,
      ]),
    ),
  );

describe('control groups', () => {
  let keeper = new CgroupTableKeeper();
  let at = 0;
  beforeEach(() => {
    keeper = new CgroupTableKeeper();
    at = 100;
    put({ 'proc/self/mountinfo': V2 });
  });
  const sample = async (table: Table) => {
    const { head, body } = await table.ask(keeper.ask());
    at += 1;
    return { ...keeper.apply(head, body, at), head, bytes: body.length };
  };

  test('v2: what is kept, what is entered, and what is nobody’s business', async () => {
    const pod = '/kubepods.slice/kubepods-pod1f0e9a52_7c3b_4f6e_9d2a_0b8c7d6e5f40.slice';
    const id = '0123456789abcdef'.repeat(4);
    const guest = String.raw`/machine.slice/machine-qemu\x2d3\x2dweb.scope`;
    v2(pod);
    v2(`${pod}/cri-containerd-${id}.scope`);
    v2(`${pod}/crio-conmon-${id}.scope`);
    v2('/lxc.payload.web');
    v2('/lxc.payload.web/system.slice/nginx.service');
    v2(`/lxc.payload.web/docker/${id}`);
    v2('/lxc.monitor.web');
    v2(`${guest}/libvirt/vcpu0`);
    v2(guest);
    v2(`${guest}/libvirt`);
    v2('/system.slice/ssh.service');
    using table = new Table('cgroups', root);
    const { layout, groups } = await sample(table);
    expect(layout).toBe('v2');
    expect([...groups.keys()].toSorted()).toEqual(
      [pod, `${pod}/cri-containerd-${id}.scope`, '/lxc.payload.web', guest, `${guest}/libvirt/vcpu0`].toSorted(),
    );
  });

  test('sends only what changed, and groups keep their identity', async () => {
    v2('/lxc.payload.a', { 'pids.max': 'max\n', 'memory.stat': 'anon 5\nshmem 7\nfile 6\n' });
    v2('/lxc.payload.b');
    using table = new Table('cgroups', root);
    const first = await sample(table);
    expect(first.groups.get('/lxc.payload.a')).toMatchObject({
      use: { 'cpu.stat': 'usage_usec 1\n', 'memory.current': '4096\n' },
      rest: { 'pids.max': 'max\n', 'memory.stat': 'anon 5\nfile 6' },
    });
    v2('/lxc.payload.a', { 'cpu.stat': 'usage_usec 2\n' });
    const second = await sample(table);
    expect(second.groups.get('/lxc.payload.a')?.use).toEqual({
      'cpu.stat': 'usage_usec 2\n',
      'memory.current': '4096\n',
    });
    expect(second.groups.get('/lxc.payload.b')?.use).toBe(first.groups.get('/lxc.payload.b')?.use);
    expect(second.bytes).toBeLessThan(60);
  });

  test('the rest is read every fifth time while a group runs, and says since when its counters moved', async () => {
    v2('/lxc.payload.a', { 'io.stat': '254:0 rbytes=0\n' });
    using table = new Table('cgroups', root);
    const seen: (readonly [number | undefined, number | undefined, string | undefined])[] = [];
    for (let tick = 0; tick < 16; tick++) {
      v2('/lxc.payload.a', { 'cpu.stat': `usage_usec ${tick}\n`, 'io.stat': `254:0 rbytes=${tick}\n` });
      const group = (await sample(table)).groups.get('/lxc.payload.a');
      seen.push([group?.restAt, group?.earlier?.at, group?.rest['io.stat']?.trim()]);
    }
    const looks = seen.filter(([at], i) => at !== seen[i - 1]?.[0]);
    expect(looks[0]).toEqual([101, undefined, '254:0 rbytes=0']);
    // After the first, which comes at once, it has a turn of its own.
    expect(looks.slice(1).map(([, earlierAt]) => earlierAt)).toEqual(looks.slice(0, -1).map(([restAt]) => restAt));
    const gaps = looks.slice(2).map(([restAt], i) => (restAt ?? 0) - (looks[i + 1]?.[0] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([5]));
  });

  test('one that does not run is looked at a third as often, after a look that shows that nothing moves', async () => {
    v2('/lxc.payload.a', { 'io.stat': '254:0 rbytes=1\n' });
    using table = new Table('cgroups', root);
    const looks = new Set<number>();
    for (let tick = 0; tick < 62; tick++) looks.add((await sample(table)).groups.get('/lxc.payload.a')?.restAt ?? 0);
    // One at once, one more since it was read for the first time, then every fifteenth.
    expect(looks.size).toBeGreaterThanOrEqual(5);
    expect(looks.size).toBeLessThanOrEqual(7);
  });

  test('groups that come are seen within two samples, and those that went are gone', async () => {
    v2('/docker/deadbeef');
    using table = new Table('cgroups', root);
    expect((await sample(table)).groups.size).toBe(0);
    v2('/lxc.payload.new');
    await sample(table);
    expect([...(await sample(table)).groups.keys()]).toEqual(['/lxc.payload.new']);
    rmSync(join(root, 'sys/fs/cgroup/lxc.payload.new'), { recursive: true });
    await sample(table);
    expect((await sample(table)).groups.size).toBe(0);
  });

  test('whoever missed an answer is told all anew', async () => {
    v2('/lxc.payload.a');
    v2('/lxc.payload.b');
    using table = new Table('cgroups', root);
    await sample(table);
    const ask = keeper.ask();
    v2('/lxc.payload.a', { 'memory.current': '1\n' });
    await table.ask(ask);
    // That answer was lost on the way: the keeper stands where it stood.
    const { groups, head } = await sample(table);
    expect(head['anew']).toBe(true);
    expect(groups.get('/lxc.payload.a')?.use['memory.current']).toBe('1\n');
    expect((await sample(table)).head['anew']).toBe(false);
  });

  test('unreadable files and folders are left out, the others are not', async () => {
    v2('/lxc.payload.a', { 'memory.max': 'max\n' });
    rmSync(join(root, 'sys/fs/cgroup/lxc.payload.a/memory.current'));
    mkdirSync(join(root, 'sys/fs/cgroup/lxc.payload.a/memory.current'));
    symlinkSync('/nowhere', join(root, 'sys/fs/cgroup/lxc.payload.link'));
    using table = new Table('cgroups', root);
    const { groups } = await sample(table);
    expect([...groups.keys()]).toEqual(['/lxc.payload.a']);
    expect(groups.get('/lxc.payload.a')?.use).toEqual({ 'cpu.stat': 'usage_usec 1\n' });
    expect(groups.get('/lxc.payload.a')?.rest['memory.max']).toBe('max\n');
  });

  test('names with newlines, quotes, escapes and bytes that are no text', async () => {
    const names = ['a\nb', 'a"b\\x2d', 'ä😀', '\u001B[31m'];
    for (const name of names) v2(`/lxc.payload.${name}`);
    const bytes = Buffer.concat([Buffer.from(join(root, 'sys/fs/cgroup/lxc.payload.')), Buffer.from([0xff, 0xfe])]);
    mkdirSync(bytes);
    writeFileSync(Buffer.concat([bytes, Buffer.from('/cpu.stat')]), 'usage_usec 9\n');
    using table = new Table('cgroups', root);
    const { groups } = await sample(table);
    expect([...groups.keys()].toSorted()).toEqual(
      [...names.map((name) => `/lxc.payload.${name}`), String.raw`/lxc.payload.\xff\xfe`].toSorted(),
    );
    expect(groups.get(String.raw`/lxc.payload.\xff\xfe`)?.use['cpu.stat']).toBe('usage_usec 9\n');
  });

  test('beyond the most that are read the rest is counted', async () => {
    for (let i = 0; i < 300; i++) v2(`/lxc.payload.${i}`);
    using table = new Table('cgroups', root, { MAX_GROUPS: 100, FRESH: 30 });
    const { groups, left } = await sample(table);
    expect([groups.size, left]).toEqual([100, 200]);
    // Use is known of all at once; the rest of new ones is read a few at a time.
    expect([...groups.values()].every(({ use }) => use['cpu.stat'] !== undefined)).toBe(true);
    const whole = (all: typeof groups) => [...all.values()].filter(({ restAt }) => restAt === at).length;
    expect(whole((await sample(table)).groups)).toBe(30);
  });

  test('on a busy machine use comes first, and no answer is waited for', async () => {
    for (let i = 0; i < 10; i++) v2(`/lxc.payload.${i}`, { 'pids.max': '9\n' });
    using table = new Table('cgroups', root, { TIME: -1 });
    const { groups } = await sample(table);
    expect([...groups.values()].map(({ use, rest }) => [Object.keys(use).length, Object.keys(rest).length])).toEqual(
      Array.from({ length: 10 }, () => [2, 0]),
    );
  });

  test('without any file that may stay open all is read by its path', async () => {
    v2('/lxc.payload.a', { 'pids.current': '3\n' });
    using table = new Table('cgroups', root, { handles: 0 });
    expect((await sample(table)).groups.get('/lxc.payload.a')).toMatchObject({
      use: { 'memory.current': '4096\n' },
      rest: { 'pids.current': '3\n' },
    });
    v2('/lxc.payload.a', { 'memory.current': '5\n' });
    expect((await sample(table)).groups.get('/lxc.payload.a')?.use['memory.current']).toBe('5\n');
    rmSync(join(root, 'sys/fs/cgroup/lxc.payload.a'), { recursive: true });
    await sample(table);
    expect((await sample(table)).groups.size).toBe(0);
  });

  test('open files are given back when groups go', async () => {
    for (let i = 0; i < 20; i++) v2(`/lxc.payload.${i}`);
    using table = new Table('cgroups', root, { handles: 1000 });
    expect((await sample(table)).head['handles']).toBe(1000 - 40);
    rmSync(join(root, 'sys/fs/cgroup'), { recursive: true });
    mkdirSync(join(root, 'sys/fs/cgroup'));
    await sample(table);
    expect((await sample(table)).head['handles']).toBe(1000);
  });

  test('hybrid: controllers of v1, pressure of the unified hierarchy', async () => {
    put({
      'proc/self/mountinfo': [
        '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw',
        '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
        String.raw`35 31 0:32 / /sys/fs/cgroup/me\040mory rw - cgroup cgroup rw,memory`,
        '40 31 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd',
        '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      ].join('\n'),
    });
    const a = 'lxc.payload.a';
    put({
      [`sys/fs/cgroup/cpu,cpuacct/${a}/cpuacct.usage`]: '7\n',
      [`sys/fs/cgroup/cpu,cpuacct/${a}/cpu.stat`]: 'nr_periods 1\n',
      [`sys/fs/cgroup/me mory/${a}/memory.usage_in_bytes`]: '8\n',
      [`sys/fs/cgroup/unified/${a}/cpu.stat`]: 'usage_usec 1\n',
      [`sys/fs/cgroup/unified/${a}/io.pressure`]: 'some total=1\n',
      'sys/fs/cgroup/cpu,cpuacct/machine/qemu-1-x.libvirt-qemu/cpu.stat': 'nr_periods 2\n',
      'sys/fs/cgroup/unified/machine/qemu-1-x.libvirt-qemu/cpu.stat': 'usage_usec 2\n',
    });
    using table = new Table('cgroups', root);
    const { layout, groups } = await sample(table);
    expect(layout).toBe('hybrid');
    expect(groups.get(`/${a}`)).toMatchObject({
      use: { 'cpuacct.usage': '7\n', 'cpu.stat': 'nr_periods 1\n', 'memory.usage_in_bytes': '8\n' },
      rest: { 'unified/io.pressure': 'some total=1\n' },
    });
    expect(groups.get(`/${a}`)?.use).not.toHaveProperty('unified/cpu.stat');
    // libvirt makes no cpuacct group beside a unified hierarchy.
    expect(groups.get('/machine/qemu-1-x.libvirt-qemu')?.use).toEqual({
      'cpu.stat': 'nr_periods 2\n',
      'unified/cpu.stat': 'usage_usec 2\n',
    });
  });

  test('the network of its first process, where that is not ours', async () => {
    v2('/lxc.payload.a/init.scope', { 'cgroup.procs': '42\n43\n' });
    v2('/lxc.payload.a', { 'cgroup.procs': '' });
    v2('/lxc.payload.host', { 'cgroup.procs': '44\n' });
    put({ 'proc/42/net/dev': ' eth0: 1\n', 'proc/44/net/dev': ' ens3: 1\n' });
    for (const [pid, net] of [
      ['self', 1],
      ['42', 2],
      ['44', 1],
    ] as const) {
      mkdirSync(join(root, `proc/${pid}/ns`), { recursive: true });
      symlinkSync(`net:[${net}]`, join(root, `proc/${pid}/ns/net`));
    }
    using table = new Table('cgroups', root);
    const { groups } = await sample(table);
    expect(groups.get('/lxc.payload.a')).toMatchObject({ firstPid: 42, rest: { 'net/dev': ' eth0: 1\n' } });
    expect(groups.get('/lxc.payload.host')?.firstPid).toBe(44);
    expect(groups.get('/lxc.payload.host')?.rest).not.toHaveProperty('net/dev');
  });

  test('a host without control groups says so', async () => {
    put({ 'proc/self/mountinfo': '23 1 0:1 / / rw - ext4 /dev/vda rw\n' });
    using table = new Table('cgroups', root);
    expect((await table.ask(keeper.ask())).head).toMatchObject({ why: 'absent' });
  });
});

/** The part that gives work to threads, with a table of which the first sample hangs until it is let go. */
const HANGING = String.raw`
go = threading.Event()
class Stuck(Cgroups):
    made = 0
    def sample(self, job):
        Stuck.made += 1
        self.at, self.since = "/lxc.payload.stuck", time.monotonic()
        if Stuck.made == 1:
            go.wait()
        return {"avoided": sorted(self.avoid)}, b""
    def forget(self):
        pass
    def release(self):
        print(json.dumps("released"), flush=True)
TABLES["cgroups"] = Stuck
readers = Readers(lambda head, body=b"": print(json.dumps(head), flush=True), lambda: None)
def ask(id, have):
    readers.put(Job({"id": id, "what": ["cgroups", "", {"have": have, "files": []}], "timeout": 0.2}, b""))
ask(1, 0)
time.sleep(1.5)
readers.look_after(time.monotonic())
ask(2, 0)
time.sleep(0.3)
go.set()
time.sleep(0.3)
ask(3, 2)
time.sleep(0.3)
`;

test('a read that hangs costs one answer: another table goes on without that group', async () => {
  const readers = readFileSync(new URL('../../../src/host/collector/readers.py', import.meta.url), 'utf8');
  const child = spawn('python3', ['-I', '-c', `${parts}\n${readers}\n${HANGING}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await text(child.stdout);
  expect(
    said
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line)),
  ).toMatchObject([
    { id: 1, why: 'timeout' },
    { id: 2, avoided: ['/lxc.payload.stuck'], anew: true },
    'released',
    { id: 3, avoided: ['/lxc.payload.stuck'], anew: false },
  ]);
});

describe('threads', () => {
  const commands = ['qemu-system-', 'kvm'];
  let keeper = new ThreadTableKeeper();
  beforeEach(() => {
    keeper = new ThreadTableKeeper();
  });
  const sample = async (table: Table) => {
    const { head, body } = await table.ask(keeper.ask({ kind: 'threads', commands }));
    return { ...keeper.apply(head, body), head, bytes: body.length };
  };
  const process = (pid: number, command: string): void => put({ [`proc/${pid}/stat`]: `${pid} (${command}) S 1\n` });
  const thread = (pid: number, tid: number, name: string, run: number, state = 'S'): void =>
    put({
      [`proc/${pid}/task/${tid}/stat`]: `${tid} (${name}) ${state} 1\n`,
      [`proc/${pid}/task/${tid}/schedstat`]: `${run} 0 1\n`,
      [`proc/${pid}/task/${tid}/status`]: 'Name:\tx\nCpus_allowed:\tff\nCpus_allowed_list:\t0-3,8\nMems_allowed:\t1\n',
      [`proc/${pid}/task/${tid}/wchan`]: 'folio_wait_bit',
    });

  test('only of the named programs, and only what ran is sent again', async () => {
    process(7, 'qemu-system-x86');
    process(8, 'bash');
    process(9, 'a) (kvm');
    thread(7, 7, 'qemu-system-x86', 1);
    thread(7, 71, 'CPU 0/KVM', 1);
    using table = new Table('threads', root);
    const first = await sample(table);
    expect([...first.processes.keys()]).toEqual([7]);
    expect(first.processes.get(7)?.threads.get(71)).toEqual({
      tid: 71,
      stat: '71 (CPU 0/KVM) S 1\n',
      schedstat: '1 0 1\n',
      cpusAllowed: '0-3,8',
      wchan: undefined,
    });
    expect((await sample(table)).processes.get(7)).toBe(first.processes.get(7));
    thread(7, 71, 'CPU 0/KVM', 2, 'D');
    const third = await sample(table);
    expect(third.processes.get(7)?.threads.get(71)).toMatchObject({ schedstat: '2 0 1\n', wchan: 'folio_wait_bit' });
    expect(third.processes.get(7)?.threads.get(7)).toBe(first.processes.get(7)?.threads.get(7));
    // Where it sleeps stays true while it sleeps, also when something else is told of it.
    put({ 'proc/7/task/71/status': 'Name:\tx\nCpus_allowed_list:\t1\n' });
    for (let tick = 0; tick < 10; tick++) await sample(table);
    expect((await sample(table)).processes.get(7)?.threads.get(71)).toMatchObject({
      cpusAllowed: '1',
      wchan: 'folio_wait_bit',
    });
  });

  test('threads and processes come and go', async () => {
    process(7, 'kvm');
    thread(7, 7, 'kvm', 1);
    using table = new Table('threads', root, { handles: 100 });
    await sample(table);
    thread(7, 72, 'worker', 1);
    process(20, 'sh');
    await sample(table);
    expect([...((await sample(table)).processes.get(7)?.threads.keys() ?? [])]).toEqual([7, 72]);
    // A fork that becomes a guest a moment later.
    process(20, 'qemu-system-aar');
    thread(20, 20, 'qemu-system-aar', 1);
    rmSync(join(root, 'proc/7/task/72'), { recursive: true });
    await sample(table);
    const both = await sample(table);
    expect([...both.processes.keys()]).toEqual([7, 20]);
    expect([...(both.processes.get(7)?.threads.keys() ?? [])]).toEqual([7]);
    rmSync(join(root, 'proc/7'), { recursive: true });
    rmSync(join(root, 'proc/20'), { recursive: true });
    await sample(table);
    const none = await sample(table);
    expect([none.processes.size, none.head['handles']]).toEqual([0, 100]);
  });

  test('without schedstat the state is read each time', async () => {
    process(7, 'kvm');
    thread(7, 7, 'kvm', 1);
    rmSync(join(root, 'proc/7/task/7/schedstat'));
    using table = new Table('threads', root);
    expect((await sample(table)).processes.get(7)?.threads.get(7)?.schedstat).toBeUndefined();
    put({ 'proc/7/task/7/stat': '7 (kvm) R 1\n' });
    expect((await sample(table)).processes.get(7)?.threads.get(7)?.stat).toBe('7 (kvm) R 1\n');
  });
});
