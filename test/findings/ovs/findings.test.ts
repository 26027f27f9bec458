import { describe, expect, test } from 'vitest';
import { keyOf, missing, type Host, type DaemonReply } from '../../../src/host/host.ts';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { judge } from '../../../src/findings/judge.ts';
import type { AnySource } from '../../../src/sources/source.ts';
import { ovnChassisBehind } from '../../../src/findings/ovn/chassis-behind.ts';
import { ovnDisconnected } from '../../../src/findings/ovn/disconnected.ts';
import { ovnNorthdBehind } from '../../../src/findings/ovn/northd-behind.ts';
import { ovnPortUnbound } from '../../../src/findings/ovn/port-unbound.ts';
import { ovsBondDegraded } from '../../../src/findings/ovs/bond-degraded.ts';
import { ovsControllerLost } from '../../../src/findings/ovs/controller-lost.ts';
import { ovsFdb } from '../../../src/findings/ovs/fdb.ts';
import { ovsFlowLimit } from '../../../src/findings/ovs/flow-limit.ts';
import { ovsMisses } from '../../../src/findings/ovs/misses.ts';
import { ovsPortBroken } from '../../../src/findings/ovs/port-broken.ts';
import { ovsSilent } from '../../../src/findings/ovs/unresponsive.ts';
import { ovsSlowDump } from '../../../src/findings/ovs/slow-dump.ts';
import { ovsUpcallsLost } from '../../../src/findings/ovs/upcalls-lost.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { watched } from '../../helpers/moments.ts';

const RULES = [
  ovsFlowLimit,
  ovsUpcallsLost,
  ovsMisses,
  ovsSlowDump,
  ovsPortBroken,
  ovsControllerLost,
  ovsBondDegraded,
  ovsSilent,
  ovsFdb,
  ovnChassisBehind,
  ovnNorthdBehind,
  ovnPortUnbound,
  ovnDisconnected,
];

/** Changed reply to one request: a text, `timeout`, or a function of the recorded text. */
type ChangedReply = string | ((text: string) => string);

/** Recorded host with changed replies of daemons; the key is the end of the request's name. */
const withReplies = (host: Host, words: Readonly<Record<string, ChangedReply>>): Host => ({
  ...host,
  read: async (what) => {
    const reading = await host.read(what);
    const other =
      what.kind === 'talks' ? Object.entries(words).find(([end]) => keyOf(what).endsWith(end))?.[1] : undefined;
    if (other === undefined || what.kind !== 'talks' || !reading.ok) return reading;
    const replies = new Map<string, DaemonReply>();
    for (const [path, reply] of reading.value as ReadonlyMap<string, DaemonReply>)
      replies.set(
        path,
        other === 'timeout'
          ? missing('timeout', 'no answer within 5 s')
          : typeof other === 'string'
            ? { ok: true, text: other, tookMs: 1 }
            : reply.ok
              ? { ...reply, text: other(reply.text) }
              : reply,
      );
    // The reading of kind talks is this map.
    return { ...reading, value: replies as never };
  },
});

async function foundWithReplies(
  rule: AnyFinding,
  looks: readonly Readonly<Record<string, ChangedReply>>[],
  host = 'ovs-calm',
) {
  const recorded = hostMoments(host);
  const moments = looks.map((words, i) => ({
    at: 1000 + i * 30,
    host: withReplies((recorded[i] ?? recorded.at(-1))!.host, words),
  }));
  const { timeline, nowMs } = await watched(Object.values<AnySource>(rule.needs), moments);
  return judge([rule], (needs) => timeline.latestMoment(needs, nowMs));
}

test.each(RULES)('$id finds nothing on a healthy switch or without one', async (rule) => {
  for (const host of ['ovs-calm', 'cloud-vm', 'denied']) expect(await foundOn(rule, host, [{}, {}], 12)).toEqual([]);
});

describe('findings of a recorded switch with faults', () => {
  test('ovs-flow-limit and ovs-upcalls-lost stand when flows exceed the flow limit', async () => {
    const [limit] = await foundOn(ovsFlowLimit, 'ovs-faults', [{}, {}], 12);
    expect(limit).toMatchObject({ severity: 'crit', subject: 'netdev@ovs-netdev', pane: 'ovs' });
    expect(limit?.sentence).toMatch(/^flow limit: \d+ of 40 flows \(\d+%\), \S+ new flows\/s refused$/);
    const [lost] = await foundOn(ovsUpcallsLost, 'ovs-faults', [{}, {}], 12);
    expect(lost).toMatchObject({ severity: 'crit' });
    expect(lost?.sentence).toMatch(/^[\d.k]+ lost upcalls\/s$/);
  });

  test('ovs-port-broken names ports without a device and ports with the link down', async () => {
    const found = await foundOn(ovsPortBroken, 'ovs-faults');
    expect(found.find(({ subject }) => subject === 'ghost0')).toMatchObject({ severity: 'crit' });
    expect(found.find(({ subject }) => subject === 'ghost0')?.sentence).toContain('No such device');
    expect(
      found
        .filter(({ severity }) => severity === 'warn')
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(['cc-b1a', 'cc-b1b', 'cc-green']);
  });

  test('ovs-controller-lost names the target when a controller is disconnected', async () => {
    const [found] = await foundOn(ovsControllerLost, 'ovs-faults');
    expect(found).toMatchObject({ severity: 'crit', subject: 'br-int tcp:127.0.0.1:6699' });
    expect(found?.sentence).toMatch(
      /^controller disconnected, Connection refused; fail_mode secure keeps present rules$/,
    );
  });

  test('ovs-bond-degraded names the bond when a member is disabled', async () => {
    const found = await foundOn(ovsBondDegraded, 'ovs-faults');
    expect(found.map(({ subject, severity }) => [subject, severity])).toEqual([
      ['bond-b', 'warn'],
      ['bond-a', 'warn'],
    ]);
    expect(found[0]?.sentence).toMatch(/^1 of 2 members disabled: cc-b1/);
  });

  test('ovn-chassis-behind and ovn-port-unbound stand when a chassis never reports', async () => {
    const [chassis] = await foundOn(ovnChassisBehind, 'ovs-faults');
    expect(chassis).toMatchObject({ subject: 'lab-chassis-gone', pane: 'ovn' });
    expect(chassis?.sentence).toMatch(/^\d+ transactions behind for \S+, host gone1$/);
    const [port] = await foundOn(ovnPortUnbound, 'ovs-faults');
    expect(port).toMatchObject({ severity: 'warn', subject: 'db2' });
  });
});

describe('findings from changed replies', () => {
  test('ovs-silent names each daemon without a reply', async () => {
    const found = await foundWithReplies(ovsSilent, [
      { 'upcall/show': 'timeout', 'dpctl/show': 'timeout', 'ctl < status': 'timeout' },
    ]);
    expect(found.map(({ subject }) => subject)).toEqual(['ovs-vswitchd', 'ovn-northd']);
    expect(found[0]?.sentence).toContain('unresponsive (timeout)');
  });

  test('ovs-slow-dump grades the dump duration', async () => {
    const slow = (milliseconds: number) => ({
      'upcall/show': (text: string) => text.replace(/dump duration : \d+ms/, `dump duration : ${milliseconds}ms`),
    });
    expect(await foundWithReplies(ovsSlowDump, [slow(999)])).toEqual([]);
    expect(await foundWithReplies(ovsSlowDump, [slow(1100)])).toMatchObject([{ severity: 'warn' }]);
    expect(await foundWithReplies(ovsSlowDump, [slow(1500)])).toMatchObject([{ severity: 'crit' }]);
  });

  test('ovs-misses stands when the miss rate is high above 100/s', async () => {
    const lookups = (hit: number, missed: number) => ({
      'dpctl/show': (text: string) => text.replace(/hit:\d+ missed:\d+/, `hit:${hit} missed:${missed}`),
    });
    expect(await foundWithReplies(ovsMisses, [lookups(0, 0), lookups(3000, 2900)])).toEqual([]);
    expect(await foundWithReplies(ovsMisses, [lookups(0, 0), lookups(90_000, 9000)])).toEqual([]);
    const [found] = await foundWithReplies(ovsMisses, [lookups(0, 0), lookups(27_000, 6000)]);
    expect(found?.sentence).toContain('18% of lookups missed');
  });

  test('ovs-fdb stands when MACs move or the table is full', async () => {
    const fdb = (entries: number, moved: number, evicted = 0) => ({
      'fdb/stats-show *': `== br-int\nStatistics for bridge "br-int":\n  Current/maximum MAC entries in the table: ${entries}/8192\n  Total number of evicted MAC entries     : ${evicted}\n  Total number of port moved MAC entries  : ${moved}\n`,
    });
    expect(await foundWithReplies(ovsFdb, [fdb(3, 0), fdb(3, 30)])).toEqual([]);
    expect((await foundWithReplies(ovsFdb, [fdb(3, 0), fdb(3, 900)]))[0]?.sentence).toContain('30 MAC moves/s');
    expect(await foundWithReplies(ovsFdb, [fdb(8192, 0), fdb(8192, 0, 60)])).toMatchObject([{ severity: 'crit' }]);
  });

  test('ovn-disconnected names a disconnected controller, a paused northd and a missing leader', async () => {
    const member = (leader: string) =>
      `fd9c\nName: OVN_Southbound\nStatus: cluster member\nRole: candidate\nTerm: 7\nLeader: ${leader}\nEntries not yet committed: 0\nServers:\n    fd9c (fd9c at tcp:10.0.0.1:6644) (self)\n    aa11 (aa11 at tcp:10.0.0.2:6644)\n`;
    const found = await foundWithReplies(ovnDisconnected, [
      { 'connection-status': 'not connected\n', 'ctl < status': 'Status: paused\n' },
    ]);
    expect(found.map(({ subject }) => subject)).toEqual(['ovn-controller', 'ovn-northd']);
    const sample = ovnDisconnected.needs.ovnDaemons;
    const judged = (leader: string) => {
      const replies = new Map<string, DaemonReply>([
        ['/var/run/ovn/ovnsb_db.ctl', { ok: true, text: member(leader), tookMs: 1 }],
      ]);
      const now = sample.parse({
        ...(Object.fromEntries(Object.keys(sample.reads).map((name) => [name, undefined])) as unknown as Parameters<
          typeof sample.parse
        >[0]),
        sbCluster: replies,
      });
      expect(now.clusters).toMatchObject([
        {
          database: 'southbound',
          role: 'candidate',
          term: 7,
          members: [{ id: 'fd9c' }, { id: 'aa11' }],
          notCommitted: 0,
        },
      ]);
      return ovnDisconnected.judge({
        ovnDaemons: {
          now,
          before: undefined,
          seconds: undefined,
          ageMs: 0,
          tookMs: 1,
          missing: {},
          history: [],
          older: () => [],
        },
      });
    };
    expect(judged('self')).toEqual([]);
    expect(judged('unknown')[0]?.sentence).toContain('no RAFT leader');
  });

  test('ovn-northd-behind counts transactions between nb_cfg and sb_cfg', async () => {
    const { needs } = ovnNorthdBehind;
    const global = (sbCfg: number) =>
      JSON.stringify({
        NB_Global: { g: { nb_cfg: 7, nb_cfg_timestamp: 1_000_000_000_000, sb_cfg: sbCfg, hv_cfg: sbCfg } },
      });
    const now = (sbCfg: number) =>
      needs.ovnCentral.parse({
        nb: new Map<string, DaemonReply>([
          ['/var/run/ovn/ovnnb_db.sock', { ok: true, text: global(sbCfg), tookMs: 1 }],
        ]),
        snapNb: undefined,
        sharedNb: undefined,
        sb: undefined,
        snapSb: undefined,
        sharedSb: undefined,
        stat: 'btime 1000000000\n',
        uptime: '90.00 1.0\n',
      });
    const seen = <S>(sample: S) => ({
      now: sample,
      before: undefined,
      seconds: undefined,
      ageMs: 0,
      tookMs: 1,
      missing: {},
      history: [],
      older: () => [],
    });
    const judged = (sbCfg: number) =>
      ovnNorthdBehind.judge({ ovnCentral: seen(now(sbCfg)), ovnDaemons: { ...seen(undefined), now: undefined } });
    expect(judged(7)).toEqual([]);
    expect(judged(5)).toMatchObject([{ severity: 'crit', sentence: '2 transactions behind for 1m30' }]);
  });
});
