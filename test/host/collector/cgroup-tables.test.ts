import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { CgroupTableKeeper } from '../../../src/host/collector/cgroup-table.ts';
import { madeRoot, Table } from '../../helpers/collector-table.ts';

const { put, root } = madeRoot();

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
    const { head, body } = await table.ask(keeper.request());
    at += 1;
    return { ...keeper.apply(head, body, at), head, bytes: body.length };
  };

  test('v2: groups that are kept, entered and skipped', async () => {
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
    using table = new Table('cgroups', root());
    const { layout, groups } = await sample(table);
    expect(layout).toBe('v2');
    expect([...groups.keys()].toSorted()).toEqual(
      [pod, `${pod}/cri-containerd-${id}.scope`, '/lxc.payload.web', guest, `${guest}/libvirt/vcpu0`].toSorted(),
    );
  });

  test('sends changes only, and unchanged groups keep their identity', async () => {
    v2('/lxc.payload.a', { 'pids.max': 'max\n', 'memory.stat': 'anon 5\nshmem 7\nfile 6\n' });
    v2('/lxc.payload.b');
    using table = new Table('cgroups', root());
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

  test('the rest is read every fifth time while a group runs, with the time span of its counters', async () => {
    v2('/lxc.payload.a', { 'io.stat': '254:0 rbytes=0\n' });
    using table = new Table('cgroups', root());
    const seen: (readonly [number | undefined, number | undefined, string | undefined])[] = [];
    for (let tick = 0; tick < 16; tick++) {
      v2('/lxc.payload.a', { 'cpu.stat': `usage_usec ${tick}\n`, 'io.stat': `254:0 rbytes=${tick}\n` });
      const group = (await sample(table)).groups.get('/lxc.payload.a');
      seen.push([group?.restAt, group?.earlier?.at, group?.rest['io.stat']?.trim()]);
    }
    const looks = seen.filter(([at], i) => at !== seen[i - 1]?.[0]);
    expect(looks[0]).toEqual([101, undefined, '254:0 rbytes=0']);
    // After the first read, which comes at once, it has a separate turn.
    expect(looks.slice(1).map(([, earlierAt]) => earlierAt)).toEqual(looks.slice(0, -1).map(([restAt]) => restAt));
    const gaps = looks.slice(2).map(([restAt], i) => (restAt ?? 0) - (looks[i + 1]?.[0] ?? 0));
    expect(new Set(gaps)).toEqual(new Set([5]));
  });

  test('an idle group is read a third as often', async () => {
    v2('/lxc.payload.a', { 'io.stat': '254:0 rbytes=1\n' });
    using table = new Table('cgroups', root());
    const looks = new Set<number>();
    for (let tick = 0; tick < 62; tick++) looks.add((await sample(table)).groups.get('/lxc.payload.a')?.restAt ?? 0);
    // One at once, one more since it was read for the first time, then every fifteenth.
    expect(looks.size).toBeGreaterThanOrEqual(5);
    expect(looks.size).toBeLessThanOrEqual(7);
  });

  test('new groups appear within two samples, and removed ones are gone', async () => {
    v2('/docker/deadbeef');
    using table = new Table('cgroups', root());
    expect((await sample(table)).groups.size).toBe(0);
    v2('/lxc.payload.new');
    await sample(table);
    expect([...(await sample(table)).groups.keys()]).toEqual(['/lxc.payload.new']);
    rmSync(join(root(), 'sys/fs/cgroup/lxc.payload.new'), { recursive: true });
    await sample(table);
    expect((await sample(table)).groups.size).toBe(0);
  });

  test('a keeper that missed an answer gets a full table', async () => {
    v2('/lxc.payload.a');
    v2('/lxc.payload.b');
    using table = new Table('cgroups', root());
    await sample(table);
    const ask = keeper.request();
    v2('/lxc.payload.a', { 'memory.current': '1\n' });
    await table.ask(ask);
    // That answer was lost: the keeper keeps its sequence number.
    const { groups, head } = await sample(table);
    expect(head['anew']).toBe(true);
    expect(groups.get('/lxc.payload.a')?.use['memory.current']).toBe('1\n');
    expect((await sample(table)).head['anew']).toBe(false);
  });

  test('unreadable files and folders are skipped, others are read', async () => {
    v2('/lxc.payload.a', { 'memory.max': 'max\n' });
    rmSync(join(root(), 'sys/fs/cgroup/lxc.payload.a/memory.current'));
    mkdirSync(join(root(), 'sys/fs/cgroup/lxc.payload.a/memory.current'));
    symlinkSync('/nowhere', join(root(), 'sys/fs/cgroup/lxc.payload.link'));
    using table = new Table('cgroups', root());
    const { groups } = await sample(table);
    expect([...groups.keys()]).toEqual(['/lxc.payload.a']);
    expect(groups.get('/lxc.payload.a')?.use).toEqual({ 'cpu.stat': 'usage_usec 1\n' });
    expect(groups.get('/lxc.payload.a')?.rest['memory.max']).toBe('max\n');
  });

  test('names with newlines, quotes, escapes and invalid UTF-8', async () => {
    const names = ['a\nb', 'a"b\\x2d', 'ä😀', '\u001B[31m'];
    for (const name of names) v2(`/lxc.payload.${name}`);
    const bytes = Buffer.concat([Buffer.from(join(root(), 'sys/fs/cgroup/lxc.payload.')), Buffer.from([0xff, 0xfe])]);
    mkdirSync(bytes);
    writeFileSync(Buffer.concat([bytes, Buffer.from('/cpu.stat')]), 'usage_usec 9\n');
    using table = new Table('cgroups', root());
    const { groups } = await sample(table);
    expect([...groups.keys()].toSorted()).toEqual(
      [...names.map((name) => `/lxc.payload.${name}`), String.raw`/lxc.payload.\xff\xfe`].toSorted(),
    );
    expect(groups.get(String.raw`/lxc.payload.\xff\xfe`)?.use['cpu.stat']).toBe('usage_usec 9\n');
  });

  test('groups beyond the limit are counted', async () => {
    for (let i = 0; i < 300; i++) v2(`/lxc.payload.${i}`);
    using table = new Table('cgroups', root(), { MAX_GROUPS: 100, FRESH: 30 });
    const { groups, left } = await sample(table);
    expect([groups.size, left]).toEqual([100, 200]);
    // Use is known of all at once; the rest of new ones is read a few at a time.
    expect([...groups.values()].every(({ use }) => use['cpu.stat'] !== undefined)).toBe(true);
    const whole = (all: typeof groups) => [...all.values()].filter(({ restAt }) => restAt === at).length;
    expect(whole((await sample(table)).groups)).toBe(30);
  });

  test('on a busy machine usage is read first, and no answer is delayed', async () => {
    for (let i = 0; i < 10; i++) v2(`/lxc.payload.${i}`, { 'pids.max': '9\n' });
    using table = new Table('cgroups', root(), { TIME: -1 });
    const { groups } = await sample(table);
    expect([...groups.values()].map(({ use, rest }) => [Object.keys(use).length, Object.keys(rest).length])).toEqual(
      Array.from({ length: 10 }, () => [2, 0]),
    );
  });

  test('files are read by path when none may stay open', async () => {
    v2('/lxc.payload.a', { 'pids.current': '3\n' });
    using table = new Table('cgroups', root(), { handles: 0 });
    expect((await sample(table)).groups.get('/lxc.payload.a')).toMatchObject({
      use: { 'memory.current': '4096\n' },
      rest: { 'pids.current': '3\n' },
    });
    v2('/lxc.payload.a', { 'memory.current': '5\n' });
    expect((await sample(table)).groups.get('/lxc.payload.a')?.use['memory.current']).toBe('5\n');
    rmSync(join(root(), 'sys/fs/cgroup/lxc.payload.a'), { recursive: true });
    await sample(table);
    expect((await sample(table)).groups.size).toBe(0);
  });

  test('open files are closed when groups are removed', async () => {
    for (let i = 0; i < 20; i++) v2(`/lxc.payload.${i}`);
    using table = new Table('cgroups', root(), { handles: 1000 });
    expect((await sample(table)).head['handles']).toBe(1000 - 40);
    rmSync(join(root(), 'sys/fs/cgroup'), { recursive: true });
    mkdirSync(join(root(), 'sys/fs/cgroup'));
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
    using table = new Table('cgroups', root());
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

  test('net/dev of the first process in another network namespace', async () => {
    v2('/lxc.payload.a/init.scope', { 'cgroup.procs': '42\n43\n' });
    v2('/lxc.payload.a', { 'cgroup.procs': '' });
    v2('/lxc.payload.host', { 'cgroup.procs': '44\n' });
    put({ 'proc/42/net/dev': ' eth0: 1\n', 'proc/44/net/dev': ' ens3: 1\n' });
    for (const [pid, net] of [
      ['self', 1],
      ['42', 2],
      ['44', 1],
    ] as const) {
      mkdirSync(join(root(), `proc/${pid}/ns`), { recursive: true });
      symlinkSync(`net:[${net}]`, join(root(), `proc/${pid}/ns/net`));
    }
    using table = new Table('cgroups', root());
    const { groups } = await sample(table);
    expect(groups.get('/lxc.payload.a')).toMatchObject({ firstPid: 42, rest: { 'net/dev': ' eth0: 1\n' } });
    expect(groups.get('/lxc.payload.host')?.firstPid).toBe(44);
    expect(groups.get('/lxc.payload.host')?.rest).not.toHaveProperty('net/dev');
  });

  test('a host without control groups gives absent', async () => {
    put({ 'proc/self/mountinfo': '23 1 0:1 / / rw - ext4 /dev/vda rw\n' });
    using table = new Table('cgroups', root());
    expect((await table.ask(keeper.request())).head).toMatchObject({ why: 'absent' });
  });
});
