import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { cephPane } from '../../../src/panes/ceph/pane.ts';
import { cephMonCounters } from '../../../src/sources/ceph/mon-counters.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';
import { overlay } from '../../helpers/overlay.ts';
import { paneText } from '../../helpers/plain-pane.ts';
import { seen } from '../../helpers/seen.ts';

/** Text of the pane without styles. */
const shown = (model: ReturnType<typeof cephPane.model>, columns = 120): string =>
  stripVTControlCharacters(paneText(cephPane, model, columns, 60));

const key = (request: object): string => `/etc/ceph/ceph.conf < ${JSON.stringify(request)}`;

/** Text of the pane on the calm cluster with some replies replaced. */
async function textWith(replies: readonly (readonly [request: object, reply: unknown])[], columns = 120) {
  const changes = Object.fromEntries(replies.map(([request, reply]) => [key(request), JSON.stringify(reply)]));
  const moments = hostMoments('ceph-calm').map(({ at, host }) => ({ at, host: overlay(host, changes) }));
  return shown(cephPane.model(await momentOf(cephPane.needs, moments)), columns);
}

const HEALTH = { _to: 'mon', prefix: 'health', detail: 'detail' };

describe('cluster', () => {
  test('shows a muted check and the end of its mute', async () => {
    const check = { severity: 'HEALTH_WARN', summary: { message: 'noout flag(s) set', count: 1 }, muted: true };
    const text = await textWith([
      [
        HEALTH,
        {
          status: 'HEALTH_OK',
          checks: { OSDMAP_FLAGS: check, POOL_FULL: { ...check, muted: false } },
          mutes: [
            { code: 'OSDMAP_FLAGS', ttl: '2026-11-27T21:20:02.511876+0000', sticky: false, summary: 'x', count: 1 },
          ],
        },
      ],
    ]);
    expect(text).toMatch(/^health .*POOL_FULL.*muted: OSDMAP_FLAGS until 2026-11-27 21:20 \+0000/m);
    expect(text).toMatch(/^muted +OSDMAP_FLAGS +1 noout/m);
  });

  test('shows the monitor with the largest clock skew', async () => {
    const skew = { skew: -0.42, latency: 0.001, health: 'HEALTH_WARN' };
    const text = await textWith([
      [
        { _to: 'mon', prefix: 'time-sync-status' },
        { time_skew_status: { a: { skew: 0 }, b: skew }, timechecks: {} },
      ],
    ]);
    expect(text).toMatch(/^mons .*◆mon\.b clock skew 420ms/m);
  });

  test('shows crashes that are not archived, and versions side by side', async () => {
    const version = (name: string) => `ceph version ${name} (618f) pacific (stable)`;
    const crash = { crash_id: 'x', entity_name: 'osd.1', timestamp: '2026-11-27T19:20:02Z' };
    const text = await textWith([
      [
        { _to: 'mon', prefix: 'versions' },
        { osd: { [version('16.2.15')]: 2, [version('17.2.7')]: 1 }, mon: { [version('16.2.15')]: 1 }, overall: {} },
      ],
      [{ _to: 'mgr', prefix: 'crash ls' }, [crash, { ...crash, crash_id: 'y', archived: '2026-11-27T19:21:02Z' }]],
    ]);
    expect(text).toMatch(/^daemons +◆3 on 16\.2\.15, ◆1 on 17\.2\.7, ▲1 recent crash: osd\.1/m);
  });

  test('shows that the status comes from the ceph CLI', async () => {
    const status = JSON.parse(
      await hostMoments('ceph-calm')[0]!
        .host.read({
          kind: 'talk',
          dialect: 'rados',
          to: '/etc/ceph/ceph.conf',
          request: '{"_to":"mon","prefix":"status"}',
        })
        .then((reading) => (reading.ok ? reading.value : '{}')),
    ) as object;
    expect(
      await textWith(
        [
          [
            { _to: 'mon', prefix: 'status' },
            { _every: 30, ...status },
          ],
        ],
        200,
      ),
    ).toMatch(/^mons .*ceph CLI fallback every 30 s \(no python3-rados\)/m);
  });
});

test('OSD row shows BlueFS spillover', async () => {
  const moment = await momentOf(cephPane.needs, hostMoments('ceph-calm'));
  const osds = new Map(
    [...(moment.cephOsds.now ?? [])].map(([osd, reply]) => [
      osd,
      osd === 1 && reply.perf
        ? { ...reply, perf: { ...reply.perf, counts: { ...reply.perf.counts, spilledBytes: 3 * 2 ** 30 } } }
        : reply,
    ]),
  );
  const model = cephPane.model({ ...moment, cephOsds: { ...moment.cephOsds, now: osds } });
  const text = shown(model, 200);
  expect(text).toMatch(/^ +1 ok .* 3\.0G /m);
});

describe('cluster without a status', () => {
  const counters = {
    num_mon: 1,
    num_osd: 3,
    num_osd_up: 2,
    num_osd_in: 3,
    osd_epoch: 40,
    num_pg: 33,
    num_pg_active_clean: 30,
    num_pg_peering: 2,
    num_object_degraded: 12,
    osd_bytes: 2 ** 30,
    osd_bytes_used: 2 ** 28,
  };
  const countersOf = (...all: readonly object[]) =>
    cephMonCounters.parse({
      packages: undefined,
      cephadm: undefined,
      microceph: undefined,
      rook: new Map(
        all.map((cluster, at) => [
          `/var/lib/rook/exporter/ceph-mon.${String.fromCodePoint(97 + at)}.asok`,
          { ok: true, text: JSON.stringify({ cluster }), tookMs: 1 },
        ]),
      ),
    });

  test('shows the counters of the local monitor with the newest OSD map', async () => {
    const moment = await momentOf(cephPane.needs, hostMoments('ceph-no-quorum'));
    const model = cephPane.model({
      ...moment,
      cephMonCounters: seen(undefined, countersOf({ ...counters, osd_epoch: 7, num_osd_up: 3 }, counters), 5),
    });
    const text = shown(model);
    expect(text).toMatch(/^osds +▲2 up, 3 in, of 3, from mon\.b counters$/m);
    expect(text).toMatch(/^pgs +33, ◆30 active\+clean, ▲2 peering, ◆12 objects degraded$/m);
    expect(text).toMatch(/^space +25% of 1\.0G used$/m);
  });

  test('leaves out a monitor that has not synchronised yet', () => {
    expect(countersOf({ num_mon: 0, num_osd: 0 }, {})).toBeUndefined();
  });
});
