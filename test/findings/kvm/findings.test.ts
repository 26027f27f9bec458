import { describe, expect, test } from 'vitest';
import { guestDiskSlow } from '../../../src/findings/kvm/guest-disk-slow.ts';
import { guestDown } from '../../../src/findings/kvm/guest-down.ts';
import { guestJobStuck } from '../../../src/findings/kvm/guest-job-stuck.ts';
import { guestMemoryFar } from '../../../src/findings/kvm/guest-memory-remote.ts';
import { guestMemoryLow } from '../../../src/findings/kvm/guest-memory-low.ts';
import { guestMonitorStuck } from '../../../src/findings/kvm/guest-monitor-stuck.ts';
import { guestNicDrops } from '../../../src/findings/kvm/guest-nic-drops.ts';
import { guestSteal } from '../../../src/findings/kvm/guest-steal.ts';
import { guestSwapped } from '../../../src/findings/kvm/guest-swapped.ts';
import { guestThreadBlocked } from '../../../src/findings/kvm/guest-thread-blocked.ts';
import { guestThrottled } from '../../../src/findings/kvm/guest-throttled.ts';
import { libvirtSilent } from '../../../src/findings/kvm/libvirt-unresponsive.ts';
import { vcpuOvercommit } from '../../../src/findings/kvm/vcpu-overcommit.ts';
import { missing } from '../../../src/host/host.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { changedDomain, DOMAINS, guestMoment, libvirtSaid, MONITOR, withSamples } from '../../helpers/guest-host.ts';

const ALL = [
  guestDiskSlow,
  guestDown,
  guestJobStuck,
  guestMemoryFar,
  guestMemoryLow,
  guestMonitorStuck,
  guestNicDrops,
  guestSteal,
  guestSwapped,
  guestThreadBlocked,
  guestThrottled,
  libvirtSilent,
  vcpuOvercommit,
];

test.each(ALL)('$id is silent where there are no guests', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied']) expect(await foundOn(rule, host)).toEqual([]);
});

test.each([
  guestDiskSlow,
  guestJobStuck,
  guestMemoryFar,
  guestMemoryLow,
  guestMonitorStuck,
  guestNicDrops,
  guestSwapped,
  guestThreadBlocked,
  libvirtSilent,
])('$id is silent where guests have no such trouble', async (rule) => {
  expect(await foundOn(rule, 'kvm-host')).toEqual([]);
});

/** The two looks of the recording, with changed words of libvirt. */
const looks = (
  request: 'monitor',
  name: string,
  change: (domain: Record<string, unknown>, place: number) => Record<string, unknown>,
) =>
  ['t0/', 't1/'].map((moment, place) => ({
    [MONITOR]: changedDomain(libvirtSaid(request, moment), name, (domain) => change(domain, place)),
  }));

describe('a job', () => {
  /** Of lab-db, asked twice, some seconds apart. */
  const judged = async (seconds: number, processed: readonly number[]) => {
    const moment = withSamples(await guestMoment(), 'libvirtMonitor', (sample, place) => ({
      notAsked: sample?.notAsked,
      guests: new Map(
        [...(sample?.guests ?? [])].map(([uuid, guest]) => {
          if (guest.disks.every(({ path }) => path?.includes('db.qcow2') !== true)) return [uuid, guest];
          const job = {
            operation: 8,
            elapsedSeconds: 100 + place * seconds,
            remainingBytes: 1 << 28,
            totalBytes: 1 << 28,
            processedBytes: processed[place],
            dirtyBytesPerSec: undefined,
            iteration: undefined,
          };
          return [uuid, { ...guest, atSeconds: 1000 + place * seconds, job }];
        }),
      ),
    }));
    return guestJobStuck.judge(moment);
  };

  test('that moves nothing for long', async () => {
    expect(await judged(40, [1 << 20, 1 << 20])).toMatchObject([
      {
        severity: 'warn',
        subject: 'lab-db',
        sentence: expect.stringContaining('dump of lab-db has moved nothing for 40'),
      },
    ]);
    expect(await judged(400, [1 << 20, 1 << 20])).toMatchObject([{ severity: 'crit' }]);
  });

  test('that gets on, or has only begun, is none', async () => {
    expect(await judged(40, [1 << 20, 2 << 20])).toEqual([]);
    expect(await judged(10, [1 << 20, 1 << 20])).toEqual([]);
  });
});

describe('CPU', () => {
  test('steal is told from what a quota made', async () => {
    const found = await foundOn(guestSteal, 'kvm-host', [{}, {}], 6.98);
    expect(found.map(({ subject, severity }) => `${severity} ${subject}`)).toEqual(
      expect.arrayContaining(['crit instance-0000002a', 'crit lab-raw', 'crit lab-db']),
    );
    expect(found.find(({ subject }) => subject === 'instance-0000002a')?.next).toContain('pinned to one CPU');
    const held = await foundOn(guestThrottled, 'kvm-host', [{}, {}], 6.98);
    expect(held.map(({ subject }) => subject)).toEqual(expect.arrayContaining(['lab-raw']));
    expect(held[0]?.sentence).toContain('each vCPU may use 12% of a CPU');
    expect(held.map(({ subject }) => subject)).not.toContain('lab-paused');
  });

  test('a first look alone says nothing', async () => {
    expect(await foundOn(guestSteal, 'kvm-host', [{}])).toEqual([]);
  });

  test('many vCPUs on few CPUs are worth a note', async () => {
    const found = await foundOn(vcpuOvercommit, 'kvm-host');
    expect(found).toMatchObject([{ severity: 'info', sentence: '11 vCPUs of 6 guests share 2 CPUs: 5.5 each' }]);
  });
});

describe('guest-down', () => {
  test('names who stands still, and why', async () => {
    const found = await foundOn(guestDown, 'kvm-host');
    expect(found.map(({ severity, sentence }) => `${severity}: ${sentence}`).toSorted()).toEqual([
      'crit: lab-crash is crashed (panicked)',
      'crit: lab-full is paused (I/O error): vda no space',
    ]);
    expect(found.find(({ subject }) => subject === 'lab-full')?.next).toContain('make room');
  });

  test('one that is paused by its user or switched off is no fault; one that vanished is', async () => {
    const said = changedDomain(libvirtSaid('domains'), 'lab-off', () => ({ state: 5, reason: 3 }));
    const found = await foundOn(guestDown, 'kvm-host', [{ [DOMAINS]: said }]);
    expect(found.find(({ subject }) => subject === 'lab-off')).toMatchObject({
      severity: 'warn',
      sentence: 'lab-off is off (crashed)',
    });
    expect(found.map(({ subject }) => subject)).not.toContain('lab-paused');
  });
});

describe('guest-monitor-stuck', () => {
  test.each([
    [3000, []],
    [12_000, ['warn']],
    [48_000, ['crit']],
  ])('after %i ms', async (stuckMs, severities) => {
    const found = await foundOn(
      guestMonitorStuck,
      'kvm-host',
      looks('monitor', 'lab-db', () => ({ stuckMs, why: 'its monitor does not answer' })),
    );
    expect(found.map(({ severity }) => severity)).toEqual(severities);
  });

  test('says when somebody stopped the process', async () => {
    const stuck = withSamples(await guestMoment(), 'libvirtMonitor', (sample) => ({
      notAsked: 0,
      guests: new Map([...(sample?.guests ?? [])].map(([uuid, guest]) => [uuid, { ...guest, stuckSeconds: 40 }])),
    }));
    const stopped = withSamples(stuck, 'processes', ({ processes }) => ({
      processes: new Map([...processes].map(([pid, one]) => [pid, { ...one, state: 'T' }])),
    }));
    expect(guestMonitorStuck.judge(stopped)[0]?.sentence).toMatch(/has not answered for 40s: its process is stopped$/);
  });
});

describe('disks', () => {
  const slower = (limit: number) =>
    looks('monitor', 'lab-db', (domain, place) => ({
      stats: {
        ...(domain['stats'] as object),
        ...(place === 0
          ? { 'block.0.rd.reqs': 1000, 'block.0.rd.times': 0 }
          : { 'block.0.rd.reqs': 1000 + limit, 'block.0.rd.times': limit * 80e6 }),
      },
    }));

  test('reads that take 80 ms are told', async () => {
    const found = await foundOn(guestDiskSlow, 'kvm-host', slower(700));
    expect(found).toMatchObject([
      { severity: 'warn', subject: 'lab-db vda', sentence: 'Reads of vda of lab-db take 80ms' },
    ]);
  });

  test('at its limit of requests the limit is to blame', async () => {
    const found = await foundOn(guestDiskSlow, 'kvm-host', slower(1500));
    expect(found[0]?.sentence).toBe('Reads of vda of lab-db take 80ms: it is at its limit of 200 requests/s');
  });

  test('a handful of requests say nothing', async () => {
    expect(await foundOn(guestDiskSlow, 'kvm-host', slower(3))).toEqual([]);
  });
});

describe('memory', () => {
  const squeezed = async (agoSeconds: number) =>
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

  test('a guest that the balloon squeezed', async () => {
    const found = guestMemoryLow.judge(await squeezed(0)).find(({ subject }) => subject === 'lab-db');
    expect(found).toMatchObject({ severity: 'crit' });
    expect(found?.sentence).toContain('its balloon has taken 96M of 256M');
  });

  test('what the guest said long ago is not believed', async () => {
    expect(guestMemoryLow.judge(await squeezed(3600))).toEqual([]);
  });

  test('memory on another node than the vCPUs', async () => {
    const nodes = withSamples(await guestMoment(), 'cpuTopology', (sample) => ({
      ...sample,
      nodes: [0, 1].map((node) => ({ node, cpus: [node], distances: [10, 21] })),
    }));
    const far = withSamples(nodes, 'cgroups', (sample) => ({
      ...sample,
      cgroups: new Map(
        [...sample.cgroups].map(([path, group]) => [
          path,
          {
            ...group,
            nodeBytes: new Map([
              [0, 300e6],
              [1, 50e6],
            ]),
          },
        ]),
      ),
    }));
    const found = guestMemoryFar.judge(far);
    expect(found.map(({ subject }) => subject)).toEqual(['instance-0000002a']);
    expect(found[0]?.sentence).toBe(
      '86% of the memory of instance-0000002a is not on node 1, where its vCPUs are bound to',
    );
  });

  test('swapped out by the host', async () => {
    const swapped = withSamples(await guestMoment(), 'cgroups', (sample) => ({
      ...sample,
      cgroups: new Map(
        [...sample.cgroups].map(([path, group]) => [
          path,
          group.owner.name === 'lab-db' ? { ...group, swapBytes: 100 * 1024 ** 2 } : group,
        ]),
      ),
    }));
    expect(guestSwapped.judge(swapped)).toMatchObject([{ severity: 'warn', subject: 'lab-db' }]);
  });
});

test('packets that a guest does not fetch', async () => {
  const dev = (drops: number): Record<string, string> => ({
    '/proc/net/dev': `Inter-|   Receive |  Transmit\n face |bytes\nlabtap1: 1000 10 0 0 0 0 0 0 2000 20 0 ${drops} 0 0 0 0\n`,
  });
  const found = await foundOn(guestNicDrops, 'kvm-host', [dev(0), dev(600)]);
  expect(found).toMatchObject([
    { subject: 'lab-db labtap1', sentence: 'lab-db loses 20 packets/s that it does not fetch from labtap1 in time' },
  ]);
});

test('a thread in D', async () => {
  const moment = withSamples(await guestMoment(), 'qemuThreads', (sample) => ({
    ...sample,
    processes: new Map(
      [...sample.processes].map(([pid, one]) => [
        pid,
        {
          ...one,
          threads: one.threads.map((thread) =>
            thread.name === 'IO iothread1'
              ? { ...thread, state: 'D', slices: 7, cpuSeconds: 1, wchan: 'nfs_wait' }
              : thread,
          ),
        },
      ]),
    ),
  }));
  const found = guestThreadBlocked.judge(moment);
  expect(found).toMatchObject([{ severity: 'crit', subject: 'lab-db' }]);
  expect(found[0]?.evidence[0]?.value).toContain('nfs_wait');
});

describe('libvirt-silent', () => {
  test('a time-out while guests are up', async () => {
    const moment = await guestMoment();
    const silent = {
      ...moment,
      libvirtDomains: {
        ...moment.libvirtDomains,
        now: undefined,
        missing: { daemon: missing('timeout', 'no answer in 5000 ms'), modular: missing('absent', 'none') },
      },
    };
    expect(libvirtSilent.judge(silent)).toMatchObject([
      { severity: 'crit', sentence: 'libvirt does not answer while 6 guests are up' },
    ]);
  });

  test('a host without libvirt, and one that we may not ask, are no fault', async () => {
    const moment = await guestMoment();
    for (const why of ['absent', 'denied'] as const)
      expect(
        libvirtSilent.judge({
          ...moment,
          libvirtDomains: { ...moment.libvirtDomains, now: undefined, missing: { daemon: missing(why, '') } },
        }),
      ).toEqual([]);
  });

  test('one that answered and is not there any more; not while it only starts anew', async () => {
    const moment = await guestMoment();
    const goneFor = (ageMs: number) =>
      libvirtSilent.judge({
        ...moment,
        libvirtDomains: { ...moment.libvirtDomains, now: undefined, ageMs, missing: { daemon: missing('absent', '') } },
      });
    expect(goneFor(4000)).toEqual([]);
    expect(goneFor(40_000)).toMatchObject([
      { severity: 'warn', sentence: expect.stringContaining('not running any more while 6 guests') },
    ]);
  });

  test('slow, and with all workers busy', async () => {
    const moment = await guestMoment();
    expect(
      libvirtSilent.judge({ ...moment, libvirtDomains: { ...moment.libvirtDomains, tookMs: 1800 } }),
    ).toMatchObject([{ severity: 'warn' }]);
    const busy = withSamples(moment, 'libvirtDomains', (sample) => sample && { ...sample, workersBusyMs: 9000 });
    expect(libvirtSilent.judge(busy)).toMatchObject([
      { severity: 'crit', sentence: 'All workers of libvirt have been busy for 9s: commands for any guest wait' },
    ]);
  });
});
