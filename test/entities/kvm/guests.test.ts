import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestCommand } from '../../../src/entities/kvm/guest-command.ts';
import { monitorDelta } from '../../../src/entities/kvm/guest-disks.ts';
import { guestState } from '../../../src/entities/kvm/guest-state.ts';
import { guestsOf } from '../../../src/entities/kvm/guests.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { parseMonitors } from '../../../src/sources/kvm/libvirt-monitor.ts';
import { guestMoment, withSamples } from '../../helpers/guest-host.ts';
import { seen } from '../../helpers/seen.ts';

const byName = async (
  change: (moment: Awaited<ReturnType<typeof guestMoment>>) => Awaited<ReturnType<typeof guestMoment>> = (moment) =>
    moment,
) => new Map(guestsOf(change(await guestMoment())).map((guest) => [guest.name, guest]));

describe('guests of the recorded host', () => {
  test('guestsOf joins domains with QEMU, threads, cgroups and taps when libvirt responds', async () => {
    const guests = await byName();
    expect([...guests.keys()].toSorted()).toEqual([
      'instance-0000002a',
      'lab-crash',
      'lab-db',
      'lab-full',
      'lab-off',
      'lab-paused',
      'lab-raw',
    ]);
    const web = guests.get('instance-0000002a');
    expect(web?.vcpus.map(({ number, cpusAllowed }) => `${number}:${cpusAllowed}`)).toEqual([
      '0:1',
      '1:1',
      '2:1',
      '3:1',
    ]);
    expect(web?.definition?.nova).toEqual({
      name: 'lab-web',
      flavor: 'm1.lab',
      project: 'shop-prod',
      user: 'alice',
      ports: [{ id: '08baabca-ed93-4ea8-8af1-f3aa0bde14f3', addresses: ['10.99.7.10'] }],
    });
    expect(web?.nics.map(({ tap }) => tap)).toEqual(['tap77c1dc00-af']);
    expect(web?.nics[0]?.rxBytesPerSec).toBeGreaterThan(0);
    const db = guests.get('lab-db');
    expect(db?.memory).toMatchObject({ currentKiB: 163_840, maximumKiB: 262_144 });
    expect(db?.disks[0]).toMatchObject({ name: 'vda', iopsLimit: 200 });
    expect(db?.disks[0]?.readMs).toBeGreaterThan(0);
    expect(guests.get('lab-raw')?.cpu.exitsPerSec).toBeGreaterThan(0);
    expect(guests.get('lab-full')?.disks[0]?.error).toBe('no space');
  });

  test('guestsOf leaves out CPU figures when a guest is shut off', async () => {
    const off = (await byName()).get('lab-off');
    expect(off).toMatchObject({
      process: undefined,
      vcpus: [],
      cpu: { runPct: undefined, stealPct: undefined },
      disks: [],
    });
    expect(off?.state).toEqual({ word: 'shut off', reason: undefined, verdict: 'off' });
  });

  test('guestsOf splits run delay into steal and throttling when a quota is set', async () => {
    for (const { vcpus } of (await byName()).values())
      for (const { delayPct, stealPct, throttledPct } of vcpus)
        expect((stealPct ?? 0) + (throttledPct ?? 0)).toBeCloseTo(delayPct ?? 0, 5);
  });

  test('guestsOf keeps the figures of /proc without libvirt', async () => {
    const guests = await byName((moment) => {
      const nothing = { now: undefined, before: undefined, history: [] };
      return {
        ...moment,
        libvirtDomains: { ...moment.libvirtDomains, ...nothing },
        libvirtMonitor: { ...moment.libvirtMonitor, ...nothing },
        libvirtXml: { ...moment.libvirtXml, ...nothing },
      };
    });
    expect(guests.size).toBe(6);
    const web = guests.get('instance-0000002a');
    expect(web).toMatchObject({ vcpuCount: 4, state: { verdict: 'unknown' }, memory: { currentKiB: 131_072 } });
    expect(web?.cpu.stealPct).toBeGreaterThan(0);
    expect(web?.disks).toEqual([]);
  });

  test('guestsOf gives a duration and no rates when a monitor times out', async () => {
    const guests = await byName((moment) =>
      withSamples(moment, 'libvirtMonitor', (sample) => ({
        notAsked: 0,
        guests: new Map(
          [...(sample?.guests ?? [])].map(([uuid, guest]) => [
            uuid,
            { ...guest, stuckSeconds: 48, why: 'monitor timeout' },
          ]),
        ),
      })),
    );
    const db = guests.get('lab-db');
    expect(db?.monitor).toMatchObject({ state: 'timeout', seconds: 48 });
    expect(db?.disks[0]?.readMs).toBeUndefined();
    expect(db?.cpu.stealPct).toBeGreaterThan(0);
  });
});

describe('while libvirt is unresponsive', () => {
  type Moment = Awaited<ReturnType<typeof guestMoment>>;
  /** The moment 40 s after the last reply of libvirt, which is in the history. */
  const unresponsive = (moment: Moment): Moment => {
    const mute = <One extends Moment['libvirtDomains'] | Moment['libvirtMonitor'] | Moment['libvirtXml']>(
      one: One,
    ): One => ({ ...one, now: undefined, before: undefined, seconds: undefined, ageMs: 40_000 });
    return {
      ...moment,
      libvirtDomains: mute(moment.libvirtDomains),
      libvirtMonitor: mute(moment.libvirtMonitor),
      libvirtXml: mute(moment.libvirtXml),
    };
  };
  const processes = (moment: Moment, change: (process: Process) => Process | undefined): Moment => ({
    ...moment,
    processes: {
      ...moment.processes,
      now: {
        processes: new Map(
          [...(moment.processes.now?.processes ?? [])].flatMap(([pid, process]) => {
            const changed = change(process);
            return changed ? [[pid, changed] as const] : [];
          }),
        ),
      },
    },
  });

  test('guestsOf keeps the last list with its age, and rates of /proc, when libvirt stops replying', async () => {
    const guests = await byName(unresponsive);
    expect(guests.size).toBe(7);
    expect(guests.get('lab-full')?.state).toEqual({
      word: 'paused',
      reason: 'I/O error',
      verdict: 'bad',
      ageSeconds: 40,
    });
    expect(guests.get('lab-full')?.disks[0]?.error).toBe('no space');
    expect(guests.get('lab-off')?.state).toMatchObject({ word: 'shut off', ageSeconds: 40 });
    const db = guests.get('lab-db');
    expect(db).toMatchObject({ memory: { currentKiB: 163_840, balloon: undefined }, monitor: { state: undefined } });
    expect(db?.disks[0]?.readMs).toBeUndefined();
    expect(db?.cpu.stealPct).toBeGreaterThan(0);
    expect(guests.get('instance-0000002a')?.definition?.nova?.name).toBe('lab-web');
  });

  test('guestsOf keeps that list, and compares processes with it, when it is an hour old', async () => {
    const long = (moment: Moment): Moment => {
      const old = <One extends Moment[keyof Moment]>(one: One): One => ({
        ...one,
        history: [],
        older: () => one.history,
      });
      const now = unresponsive(moment);
      return {
        ...now,
        libvirtDomains: { ...old(now.libvirtDomains), ageMs: 3_600_000 },
        libvirtXml: old(now.libvirtXml),
        processes: old(now.processes),
      };
    };
    const is = (process: Process, name: string) => guestCommand(process.commandLine)?.name === name;
    const guests = await byName((moment) =>
      processes(long(moment), (process) => (is(process, 'lab-paused') ? undefined : process)),
    );
    expect(guests.get('lab-off')?.state).toMatchObject({ word: 'shut off', ageSeconds: 3600 });
    expect(guests.get('instance-0000002a')?.definition?.nova?.name).toBe('lab-web');
    expect(guests.get('lab-paused')?.state).toEqual({ word: 'process gone', reason: undefined, verdict: 'odd' });
  });

  test('guestsOf follows /proc when a QEMU is gone, stopped, or started after the list', async () => {
    const is = (process: Process, name: string) => guestCommand(process.commandLine)?.name === name;
    const guests = await byName((moment) =>
      processes(unresponsive(moment), (process) => {
        if (is(process, 'lab-raw')) return undefined;
        if (is(process, 'lab-db')) return { ...process, state: 'T' };
        return is(process, 'lab-full') ? { ...process, startTicks: (process.startTicks ?? 0) + 1e9 } : process;
      }),
    );
    expect(guests.get('lab-raw')).toMatchObject({ id: undefined, state: { word: 'process gone', verdict: 'odd' } });
    expect(guests.get('lab-db')?.state).toEqual({ word: 'stopped', reason: 'SIGSTOP', verdict: 'bad' });
    expect(guests.get('lab-full')?.state).toEqual({ word: 'QEMU up', reason: undefined, verdict: 'unknown' });
    expect(guests.get('lab-full')?.disks[0]?.error).toBeUndefined();
  });

  test('guestsOf gives no monitor state when a guest is not polled yet', async () => {
    const guests = await byName((moment) =>
      withSamples(moment, 'libvirtMonitor', (sample) => ({
        notAsked: 1,
        guests: new Map(
          [...(sample?.guests ?? [])].map(([uuid, guest]) => [
            uuid,
            { ...guest, atSeconds: undefined, ageSeconds: undefined },
          ]),
        ),
      })),
    );
    expect(guests.get('lab-db')?.monitor.state).toBeUndefined();
  });
});

describe('rates of a monitor', () => {
  const UUID = '00000000-0000-4000-8000-000000000001';
  const sample = (atMs: number, id = 1) =>
    parseMonitors(JSON.stringify({ atMs, domains: [{ uuid: UUID, id, atMs, stats: {} }] }));

  test('monitorDelta takes an earlier reply when two samples hold the same one', () => {
    const [old, same] = [sample(1000), sample(6000)];
    const entry = (one: typeof old) => ({ sample: one, at: 0, wallMs: 0, missing: {}, tookMs: 0 });
    const found = monitorDelta({ ...seen(same, same, 5), history: [entry(old), entry(same), entry(same)] }, UUID);
    expect(found.seconds).toBe(5);
  });

  test('monitorDelta has no earlier reply when a guest was restarted', () => {
    expect(monitorDelta(seen(sample(1000, 1), sample(6000, 2), 5), UUID).before).toBeUndefined();
  });
});

describe('command lines', () => {
  test.each([
    [
      '/usr/bin/qemu-system-x86_64 -name guest=web-3,debug-threads=on -S -m size=131072k -smp 4,maxcpus=8 -uuid FF91D2DC-69a1-43ef-abde-c9e4e9a0305b',
      { name: 'web-3', vcpus: 4, memoryKiB: 131_072, uuid: 'ff91d2dc-69a1-43ef-abde-c9e4e9a0305b', namedThreads: true },
    ],
    [
      '/usr/bin/kvm -id 100 -name my,,vm -m 2048 -smp cpus=2 -netdev type=tap,id=net0,ifname=tap100i0 -drive file=/a/b.raw,if=none',
      { name: 'my,vm', vcpus: 2, memoryKiB: 2_097_152, taps: ['tap100i0'], images: ['/a/b.raw'], namedThreads: false },
    ],
    [
      '/usr/libexec/qemu-kvm -name two words -m 1G -accel tcg',
      { name: 'two words', memoryKiB: 1_048_576, emulated: true, vcpus: undefined },
    ],
  ])('%s', (line, expected) => {
    expect(guestCommand(line)).toMatchObject(expected);
  });

  test.each(['/usr/bin/qemu-img convert a b', 'qemu-ga -m virtio-serial', 'vim qemu-system-x86_64', ''])(
    'guestCommand gives nothing when the program is %s',
    (line) => {
      expect(guestCommand(line)).toBeUndefined();
    },
  );

  test('guestCommand gives a command when the arguments are arbitrary', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(guestCommand(`qemu-kvm ${text}`)).toBeDefined();
      }),
    );
  });
});

test.each([
  [3, 5, 'paused', 'I/O error', 'bad'],
  [3, 1, 'paused', 'user', 'odd'],
  [6, 1, 'crashed', 'panicked', 'bad'],
  [5, 1, 'shut off', undefined, 'off'],
  [5, 3, 'shut off', 'crashed', 'bad'],
  [1, 1, 'running', undefined, 'good'],
  [undefined, undefined, 'unknown', undefined, 'unknown'],
  [42, 0, 'state 42', undefined, 'unknown'],
])(
  'guestState gives virsh words when the state is %s and the reason %s: %s (%s)',
  (state, reason, word, why, verdict) => {
    expect(guestState(state, reason)).toEqual({ word, reason: why, verdict });
  },
);

test('guestsOf gives stopped (SIGSTOP) when a signal stopped a QEMU that libvirt lists as running', async () => {
  const guests = await byName((moment) =>
    withSamples(moment, 'processes', ({ processes }) => ({
      processes: new Map([...processes].map(([pid, one]) => [pid, { ...one, state: 'T' }])),
    })),
  );
  expect(guests.get('lab-db')?.state).toEqual({ word: 'stopped', reason: 'SIGSTOP', verdict: 'bad' });
  expect(guests.get('lab-off')?.state.word).toBe('shut off');
});
