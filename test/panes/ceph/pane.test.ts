import { describe, expect, test } from 'vitest';
import { cephPane } from '../../../src/panes/ceph/pane.ts';
import { cephAllOsds } from '../../../src/sources/ceph/all-osds.ts';
import { cephCommit } from '../../../src/sources/ceph/commit.ts';
import { cephOsdmap } from '../../../src/sources/ceph/osdmap.ts';
import { cephStatus } from '../../../src/sources/ceph/status.ts';
import type { Moment } from '../../../src/timeline/moment.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { paneText } from '../../helpers/plain-pane.ts';
import { seen } from '../../helpers/seen.ts';

type CephMoment = Moment<typeof cephPane.needs>;

const osdsOf = (model: ReturnType<typeof cephPane.model>, rank: number) =>
  model.osds.filter(({ state }) => state.severityRank >= rank).map(({ osd, state }) => `osd.${osd} ${state.text}`);

describe('state of OSDs', () => {
  test.each([
    ['ceph-slow-disk', ['osd.1 slow: device']],
    ['ceph-slow-dispatch', ['osd.1 slow: queue']],
    ['ceph-slow-net', ['osd.1 slow: network']],
    ['ceph-frozen-osd', ['osd.1 down, timeout']],
    ['ceph-dead-osd', ['osd.1 down, gone']],
    ['ceph-calm', []],
    ['ceph-no-quorum', []],
    ['ceph-frozen-mgr', []],
  ])('names the faulty OSD on %s', async (host, states) => {
    expect(osdsOf(cephPane.model(await momentOf(cephPane.needs, hostMoments(host))), 60)).toEqual(states);
  });

  test('shows an OSD as gone when its process has exited since its last reply', async () => {
    const dead = await momentOf(cephPane.needs, hostMoments('ceph-dead-osd'));
    const calm = await momentOf(cephPane.needs, hostMoments('ceph-calm'));
    const entry = (sample: CephMoment['processes']['now'] & object, at: number) => ({
      sample,
      at,
      wallMs: at * 1000,
      missing: {},
      tookMs: 1,
    });
    const processOf = (osd: number) => ({
      ...[...(dead.processes.now?.processes.values() ?? [])][0]!,
      pid: 100_000 + osd,
      command: 'ceph-osd',
      commandLine: `/usr/bin/ceph-osd -f --cluster ceph --id ${osd}`,
    });
    const table = (...osds: readonly number[]) => ({
      processes: new Map(osds.map((osd) => [100_000 + osd, processOf(osd)])),
    });
    const history = [entry(table(0, 1, 2), 1), entry(table(0, 2), 2)];
    // The map has it down, its socket was read before it exited.
    const moment = {
      ...dead,
      cephOsds: calm.cephOsds,
      processes: { ...dead.processes, now: table(0, 2), history },
    } as CephMoment;
    const model = cephPane.model(moment);
    expect(osdsOf(model, 60)).toEqual(['osd.1 down, gone']);
    expect(cephPane.tile(model).figures.find(({ label }) => label === 'slowest')?.value).toContain('down, gone');
    const running = { ...moment, processes: { ...dead.processes, now: table(0, 1, 2), history: history.slice(0, 1) } };
    expect(osdsOf(cephPane.model(running as CephMoment), 60)).toEqual(['osd.1 down, running']);
  });

  test('shows local OSDs without monitors', async () => {
    const model = cephPane.model(await momentOf(cephPane.needs, hostMoments('ceph-no-quorum')));
    expect(model.cluster.monsMissing?.words).toBe('unresponsive');
    expect(model.osds.map(({ load }) => load?.subopWriteMs !== undefined)).toEqual([true, true, true]);
  });
});

test('cluster counts how long monitors are unresponsive by the local clock, since a missing reply carries no host time', async () => {
  const moment = await momentOf(cephPane.needs, hostMoments('ceph-no-quorum'));
  const entry = (sample: CephMoment['cephStatus']['now'], at: number, wallMs: number) => ({
    sample,
    at,
    wallMs,
    missing: {},
    tookMs: 1,
  });
  const known = cephStatus.parse({ status: '{"health":{"status":"HEALTH_OK"}}' });
  const { cluster } = cephPane.model({
    ...moment,
    // The host time of an entry without a reply is meaningless.
    cephStatus: { ...moment.cephStatus, history: [entry(known, 5000, 1e12), entry(undefined, 1e9, 1e12 + 42_000)] },
  });
  expect(cluster.monsMissing?.words).toBe('unresponsive for 42 s');
});

/** Cluster of 5 000 OSDs, of which the slowest 128 are polled. */
function manyOsds(number: number, moment: CephMoment): CephMoment {
  const ids = Array.from({ length: number }, (_, osd) => osd);
  const dump = { osds: ids.map((osd) => ({ osd, up: 1, in: 1, weight: 1 })), flags: 'sortbitwise' };
  const df = {
    nodes: [
      ...ids.map((id) => ({
        id,
        type: 'osd',
        device_class: 'ssd',
        utilization: 40 + (id % 30),
        kb: 1e9,
        status: 'up',
        reweight: 1,
      })),
      ...Array.from({ length: number / 25 }, (_, host) => ({
        id: -host - 2,
        type: 'host',
        name: `storage-${host}`,
        children: ids.slice(host * 25, host * 25 + 25),
      })),
    ],
  };
  const perf = {
    osdstats: {
      osd_perf_infos: ids.map((id) => ({ id, perf_stats: { commit_latency_ms: id === 4711 ? 900 : id % 7 } })),
    },
  };
  const replies = (round: number) =>
    JSON.stringify({
      of: number,
      asked: 128,
      osds: Object.fromEntries(
        ids.slice(-128).map((id) => [
          id,
          {
            osd: {
              subop_w: round * 1000,
              subop_w_latency: { avgcount: round * 1000, sum: round * (id === 4999 ? 900 : 5) },
            },
            bluestore: { commit_lat: { avgcount: round * 1000, sum: round * (id === 4999 ? 890 : 3) } },
          },
        ]),
      ),
    });
  return {
    ...moment,
    cephOsdmap: seen(undefined, cephOsdmap.parse({ dump: JSON.stringify(dump), df: JSON.stringify(df) }), 15),
    cephCommit: seen(undefined, cephCommit.parse({ perf: JSON.stringify(perf), blockedBy: undefined }), 3),
    cephAllOsds: seen(cephAllOsds.parse({ osds: replies(1) }), cephAllOsds.parse({ osds: replies(2) }), 5),
    cephStatus: seen(undefined, cephStatus.parse({ status: '{"health":{"status":"HEALTH_OK"}}' }), 2),
  };
}

test('pane names the slow OSD of 5 000', async () => {
  const moment = manyOsds(5000, await momentOf(cephPane.needs, hostMoments('cloud-vm')));
  cephPane.model(moment);
  const model = cephPane.model(moment);
  const text = paneText(cephPane, model, 120, 40);
  expect(model.osds).toHaveLength(5000);
  expect(osdsOf(model, 60)).toEqual(['osd.4999 slow: device']);
  expect(text).toContain('5.0k · 128 polled · 1 slow');
});
