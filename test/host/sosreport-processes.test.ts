import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findings, sources } from '../../src/subsystems/index.ts';
import type { Host } from '../../src/host/host.ts';
import { openPackedSosreport } from '../../src/host/sosreport.ts';
import { psRows } from '../../src/host/sosreport/ps-table.ts';
import { recordingFromPipe } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { reportText } from '../../src/commands/report.ts';
import { processes, upSeconds, type Process } from '../../src/sources/processes/processes.ts';
import { users } from '../../src/sources/processes/users.ts';
import { tarOf } from '../helpers/made-sosreport.ts';

const OPTIONS = 'ps_axo_flags_state_uid_pid_ppid_pgid_sid_cls_pri';
const OLD = `sos_commands/process/${OPTIONS}_addr_sz_wchan_20_lstart_tty_time_cmd`;
const WITH_PSR = `sos_commands/process/${OPTIONS}_psr_addr_sz_wchan_20_lstart_tty_time_cmd`;
const QEMU = '/usr/bin/qemu-system-x86_64 -name guest=vm-1,debug-threads=on -S -smp 2 -m 2048';
const oldTable = `F S   UID     PID    PPID    PGID     SID CLS PRI ADDR    SZ WCHAN                                 STARTED TT           TIME CMD
4 S     0       1       0       1       1  TS  19    - 42587 ep_poll              Thu Mar  5 08:00:01 2026 ?        00:00:10 /sbin/init
1 S     0       2       0       0       0  TS  19    -     0 kthreadd             Thu Mar  5 08:00:01 2026 ?        00:00:00 [kthreadd]
6 S   107     900       1     899     899  TS  19    - 99587 poll_schedule_timeou Thu Mar  5 08:10:01 2026 ?        00:20:10 ${QEMU}
`;
const withPsr = oldTable.replace(' PRI ADDR', ' PRI PSR ADDR').replaceAll(/ 19    - /g, ' 19   3    - ');
const date = { 'sos_commands/date/date': 'Thu Mar  5 11:00:00 CET 2026\n', 'sos_commands/date/date_--utc': 'Thu Mar  5 10:00:00 UTC 2026\n' }; // prettier-ignore
/** As ps prints times: in the host's zone. */
const inCet = (table: string): string => table.replaceAll(/ 08:(?=\d\d:01 2026)/g, ' 09:');
const BTIME = 'cpu  1 0 1 1 0 0 0 0 0 0\nbtime 1772697600\n';
const uptime = { 'sos_commands/host/uptime': ' 11:00:01 up 2:00,  1 user,  load average: 0.50, 0.40, 0.30\n' };

async function hostOf(files: Readonly<Record<string, string>>): Promise<Host> {
  const report = await openPackedSosreport(Readable.from([await tarOf(files)]), 'none', 'x.tar', 7);
  if (!report) throw new Error('no report');
  return report.host;
}

async function processesOf(files: Readonly<Record<string, string>>): Promise<ReadonlyMap<number, Process>> {
  const reading = await (await hostOf(files)).read({ kind: 'processes' });
  if (!reading.ok) throw new Error(reading.detail);
  return processes.parse({ table: reading.value }).processes;
}

const started = (all: ReadonlyMap<number, Process>) => [...all.values()].map(({ startTicks }) => startTicks);

describe('processes of a sosreport', () => {
  test('are read from ps with the PSR column of sos 4.7.1, which is the last CPU', async () => {
    const all = await processesOf({ [WITH_PSR]: withPsr, 'proc/stat': BTIME, 'sos_commands/date/date': 'Thu Mar  5 10:00:00 UTC 2026\n', 'sos_commands/date/date_--utc': 'Thu Mar  5 10:00:00 UTC 2026\n' }); // prettier-ignore
    expect([...all.keys()]).toEqual([1, 2, 900]);
    expect(all.get(900)).toMatchObject({
      command: 'qemu-system-x86',
      commandLine: QEMU,
      state: 'S',
      parentPid: 1,
      uid: 107,
      cpuSeconds: 1210,
      startTicks: 60_100,
      lastCpu: 3,
      rssKiB: undefined,
      threads: undefined,
      owner: { kind: 'guest', name: 'vm-1' },
    });
    expect(all.get(2)).toMatchObject({ kernelThread: true, command: 'kthreadd' });
  });

  test('have no last CPU without the PSR column', async () => {
    expect((await processesOf({ [OLD]: oldTable, 'proc/stat': BTIME })).get(900)?.lastCpu).toBeUndefined();
  });

  test.each([
    ['btime of /proc/stat', { 'proc/stat': BTIME }, [100, 100, 60_100]],
    ['/proc/uptime', { 'proc/uptime': '7200.31 100.00\n' }, [100, 100, 60_100]],
    ['uptime, whose second pid 1 has', uptime, [0, 0, 60_000]],
  ])("have start times in the host's time zone by %s", async (_, of, ticks) => {
    expect(started(await processesOf({ [OLD]: inCet(oldTable), ...date, ...of }))).toEqual(ticks);
  });

  test('have start times by uptime alone when pid 1 is younger than the host', async () => {
    const table = inCet(oldTable).replaceAll('09:00:01', '09:09:00');
    expect(started(await processesOf({ [OLD]: table, ...date, ...uptime }))).toEqual([54_000, 54_000, 60_100]);
  });

  test('have no start times when the boot time is unknown', async () => {
    const all = await processesOf({ [OLD]: oldTable });
    expect([...all.keys()]).toEqual([1, 2, 900]);
    expect(started(all)).toEqual([undefined, undefined, undefined]);
    expect([...all.values()].map((one) => upSeconds(one, 7200))).toEqual([undefined, undefined, undefined]);
  });

  test('skip a truncated row', async () => {
    const cut = `${oldTable}6 S   107     901       1     899  89\n`;
    expect([...(await processesOf({ [OLD]: cut })).keys()]).toEqual([1, 2, 900]);
  });
});

test('uptime is that of uptime(1) when /proc/stat is not in the sosreport', async () => {
  const text = async (files: Readonly<Record<string, string>>) => {
    const reading = await (await hostOf(files)).read({ kind: 'file', path: '/proc/uptime' });
    return reading.ok ? reading.value : reading.why;
  };
  expect(await text(uptime)).toBe('7200.00\n');
  expect(await text({ 'sos_commands/host/uptime': ' 03:01:15 up 12 days,  5 min,  0 users,' })).toBe('1037100.00\n');
  expect(await text({ 'sos_commands/date/date': 'x' })).toBe('failed');
});

test('processes are those of `ps alxwww` where the other outputs are not there', async () => {
  const all = await processesOf({
    'sos_commands/process/ps_alxwww': `F   UID     PID    PPID PRI  NI    VSZ   RSS WCHAN  STAT TTY        TIME COMMAND
4     0       1       0  20   0 167000 12000 ep_pol Ss   ?          0:10 /sbin/init
1     0       2       0  20   0      0     0 kthrea S    ?          0:00 [kthreadd]
6   107     900       1  20   0 399996 81920 rpc_wa Dl   ?         20:10 ${QEMU}
`,
  });
  expect(all.get(900)).toMatchObject({ command: 'qemu-system-x86', commandLine: QEMU, state: 'D', parentPid: 1, uid: 107, cpuSeconds: 1210, rssKiB: 81_920, startTicks: undefined, threads: undefined, wchan: 'rpc_wa', owner: { kind: 'guest', name: 'vm-1' } }); // prettier-ignore
  expect(all.get(2)).toMatchObject({ kernelThread: true });
});

test('users have names by `ps auxwwwm`, without its threads', async () => {
  const host = await hostOf({
    [OLD]: oldTable,
    'sos_commands/process/ps_auxwwwm':
      'USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\nqemu         900  1.0  0.0 399996 81920 ?        -    08:10   0:09 /usr/bin/qemu -S\nqemu           -  1.0    -      -     - -        Sl   08:10   0:00 -\n',
  });
  const reading = await host.read({ kind: 'file', path: '/etc/passwd' });
  expect(users.parse({ passwd: reading.ok ? reading.value : undefined }).names.get(107)).toBe('qemu');
});

test('guests of virsh have their state when the name contains a blank', async () => {
  const host = await hostOf({
    'sos_commands/virsh/virsh_-r_list_--all':
      ' Id   Name       State\n-----------------\n 3    web 1      running\n -    old 2 b    shut off\n\n',
    'sos_commands/virsh/virsh_-r_dumpxml_web_1':
      "<domain type='kvm' id='3'><name>web 1</name><uuid>6792f2ff-e73c-48f6-8a54-608f9853c565</uuid></domain>",
    'sos_commands/virsh/virsh_-r_dumpxml_old_2_b':
      "<domain type='kvm'><name>old 2 b</name><uuid>7792f2ff-e73c-48f6-8a54-608f9853c565</uuid></domain>",
  });
  const reading = await host.read({
    kind: 'talk',
    dialect: 'libvirt',
    to: '/run/libvirt/libvirt-sock-ro',
    request: 'domains',
  });
  if (!reading.ok) throw new Error(reading.detail);
  expect(JSON.parse(reading.value)).toMatchObject({ domains: [{ name: 'old 2 b', state: 5 }, { name: 'web 1', state: 1 }] }); // prettier-ignore
});

test.each([
  ['with PSR', { [WITH_PSR]: withPsr, ...date, ...uptime }],
  ['without a time of boot', { [OLD]: oldTable }],
])('report of a sosreport %s shows its processes and its guest', async (_, files) => {
  const recording = await recordingFromPipe(Readable.from([await tarOf(files)]), sources);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
  try {
    const text = reportText(session, { ascii: false, nowMs: session.player.positionMs() });
    expect(text).toContain('3 processes');
    expect(text).not.toMatch(/0 threads|NaN|undefined/);
    expect(text).toMatch(/vm-1 +/);
  } finally {
    await session.stop();
  }
});

describe('psRows', () => {
  test('reads columns by the heading when a command contains blanks', () => {
    const text = 'warning: bad\n  PID NLWP COMMAND         CGROUP\n  812    7 qemu system x86 0::/a\n';
    expect(psRows(text).get(812)).toEqual({ PID: '812', NLWP: '7', COMMAND: 'qemu system x86', CGROUP: '0::/a' });
  });

  test('has whole rows when the text is arbitrary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const row of psRows(`PID A CMD B\n${text}\n 7 ${text}`).values())
          expect(Object.keys(row)).toEqual(['PID', 'A', 'CMD', 'B']);
      }),
    );
  });

  test('is linear when a line is a megabyte of blanks', () => {
    const text = `PID COMMAND CGROUP\n7 ${' '.repeat(1 << 20)}x ${' '.repeat(1 << 20)}y\n`;
    expect(psRows(text).get(7)).toEqual({ PID: '7', COMMAND: 'x', CGROUP: 'y' });
  });
});
