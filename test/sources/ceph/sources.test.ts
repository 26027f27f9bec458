import { describe, expect, test } from 'vitest';
import { missing, type DaemonReply } from '../../../src/host/host.ts';
import { cephDevices } from '../../../src/sources/ceph/devices.ts';
import { cephHistograms, quantileMs } from '../../../src/sources/ceph/histograms.ts';
import { cephMonStore } from '../../../src/sources/ceph/mon-store.ts';
import { cephMons } from '../../../src/sources/ceph/mons.ts';
import { dominantStage, opsOf } from '../../../src/sources/ceph/op.ts';
import { meanMs, osdPerfOf, restarted } from '../../../src/sources/ceph/osd-perf.ts';
import { cephOsdmap } from '../../../src/sources/ceph/osdmap.ts';
import { cephAllOsds } from '../../../src/sources/ceph/all-osds.ts';
import { rbdDevices } from '../../../src/sources/ceph/rbd-devices.ts';
import { cephStatusOf } from '../../../src/sources/ceph/status.ts';
import { byDaemon, byOsd } from '../../../src/sources/ceph/reads.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';

const reply = (text: string): DaemonReply => ({ ok: true, text, tookMs: 1 });
const nowhere = { packages: undefined, cephadm: undefined, microceph: undefined, rook: undefined };

describe('byOsd', () => {
  test('finds sockets of every packaging by name and id, and skips invalid ids', () => {
    const sockets = {
      packages: new Map([
        ['/var/run/ceph/ceph-osd.3.asok', reply('a')],
        ['/var/run/ceph/back-up-osd.4.asok', reply('b')],
        ['/var/run/ceph/ceph-osd.x.asok', reply('c')],
      ]),
      cephadm: new Map([['/var/run/ceph/4f1c-99/ceph-osd.3.asok', reply('second cluster')]]),
      microceph: new Map([['/var/snap/microceph/current/run/ceph-mon.host-1.asok', reply('d')]]),
      rook: new Map([['/var/lib/rook/exporter/ceph-osd.7.asok', missing('timeout', 'no answer')]]),
    };
    expect([...byOsd(sockets)].map(([osd, one]) => [osd, one.ok && one.text])).toEqual([
      [3, 'a'],
      [4, 'b'],
      [7, false],
    ]);
    expect(byDaemon(sockets).get('mon.host-1')?.ok).toBe(true);
  });
});

test('cephMonStore reads the latencies of commits and skips monitors that do not reply', () => {
  // As of Ceph 16.2.15.
  const paxos = {
    commit: 122,
    commit_latency: { avgcount: 122, sum: 0.111818002, avgtime: 0.000916541 },
    begin_latency: { avgcount: 122, sum: 0.084000003, avgtime: 0.000688524 },
  };
  const replies = new Map([
    ['/var/run/ceph/ceph-mon.a.asok', reply(JSON.stringify({ paxos }))],
    ['/var/run/ceph/ceph-mon.b.asok', missing('timeout', 'no reply')],
  ]);
  expect([...cephMonStore.parse({ ...nowhere, packages: replies })]).toEqual([
    ['mon.a', { commit: { count: 122, seconds: 0.111818002 }, begin: { count: 122, seconds: 0.084000003 } }],
  ]);
});

describe('perf dump', () => {
  test('prefers newer counter names and leaves out missing counters', () => {
    const avg = (avgcount: number, sum: number) => ({ avgcount, sum });
    const perf = osdPerfOf({ osd: { op_wip: 3 }, bluestore: { txc_commit_lat: avg(2, 1), commit_lat: avg(9, 9) } });
    expect(perf?.latencies).toEqual({ commit: { count: 2, seconds: 1 } });
    expect(perf?.counts).toEqual({ opsNow: 3 });
    expect(osdPerfOf({ mon: {} })).toBeUndefined();
  });

  test('meanMs is undefined when no op ended or a counter went back', () => {
    expect(meanMs({ count: 12, seconds: 2 }, { count: 2, seconds: 1 })).toBe(100);
    expect(meanMs({ count: 2, seconds: 1 }, { count: 2, seconds: 1 })).toBeUndefined();
    expect(meanMs({ count: 1, seconds: 1 }, { count: 2, seconds: 0 })).toBeUndefined();
    expect(meanMs({ count: 3, seconds: 0 }, { count: 2, seconds: 1 })).toBeUndefined();
    const at = (avgcount: number) => osdPerfOf({ osd: { op_w_latency: { avgcount, sum: 1 } } })!;
    expect([restarted(at(1), at(5)), restarted(at(5), at(1))]).toEqual([true, false]);
  });
});

describe('opsOf', () => {
  const events = (...all: readonly (readonly [string, number])[]) =>
    JSON.stringify({
      Ops: [
        {
          description: 'osd_op(client.4169.0:289499 2.3 2:c1ddd06e:::rbd_data.1:head [write 0~4096] ondisk+write e18)',
          duration: 1.3,
          type_data: {
            flag_point: 'waiting for sub ops',
            client_info: { client: 'client.4169' },
            events: all.map(([event, duration]) => ({ event, duration })),
          },
        },
      ],
    });

  test('starts a stage at each event and leaves out durations that wrapped around 2^32', () => {
    const op = opsOf(
      events(
        ['throttled', 4_294_967_295.999],
        ['all_read', 0.1],
        ['queued_for_pg', 0.2],
        ['reached_pg', 0.01],
        ['started', 0.02],
        ['waiting for subops from 1,2', 0.3],
        ['op_commit', 0.4],
        ['done', 1.3],
      ),
    )?.ops[0];
    expect(op?.stageSeconds).toEqual({ receive: 0.1, queue: 0.2, pg: 0.01, store: 0.02, peers: 0.7 });
    expect(op).toMatchObject({ kind: 'osd_op', pg: '2.3', client: 'client.4169', peers: [1, 2], committed: true });
  });

  test('counts the own device once all replicas have replied', () => {
    const dump = opsOf(
      events(['waiting for subops from 0,2', 0.01], ['sub_op_commit_rec', 0.02], ['sub_op_commit_rec', 1.2]),
    )!;
    expect(dump.ops[0]).toMatchObject({ peerReplies: 2, committed: false });
    expect(dominantStage(dump.ops)?.stage).toBe('store');
  });

  test('returns undefined when the text is not a dump', () => {
    expect(opsOf('ERROR')).toBeUndefined();
    expect(opsOf('{"ops":[null,7,{}]}')?.number).toBe(3);
    expect(dominantStage([])).toBeUndefined();
  });
});

describe('quantileMs', () => {
  const dump = (...rows: readonly number[]) =>
    JSON.stringify({
      osd: {
        op_w_latency_in_bytes_histogram: {
          // The daemon labels it "usec"; the numbers are ns.
          axes: [
            {
              name: 'Latency (usec)',
              ranges: [{ max: -1 }, { min: 0, max: 99_999 }, { min: 100_000, max: 199_999 }, { min: 200_000 }],
            },
          ],
          values: rows.map((count) => [count, 0]),
        },
      },
    });
  const write = (...rows: readonly number[]) =>
    cephHistograms
      .parse({ ...nowhere, packages: new Map([['/var/run/ceph/ceph-osd.0.asok', reply(dump(...rows))]]) })
      .get(0)?.write;

  test('returns the upper end of the bucket of the difference, in ms', () => {
    expect(quantileMs(write(0, 190, 10, 0), write(0, 100, 0, 0), 0.5)).toBeCloseTo(0.1);
    expect(quantileMs(write(0, 190, 10, 0), write(0, 100, 0, 0), 0.99)).toBeCloseTo(0.2);
    // The last bucket is open, so the value is its lower end.
    expect(quantileMs(write(0, 0, 0, 5), write(0, 0, 0, 0), 0.5)).toBeCloseTo(0.2);
  });
  test('is undefined without ops and after a restart', () => {
    expect(quantileMs(write(0, 1, 0, 0), write(0, 1, 0, 0), 0.5)).toBeUndefined();
    expect(quantileMs(write(0, 1, 0, 0), write(0, 9, 0, 0), 0.5)).toBeUndefined();
  });
});

test('cephStatusOf sets absent rates to 0 when PGs are known, else undefined', () => {
  expect(cephStatusOf({ health: {}, pgmap: { num_pgs: 1 } })?.writesPerSec).toBe(0);
  expect(cephStatusOf({ health: {} })?.writesPerSec).toBeUndefined();
  expect(cephStatusOf({ health: {}, osdmap: { osdmap: { num_osds: 3, num_up_osds: 2 } } })).toMatchObject({
    osds: 3,
    osdsUp: 2,
  });
  expect(cephStatusOf('text')).toBeUndefined();
});

test('cephOsdmap merges up and in of osd dump with class and host of osd df, without default flags', () => {
  const map = cephOsdmap.parse({
    dump: JSON.stringify({ osds: [{ osd: 1, up: 0, in: 1 }], flags: 'noout,sortbitwise', nearfull_ratio: 0.85 }),
    df: JSON.stringify({
      nodes: [
        { id: -2, type: 'host', name: 'a', children: [1] },
        { id: 1, type: 'osd', device_class: 'nvme', utilization: 41.5, status: 'up', reweight: 1 },
      ],
    }),
  });
  expect(map?.osds.get(1)).toMatchObject({ up: false, in: true, deviceClass: 'nvme', host: 'a', usedPct: 41.5 });
  expect(map?.flags).toEqual(['noout']);
});

test('cephAllOsds maps errno 110 to timeout and others to failed', () => {
  const sample = cephAllOsds.parse({
    osds: '{"of":900,"osds":{"1":{"osd":{}},"2":{"_ret":110,"_said":""},"3":{"_ret":6,"_said":"no such OSD"},"x":{}}}',
  });
  expect(sample?.number).toBe(900);
  expect([...(sample?.osds ?? [])].map(([osd, one]) => [osd, one.missing?.why])).toEqual([
    [1, undefined],
    [2, 'timeout'],
    [3, 'failed'],
  ]);
});

test('cephMons reads local monitors with and without quorum', async () => {
  const { cephMons: calm } = await momentOf({ cephMons }, hostMoments('ceph-calm'));
  expect(calm.now?.local).toMatchObject([{ name: 'a', state: 'leader', quorum: ['a'], mons: ['a'] }]);
  const { cephMons: frozen } = await momentOf({ cephMons }, hostMoments('ceph-no-quorum'));
  expect(frozen.now?.local).toMatchObject([{ name: 'a', state: undefined }]);
  expect(frozen.now?.local[0]?.missing).toBeDefined();
});

test('cephDevices reads links of packages, cephadm and MicroCeph', () => {
  const links = cephDevices.parse({
    packages: new Map([
      ['/var/lib/ceph/osd/ceph-3/block', '/dev/vg/lv'],
      ['/var/lib/ceph/osd/ceph-3/block.db', '/dev/nvme0n1p1'],
    ]),
    cephadm: new Map([['/var/lib/ceph/4f1c/osd.14/block', '/dev/sdb']]),
    microceph: new Map([
      ['/var/snap/microceph/common/data/osd/ceph-1/block', '/dev/sdc'],
      ['/x/y', 'z'],
    ]),
  });
  expect([...links]).toEqual([
    [3, { block: '/dev/vg/lv', db: '/dev/nvme0n1p1', wal: undefined }],
    [14, { block: '/dev/sdb', db: undefined, wal: undefined }],
    [1, { block: '/dev/sdc', db: undefined, wal: undefined }],
  ]);
});

test('rbdDevices reads pool, image and client of each device, and skips one without a pool', () => {
  const at = (id: string, file: string) => `/sys/bus/rbd/devices/${id}/${file}`;
  expect(
    rbdDevices.parse({
      pools: new Map([[at('0', 'pool'), 'kube\n']]),
      images: new Map([
        [at('0', 'name'), 'csi-vol-1\n'],
        [at('1', 'name'), 'lost\n'],
      ]),
      clients: new Map([[at('0', 'client_id'), 'client4165\n']]),
    }),
  ).toEqual([{ name: 'rbd0', pool: 'kube', image: 'csi-vol-1', client: 'client.4165' }]);
});
