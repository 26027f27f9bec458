import { describe, expect, test } from 'vitest';
import { guestDiskSlow } from '../../../src/findings/kvm/guest-disk-slow.ts';
import { guestDown } from '../../../src/findings/kvm/guest-down.ts';
import { guestJobStuck } from '../../../src/findings/kvm/guest-job-stuck.ts';
import { guestMemoryRemote } from '../../../src/findings/kvm/guest-memory-remote.ts';
import { guestMemoryLow } from '../../../src/findings/kvm/guest-memory-low.ts';
import { guestMonitorStuck } from '../../../src/findings/kvm/guest-monitor-stuck.ts';
import { guestNicDrops } from '../../../src/findings/kvm/guest-nic-drops.ts';
import { guestSteal } from '../../../src/findings/kvm/guest-steal.ts';
import { guestSwapped } from '../../../src/findings/kvm/guest-swapped.ts';
import { guestThreadBlocked } from '../../../src/findings/kvm/guest-thread-blocked.ts';
import { guestThrottled } from '../../../src/findings/kvm/guest-throttled.ts';
import { libvirtUnresponsive } from '../../../src/findings/kvm/libvirt-unresponsive.ts';
import { vcpuOvercommit } from '../../../src/findings/kvm/vcpu-overcommit.ts';
import { statement } from '../../../src/findings/statement.ts';
import { missing } from '../../../src/host/host.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { changedDomain, DOMAINS, guestMoment, libvirtReply, withSamples } from '../../helpers/guest-host.ts';
import { monitorOf, slowReads } from './faults.ts';

const ALL = [
  guestDiskSlow,
  guestDown,
  guestJobStuck,
  guestMemoryRemote,
  guestMemoryLow,
  guestMonitorStuck,
  guestNicDrops,
  guestSteal,
  guestSwapped,
  guestThreadBlocked,
  guestThrottled,
  libvirtUnresponsive,
  vcpuOvercommit,
];

test.each(ALL)('$id finds nothing when the host has no guests', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied']) expect(await foundOn(rule, host)).toEqual([]);
});

test.each([
  guestDiskSlow,
  guestJobStuck,
  guestMemoryRemote,
  guestMemoryLow,
  guestMonitorStuck,
  guestNicDrops,
  guestSwapped,
  guestThreadBlocked,
  libvirtUnresponsive,
])('$id finds nothing when guests have no such fault', async (rule) => {
  expect(await foundOn(rule, 'kvm-host')).toEqual([]);
});

describe('guest-job-stuck', () => {
  /** Findings for a dump of lab-db, in two replies some seconds apart. */
  const judged = async (seconds: number, processed: readonly number[]) => {
    const moment = withSamples(await guestMoment(), 'libvirtMonitor', (sample, index) => ({
      notAsked: sample?.notAsked,
      guests: new Map(
        [...(sample?.guests ?? [])].map(([uuid, guest]) => {
          if (guest.disks.every(({ path }) => path?.includes('db.qcow2') !== true)) return [uuid, guest];
          const job = {
            operation: 8,
            elapsedSeconds: 100 + index * seconds,
            remainingBytes: 1 << 28,
            totalBytes: 1 << 28,
            processedBytes: processed[index],
            dirtyBytesPerSec: undefined,
            iteration: undefined,
          };
          return [uuid, { ...guest, atSeconds: 1000 + index * seconds, job }];
        }),
      ),
    }));
    return guestJobStuck.judge(moment);
  };

  test('reports a job when it makes no progress for long', async () => {
    expect(await judged(40, [1 << 20, 1 << 20])).toMatchObject([
      {
        severity: 'warn',
        subject: 'lab-db',
        sentence: 'dump stalled, no progress for 40 s, domain locked against other commands',
      },
    ]);
    expect(await judged(400, [1 << 20, 1 << 20])).toMatchObject([{ severity: 'crit' }]);
  });

  test('finds nothing when a job makes progress or has only begun', async () => {
    expect(await judged(40, [1 << 20, 2 << 20])).toEqual([]);
    expect(await judged(10, [1 << 20, 1 << 20])).toEqual([]);
  });
});

describe('CPU', () => {
  test('guest-steal leaves out quota throttling when both delay a vCPU', async () => {
    const found = await foundOn(guestSteal, 'kvm-host', [{}, {}], 6.98);
    expect(found.map(({ subject, severity }) => `${severity} ${subject}`)).toEqual(
      expect.arrayContaining(['crit instance-0000002a', 'crit lab-raw', 'crit lab-db']),
    );
    expect(found.find(({ subject }) => subject === 'instance-0000002a')?.sentence).toMatch(
      /^\d+% steal on vCPU \d \([\d.]+% run\), pinned to CPU 1$/,
    );
    const held = await foundOn(guestThrottled, 'kvm-host', [{}, {}], 6.98);
    expect(held.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['lab-raw']));
    expect(held[0]?.sentence).toMatch(/^\d+% throttled by CPU quota, limit 12% of a CPU per vCPU$/);
    expect(held.map(({ subject }) => subject)).not.toContain('lab-paused');
  });

  test('guest-steal finds nothing when there is only one sample', async () => {
    expect(await foundOn(guestSteal, 'kvm-host', [{}])).toEqual([]);
  });

  test('vcpu-overcommit reports the ratio when vCPUs outnumber CPUs', async () => {
    const found = await foundOn(vcpuOvercommit, 'kvm-host');
    expect(found).toMatchObject([{ severity: 'info', sentence: '11 vCPUs (6 guests) on 2 CPUs, 5.5 per CPU' }]);
  });
});

describe('guest-down', () => {
  test('reports state, reason and disk error when a guest is down', async () => {
    const found = await foundOn(guestDown, 'kvm-host');
    expect(found.map((one) => `${one.severity} ${statement(one)}`).toSorted()).toEqual([
      'crit lab-crash: crashed (panicked)',
      'crit lab-full: paused (I/O error), vda: no space',
    ]);
    expect(found.find(({ subject }) => subject === 'lab-full')?.next).toContain('free space');
  });

  test('finds nothing when a user paused a guest or shut it off, but reports a QEMU that crashed', async () => {
    const reply = changedDomain(libvirtReply('domains'), 'lab-off', () => ({ state: 5, reason: 3 }));
    const found = await foundOn(guestDown, 'kvm-host', [{ [DOMAINS]: reply }]);
    expect(found.find(({ subject }) => subject === 'lab-off')).toMatchObject({
      severity: 'warn',
      sentence: 'shut off (crashed)',
    });
    expect(found.map(({ subject }) => subject)).not.toContain('lab-paused');
  });
});

describe('guest-monitor-stuck', () => {
  test.each([
    [3000, []],
    [12_000, ['warn']],
    [48_000, ['crit']],
  ])('grades a monitor when it has timed out for %i ms', async (stuckMs, severities) => {
    const found = await foundOn(
      guestMonitorStuck,
      'kvm-host',
      monitorOf(() => ({ stuckMs, why: 'monitor timeout' })),
    );
    expect(found.map(({ severity }) => severity)).toEqual(severities);
  });

  test('names the cause when a signal stopped the process', async () => {
    const stuck = withSamples(await guestMoment(), 'libvirtMonitor', (sample) => ({
      notAsked: 0,
      guests: new Map([...(sample?.guests ?? [])].map(([uuid, guest]) => [uuid, { ...guest, stuckSeconds: 40 }])),
    }));
    const stopped = withSamples(stuck, 'processes', ({ processes }) => ({
      processes: new Map([...processes].map(([pid, one]) => [pid, { ...one, state: 'T' }])),
    }));
    expect(guestMonitorStuck.judge(stopped)[0]?.sentence).toBe(
      'QEMU monitor timeout, no reply for 40 s, process stopped (SIGSTOP)',
    );
  });
});

describe('guest-disk-slow', () => {
  test('names the IOPS limit when the disk has reached it', async () => {
    const found = await foundOn(guestDiskSlow, 'kvm-host', slowReads(1500));
    expect(found[0]?.sentence).toBe('read latency 80ms, IOPS limit of 200 reached');
  });

  test('finds nothing when there are only a few requests', async () => {
    expect(await foundOn(guestDiskSlow, 'kvm-host', slowReads(3))).toEqual([]);
  });
});

describe('memory', () => {
  const inflated = async (agoSeconds: number) =>
    withSamples(await guestMoment(), 'libvirtMonitor', (sample) => ({
      notAsked: 0,
      guests: new Map(
        [...(sample?.guests ?? [])].map(([uuid, { balloon, ...guest }]) => [
          uuid,
          {
            ...guest,
            balloon: {
              ...balloon,
              usableKiB: 3000,
              updatedEpochSeconds: (balloon.updatedEpochSeconds ?? 0) - agoSeconds,
            },
          },
        ]),
      ),
    }));

  test('guest-memory-low finds nothing when the balloon statistics are stale', async () => {
    expect(guestMemoryLow.judge(await inflated(3600))).toEqual([]);
  });
});

describe('libvirt-unresponsive', () => {
  test('finds nothing when the host has no libvirt or its socket is denied', async () => {
    const moment = await guestMoment();
    for (const why of ['absent', 'denied'] as const)
      expect(
        libvirtUnresponsive.judge({
          ...moment,
          libvirtDomains: { ...moment.libvirtDomains, now: undefined, missing: { daemon: missing(why, '') } },
        }),
      ).toEqual([]);
  });

  test('reports a daemon when it stays stopped for longer than a restart', async () => {
    const moment = await guestMoment();
    const goneFor = (ageMs: number) =>
      libvirtUnresponsive.judge({
        ...moment,
        libvirtDomains: { ...moment.libvirtDomains, now: undefined, ageMs, missing: { daemon: missing('absent', '') } },
      });
    expect(goneFor(4000)).toEqual([]);
    expect(goneFor(40_000)).toMatchObject([
      { severity: 'warn', sentence: 'daemon stopped, last reply 40 s ago, 6 guests running' },
    ]);
  });

  test('reports the reply time when it is slow, and the workers when all are busy', async () => {
    const moment = await guestMoment();
    expect(
      libvirtUnresponsive.judge({ ...moment, libvirtDomains: { ...moment.libvirtDomains, tookMs: 1800 } }),
    ).toMatchObject([{ severity: 'warn' }]);
    const busy = withSamples(moment, 'libvirtDomains', (sample) => sample && { ...sample, workersBusyMs: 9000 });
    expect(libvirtUnresponsive.judge(busy)).toMatchObject([
      { severity: 'crit', sentence: 'all workers busy for 9 s, commands for any guest wait' },
    ]);
  });
});
