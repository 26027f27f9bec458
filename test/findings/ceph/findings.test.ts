import { describe, expect, test } from 'vitest';
import { cephHealthChecks } from '../../../src/findings/ceph/health.ts';
import { cephMonsUnresponsive } from '../../../src/findings/ceph/mons-unresponsive.ts';
import { cephOsdUnresponsive } from '../../../src/findings/ceph/osd-unresponsive.ts';
import { cephOsdSlow } from '../../../src/findings/ceph/osd-slow.ts';
import { cephOsdMemory, cephSpillover, cephThrottled } from '../../../src/findings/ceph/osd-store.ts';
import { cephPingsSlow } from '../../../src/findings/ceph/pings-slow.ts';
import type { Ping } from '../../../src/sources/ceph/heartbeats.ts';
import type { Process } from '../../../src/sources/processes/processes.ts';
import { missing } from '../../../src/host/host.ts';
import { eachReply } from '../../helpers/answers.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { seen } from '../../helpers/seen.ts';
import { spilled, subops, throttledOps } from './faults.ts';

const CONF = '/etc/ceph/ceph.conf';
const STATUS = `${CONF} < {"_to":"mon","prefix":"status"}`;

describe('ceph-osd-slow', () => {
  test.each([
    ['ceph-slow-disk', '(peers 8.7ms), cause: device', 'crit'],
    ['ceph-slow-dispatch', 'cause: queue/CPU', 'crit'],
    ['ceph-slow-net', 'cause: network', 'warn'],
  ])('names osd.1 on %s: %s', async (host, why, severity) => {
    const found = await foundOn(cephOsdSlow, host);
    expect(found.map(({ subject }) => subject)).toEqual(['osd.1']);
    expect(found[0]?.sentence).toContain(why);
    expect(found[0]?.severity).toBe(severity);
  });

  test.each(['ceph-calm', 'ceph-dead-osd', 'ceph-frozen-osd', 'ceph-no-quorum', 'ceph-frozen-mgr', 'cloud-vm'])(
    'finds nothing on %s',
    async (host) => {
      expect(await foundOn(cephOsdSlow, host)).toEqual([]);
    },
  );
});

test('ceph-osd-slow ends when the replica writes of the last seconds are fast, before the mean of its window is', async () => {
  const slow = [subops(1000, 10), subops(1100, 30)];
  expect((await foundOn(cephOsdSlow, 'ceph-calm', slow, 10)).map(({ subject }) => subject)).toEqual(['osd.1']);
  expect(await foundOn(cephOsdSlow, 'ceph-calm', [...slow, subops(1200, 30.2)], 10)).toEqual([]);
  expect(await foundOn(cephOsdSlow, 'ceph-calm', [...slow, subops(1200, 50)], 10)).toHaveLength(1);
});

test('ceph-osd-unresponsive waits 5 s for an OSD that never replied', async () => {
  const osd = {
    [`${CONF} < {"_to":"osds","prefix":"perf dump"}`]: undefined,
    '* < {"prefix":"perf dump"}': eachReply((text, path) =>
      path.includes('osd.1.') ? missing('timeout', 'no reply for 3 s') : text,
    ),
  };
  expect(await foundOn(cephOsdUnresponsive, 'ceph-calm', [osd], 2)).toEqual([]);
  expect(await foundOn(cephOsdUnresponsive, 'ceph-calm', [osd, osd], 2)).toEqual([]);
  expect((await foundOn(cephOsdUnresponsive, 'ceph-calm', [osd, osd], 6)).map(({ subject }) => subject)).toEqual([
    'osd.1',
  ]);
});

describe('ceph-osd-unresponsive', () => {
  test('finds an OSD that is frozen', async () => {
    const found = await foundOn(cephOsdUnresponsive, 'ceph-frozen-osd');
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([['osd.1', 'crit']]);
    expect(found[0]?.sentence).toMatch(/^unresponsive( for .+)? \(admin socket timeout: process hung or stopped\)$/);
  });

  test('finds an OSD with a stale admin socket and no process', async () => {
    const found = await foundOn(cephOsdUnresponsive, 'ceph-dead-osd');
    expect(found.map(({ subject }) => subject)).toEqual(['osd.1']);
    expect(found[0]?.sentence).toBe('process gone, stale admin socket (crashed or killed)');
  });

  test.each(['ceph-calm', 'ceph-slow-disk', 'ceph-no-quorum', 'cloud-vm'])('finds nothing on %s', async (host) => {
    expect(await foundOn(cephOsdUnresponsive, host)).toEqual([]);
  });
});

describe('ceph-mons-unresponsive', () => {
  test('finds monitors that are frozen', async () => {
    const found = await foundOn(cephMonsUnresponsive, 'ceph-no-quorum');
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([['monitors', 'crit']]);
  });

  test('finds a mgr that is frozen', async () => {
    const found = await foundOn(cephMonsUnresponsive, 'ceph-frozen-mgr');
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([['mgr', 'warn']]);
  });

  test.each(['ceph-calm', 'ceph-dead-osd', 'cloud-vm', 'denied'])('finds nothing on %s', async (host) => {
    expect(await foundOn(cephMonsUnresponsive, host)).toEqual([]);
  });
});

describe('ceph-health', () => {
  test('reports each check that is not muted, by its code', async () => {
    const found = await foundOn(cephHealthChecks, 'ceph-dead-osd');
    expect(
      found.map(({ subject, severity }) => `${subject} ${severity}`).toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['OSD_DOWN warn', 'PG_DEGRADED warn']);
    expect(found.find(({ subject }) => subject === 'OSD_DOWN')?.sentence).toBe('1 osds down: osd.1');
  });

  test('reports unknown codes and leaves out muted ones', async () => {
    const health = {
      status: 'HEALTH_ERR',
      checks: {
        OSD_DOWN: { severity: 'HEALTH_WARN', summary: { message: '1 osds down', count: 1 }, detail: [], muted: true },
        NEW_CODE: { severity: 'HEALTH_ERR', summary: { message: 'worse', count: 2 }, detail: [{ message: 'osd.7' }] },
      },
    };
    const key = `${CONF} < {"_to":"mon","prefix":"health","detail":"detail"}`;
    const found = await foundOn(cephHealthChecks, 'ceph-calm', [{}, { [key]: JSON.stringify(health) }]);
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([['NEW_CODE', 'crit']]);
  });

  test('reports nothing when health was not read', async () => {
    expect(await foundOn(cephHealthChecks, 'ceph-calm')).toEqual([]);
    expect(await foundOn(cephHealthChecks, 'ceph-dead-osd', [{}, { [STATUS]: undefined }])).toHaveLength(2);
    expect(await foundOn(cephHealthChecks, 'ceph-no-quorum')).toEqual([]);
  });
});

test('ceph-spillover is silent when nothing is on the slow device', async () => {
  expect(await foundOn(cephSpillover, 'ceph-calm', [spilled(0)])).toEqual([]);
});

test('ceph-throttled is silent when a throttle is full in one sample only', async () => {
  expect(await foundOn(cephThrottled, 'ceph-calm', [throttledOps(10), throttledOps(256)])).toEqual([]);
  expect(await foundOn(cephThrottled, 'ceph-calm', [throttledOps(256), throttledOps(10)])).toEqual([]);
});

test('ceph-osd-memory reports an RSS above 130 % of osd_memory_target', () => {
  // The rule reads these fields only.
  const process = {
    pid: 7,
    command: 'ceph-osd',
    commandLine: 'ceph-osd -f --cluster ceph --id 3',
    rssKiB: 6_000_000,
  } as Process;
  const judge = (memoryTargetBytes: number | undefined) =>
    cephOsdMemory.judge({
      cephMemoryTargets: seen(undefined, new Map([[3, { memoryTargetBytes }]]), 2),
      processes: seen(undefined, { processes: new Map([[7, process]]) }, 1),
    });
  expect(judge(4 * 2 ** 30)[0]?.subject).toBe('osd.3');
  expect(judge(8 * 2 ** 30)).toEqual([]);
  expect(judge(undefined)).toEqual([]);
});

test('ceph-pings-slow names the OSD that slow heartbeats have in common', () => {
  const ping = (from: number, to: number, oneMinuteMs: number | undefined, stale = false): Ping => ({
    from,
    to,
    network: 'back',
    oneMinuteMs,
    fiveMinutesMs: undefined,
    maxMs: oneMinuteMs,
    lastMs: undefined,
    stale,
  });
  const judge = (...pings: readonly Ping[]) => cephPingsSlow.judge({ cephHeartbeats: seen(undefined, pings, 30) });
  const calm = [ping(0, 1, 0.4), ping(1, 0, 0.5), ping(2, 1, 0.4), ping(2, 0, 0.6)];
  expect(judge(...calm)).toEqual([]);
  expect(judge(...calm, ping(0, 3, 80), ping(1, 3, 90), ping(2, 3, 70))[0]).toMatchObject({
    subject: 'osd.3',
    severity: 'warn',
    sentence: 'slow heartbeats, up to 90ms (median 0.6ms), common to 3 of 3 slow pings',
  });
  expect(judge(...calm, ping(0, 3, 5024))[0]?.severity).toBe('crit');
  expect(judge(...calm, ping(0, 3, 5024, true), ping(0, 4, undefined))).toEqual([]);
});
