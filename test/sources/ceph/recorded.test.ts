import { expect, test } from 'vitest';
import { cephCommit } from '../../../src/sources/ceph/commit.ts';
import { cephFleet } from '../../../src/sources/ceph/fleet.ts';
import { cephHealth } from '../../../src/sources/ceph/health.ts';
import { cephHeartbeats } from '../../../src/sources/ceph/heartbeats.ts';
import { cephHistograms } from '../../../src/sources/ceph/histograms.ts';
import { cephMemoryTargets } from '../../../src/sources/ceph/memory-targets.ts';
import { cephMonCounters } from '../../../src/sources/ceph/mon-counters.ts';
import { cephOps, cephSlowOps } from '../../../src/sources/ceph/ops.ts';
import { cephOsds } from '../../../src/sources/ceph/osds.ts';
import { cephPools } from '../../../src/sources/ceph/pools.ts';
import { cephStatus } from '../../../src/sources/ceph/status.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of Ceph 16.2.15 in test/hosts, with the figures that stand in them. */

test('cephOsds reads the counters of a live OSD, and the reason of one whose process is gone', async () => {
  const osds = await sampleOf(cephOsds, 'ceph-dead-osd');
  expect(new Set(osds.keys())).toEqual(new Set([0, 1, 2]));
  expect(osds.get(0)?.perf).toMatchObject({
    latencies: {
      opWrite: { count: 54_936, seconds: 2782.777724729 },
      subopWrite: { count: 58_291, seconds: 687.020064523 },
    },
    counts: { reads: 23_771, writes: 54_936, opsNow: 10, pgs: 33, dbUsedBytes: 104_988_672, dbBytes: 6_442_450_944 },
  });
  expect(osds.get(1)).toMatchObject({ perf: undefined, missing: { why: 'failed' } });
});

test('cephStatus reads health, quorum, OSDs and PGs', async () => {
  expect(await sampleOf(cephStatus, 'ceph-frozen-osd')).toMatchObject({
    health: 'HEALTH_WARN',
    quorum: ['a'],
    mons: 1,
    osds: 3,
    osdsUp: 3,
    osdsIn: 3,
    osdmapEpoch: 36,
    pgs: 33,
    pgStates: [
      { state: 'active+clean', count: 31 },
      { state: 'active+recovery_wait', count: 1 },
      { state: 'activating', count: 1 },
    ],
    objects: 36,
    usedBytes: 692_256_768,
    totalBytes: 19_327_352_832,
  });
});

test('cephHealth reads each check with its first detail, none in a healthy cluster', async () => {
  const { checks } = (await sampleOf(cephHealth, 'ceph-dead-osd'))!;
  expect(checks.map(({ code, severity, count, muted }) => [code, severity, count, muted])).toEqual([
    ['OSD_DOWN', 'HEALTH_WARN', 1, false],
    ['PG_DEGRADED', 'HEALTH_WARN', 19, false],
  ]);
  expect(checks[0]).toMatchObject({
    message: '1 osds down',
    detail: ['osd.1 (root=default,host=ceph-dead-osd) is down'],
  });
  expect(await sampleOf(cephHealth, 'ceph-calm')).toMatchObject({ checks: [], mutes: [] });
});

test('cephMonCounters takes the monitor with the newest map, and none that has not synchronised', () => {
  const counters = (epoch: number, mons: number) =>
    JSON.stringify({ cluster: { num_mon: mons, num_osd: 3, num_osd_up: 2, num_osd_in: 3, osd_epoch: epoch, num_pg: 33, osd_bytes_used: 950_964_224 } }); // prettier-ignore
  const at = (mon: string, text: string) =>
    [`/var/run/ceph/ceph-mon.${mon}.asok`, { ok: true, text, tookMs: 1 }] as const;
  const nothing = { cephadm: undefined, microceph: undefined, rook: undefined };
  const parse = (...all: readonly ReturnType<typeof at>[]) =>
    cephMonCounters.parse({ ...nothing, packages: new Map(all) });
  expect(parse(at('a', counters(85, 3)), at('b', counters(86, 3)))).toMatchObject({
    mon: 'b',
    osds: 3,
    osdsUp: 2,
    osdmapEpoch: 86,
    pgs: 33,
    pgsClean: undefined,
    usedBytes: 950_964_224,
  });
  expect(parse(at('a', counters(0, 0)))).toBeUndefined();
});

test('cephCommit reads commit latency by OSD', async () => {
  const sample = await sampleOf(cephCommit, 'ceph-frozen-osd');
  expect(sample?.commitMs).toEqual(
    new Map([
      [2, 0],
      [1, 15],
      [0, 0],
    ]),
  );
  expect(sample?.blockedPgs).toEqual(new Map());
});

test('cephPools reads usage of each pool, without rates where the mgr does not respond', async () => {
  const [metrics, lab] = (await sampleOf(cephPools, 'ceph-frozen-mgr'))!;
  expect(metrics).toMatchObject({ id: 1, name: 'device_health_metrics', storedBytes: 0, objects: 0, usedPct: 0 });
  expect(lab).toMatchObject({ id: 2, name: 'lab', storedBytes: 134_220_850, objects: 36, freeBytes: 5_787_302_400 });
  expect(lab?.usedPct).toBeCloseTo(2.2668, 4);
  expect(lab?.writeBytesPerSec).toBeUndefined();
});

test('cephOps reads ops in flight by OSD with their age and flag point', async () => {
  const ops = await sampleOf(cephOps, 'ceph-no-quorum', 1);
  expect(ops.get(0)?.ops).toHaveLength(4);
  expect(ops.get(0)?.ops[0]).toMatchObject({ ageSeconds: 0.017274995, flagPoint: 'waiting for sub ops', pg: '2.11' });
  expect(ops.get(1)?.ops).toEqual([]);
});

test('cephSlowOps reads slow ops that have ended, with their duration', async () => {
  const slow = await sampleOf(cephSlowOps, 'ceph-no-quorum', 1);
  expect(slow.get(1)?.ops).toHaveLength(4);
  expect(slow.get(1)?.ops[0]).toMatchObject({ ageSeconds: 177.093669748, durationSeconds: 1.244571905, pg: '2.15' });
});

test('cephHistograms sums the counters of all sizes by latency', async () => {
  const histograms = (await sampleOf(cephHistograms, 'ceph-slow-disk')).get(1);
  expect(histograms?.read?.counts.slice(0, 10)).toEqual([0, 478, 376, 614, 594, 508, 437, 501, 515, 263]);
  expect(histograms?.write?.counts.slice(6, 10)).toEqual([37, 760, 4068, 3404]);
  // The axis is in ns, whatever its name: 100 000 ns are 0.1 ms.
  expect(histograms?.read?.upToMs.slice(0, 4)).toEqual([0, 0.1, 0.2, 0.4]);
});

test('cephHeartbeats reads pings of both networks in ms', async () => {
  const pings = await sampleOf(cephHeartbeats, 'ceph-dead-osd');
  expect(pings.slice(0, 2)).toEqual([
    { from: 0, to: 1, network: 'front', oneMinuteMs: 181.989, fiveMinutesMs: 40.161, maxMs: 1887.716, lastMs: 2.031, stale: false }, // prettier-ignore
    { from: 0, to: 1, network: 'back', oneMinuteMs: 181.943, fiveMinutesMs: 40.094, maxMs: 1887.674, lastMs: 2.021, stale: false }, // prettier-ignore
  ]);
});

test('cephMemoryTargets reads osd_memory_target of each OSD, which is a text in the reply', async () => {
  const targets = await sampleOf(cephMemoryTargets, 'ceph-calm');
  expect([...targets.values()]).toEqual([0, 1, 2].map(() => ({ memoryTargetBytes: 939_524_096 })));
});

test('cephFleet reads host, device and version of each OSD, and counts versions', async () => {
  const fleet = (await sampleOf(cephFleet, 'ceph-calm'))!;
  expect(fleet.osds.get(2)).toMatchObject({
    host: 'ceph-calm',
    rotational: true,
    version: '16.2.15',
    devices: ['vda'],
  });
  expect(fleet.versions).toEqual([
    { kind: 'mon', version: '16.2.15', count: 1 },
    { kind: 'mgr', version: '16.2.15', count: 1 },
    { kind: 'osd', version: '16.2.15', count: 3 },
  ]);
  expect(fleet.crashes).toEqual([]);
});
