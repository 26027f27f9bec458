import { describe, expect, test } from 'vitest';
import type { DaemonReply } from '../../../src/host/host.ts';
import { ovnChassisBehind } from '../../../src/findings/ovn/chassis-behind.ts';
import { ovnDisconnected } from '../../../src/findings/ovn/disconnected.ts';
import { ovnNorthdBehind } from '../../../src/findings/ovn/northd-behind.ts';
import { ovnPortUnbound } from '../../../src/findings/ovn/port-unbound.ts';
import { ovsBondDegraded } from '../../../src/findings/ovs/bond-degraded.ts';
import { ovsConntrackFull } from '../../../src/findings/ovs/conntrack-full.ts';
import { ovsControllerLost } from '../../../src/findings/ovs/controller-lost.ts';
import { ovsFdb } from '../../../src/findings/ovs/fdb.ts';
import { ovsFlowLimit } from '../../../src/findings/ovs/flow-limit.ts';
import { ovnPortClaims } from '../../../src/findings/ovn/port-claims.ts';
import { ovsMegaflows } from '../../../src/findings/ovs/megaflows.ts';
import { ovsMisses } from '../../../src/findings/ovs/misses.ts';
import { ovsPacketIns } from '../../../src/findings/ovs/packet-ins.ts';
import { ovsPortBroken } from '../../../src/findings/ovs/port-broken.ts';
import { ovsUnresponsive } from '../../../src/findings/ovs/unresponsive.ts';
import { ovsSlowDump } from '../../../src/findings/ovs/slow-dump.ts';
import { ovsUpcallsLost } from '../../../src/findings/ovs/upcalls-lost.ts';
import { eachReply } from '../../helpers/answers.ts';
import { foundOn } from '../../helpers/found-on.ts';
import {
  claims,
  fdb,
  lookups,
  megaflows,
  northbound,
  packetIns,
  slowDump,
  timeout,
  userspaceConntrack,
  zoneLimits,
} from './faults.ts';

const RULES = [
  ovsFlowLimit,
  ovsUpcallsLost,
  ovsMisses,
  ovsSlowDump,
  ovsPortBroken,
  ovsControllerLost,
  ovsBondDegraded,
  ovsUnresponsive,
  ovsFdb,
  ovsConntrackFull,
  ovsMegaflows,
  ovsPacketIns,
  ovnPortClaims,
  ovnChassisBehind,
  ovnNorthdBehind,
  ovnPortUnbound,
  ovnDisconnected,
];

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
    expect(chassis?.sentence).toMatch(/^\d+ transactions behind for \d.*, host gone1$/);
    const [port] = await foundOn(ovnPortUnbound, 'ovs-faults');
    expect(port).toMatchObject({ severity: 'warn', subject: 'db2' });
  });
});

describe('findings from changed replies', () => {
  test('ovs-unresponsive names each daemon without a reply', async () => {
    const found = await foundOn(ovsUnresponsive, 'ovs-calm', [
      { '* < upcall/show': timeout, '* < dpctl/show': timeout, '* < status': timeout },
    ]);
    expect(found.map(({ subject }) => subject)).toEqual(['ovs-vswitchd', 'ovn-northd']);
    expect(found[0]?.sentence).toContain('unresponsive (timeout)');
  });

  test('ovs-slow-dump grades the dump duration', async () => {
    expect(await foundOn(ovsSlowDump, 'ovs-calm', [slowDump(999)])).toEqual([]);
    expect(await foundOn(ovsSlowDump, 'ovs-calm', [slowDump(1100)])).toMatchObject([{ severity: 'warn' }]);
  });

  test('ovs-misses finds nothing when misses are few or a small share', async () => {
    expect(await foundOn(ovsMisses, 'ovs-calm', [lookups(0, 0), lookups(3000, 2900)])).toEqual([]);
    expect(await foundOn(ovsMisses, 'ovs-calm', [lookups(0, 0), lookups(90_000, 9000)])).toEqual([]);
  });

  test('rates of Open vSwitch end with the reading that has none', async () => {
    const lost = (events: number) => ({
      '* < dpctl/show': eachReply((text) => text.replace(/lost:\d+/, `lost:${events}`)),
    });
    expect(await foundOn(ovsUpcallsLost, 'ovs-calm', [lost(0), lost(60)], 2)).toMatchObject([
      { severity: 'crit', sentence: '30 lost upcalls/s' },
    ]);
    expect(await foundOn(ovsUpcallsLost, 'ovs-calm', [lost(0), lost(60), lost(60)], 2)).toEqual([]);
    expect(await foundOn(ovsMisses, 'ovs-calm', [lookups(0, 0), lookups(900, 900), lookups(2900, 900)], 2)).toEqual([]);
    expect(await foundOn(ovsFdb, 'ovs-calm', [fdb(3, 0), fdb(3, 900), fdb(3, 900)], 10)).toEqual([]);
  });

  test('ovs-flow-limit ends when no further flow is refused, whatever the average of 5 s', async () => {
    const refused = (total: number) => ({
      '* < coverage/show': eachReply(
        () => `upcall_flow_limit_hit    276.6/sec    40.217/sec        0.6717/sec   total: ${total}\n`,
      ),
    });
    const [found] = await foundOn(ovsFlowLimit, 'ovs-calm', [refused(100), refused(400)], 2);
    expect(found?.sentence).toContain('150 new flows/s refused');
    expect(await foundOn(ovsFlowLimit, 'ovs-calm', [refused(100), refused(400), refused(400)], 2)).toEqual([]);
  });

  test('ovs-conntrack-full grades the table and each ct zone', async () => {
    expect(await foundOn(ovsConntrackFull, 'ovs-calm', [userspaceConntrack(44), userspaceConntrack(44)])).toEqual([]);
    expect(
      await foundOn(ovsConntrackFull, 'ovs-calm', [userspaceConntrack(50, 7), userspaceConntrack(50, 7)]),
    ).toMatchObject([{ severity: 'warn', sentence: 'conntrack 83% full, 50 of 60' }]);
    expect(await foundOn(ovsConntrackFull, 'ovs-calm', [zoneLimits(7)])).toEqual([]);
    expect(await foundOn(ovsConntrackFull, 'ovs-calm', [zoneLimits(10)])).toMatchObject([
      { severity: 'crit', condition: 'zone-5' },
    ]);
  });

  test('ovs-megaflows stands when flows grow fast, and not when they carry many packets or are near the limit', async () => {
    const [found] = await foundOn(ovsMegaflows, 'ovs-calm', [megaflows(100, 0), megaflows(1200, 8000)], 20);
    expect(found?.sentence).toBe('1.2k megaflows of single connections, from 100 in 20 s, 0.3 packets/s each');
    expect(await foundOn(ovsMegaflows, 'ovs-calm', [megaflows(700, 0), megaflows(1200, 8000)], 20)).toEqual([]);
    expect(await foundOn(ovsMegaflows, 'ovs-calm', [megaflows(5000, 0), megaflows(5000, 600_000)], 20)).toEqual([]);
    expect(await foundOn(ovsMegaflows, 'ovs-calm', [megaflows(5000, 0, 5500), megaflows(5000, 80, 5500)], 20)).toEqual(
      [],
    );
  });

  test('ovs-packet-ins counts messages where no flow with a controller action was dumped, and ends with the storm', async () => {
    const [found] = await foundOn(ovsPacketIns, 'ovs-calm', [packetIns(0), packetIns(6000)], 5);
    expect(found?.sentence).toBe('1.2k OpenFlow messages/s to the controller');
    expect(await foundOn(ovsPacketIns, 'ovs-calm', [packetIns(0), packetIns(6000), packetIns(6010)], 5)).toEqual([]);
    expect(await foundOn(ovsPacketIns, 'ovs-calm', [packetIns(0), packetIns(10), packetIns(3000)], 5)).toEqual([]);
  });

  test('ovn-port-claims takes no live migration for two claims, and ends when the port stays', async () => {
    expect(await foundOn(ovnPortClaims, 'ovs-calm', [claims(), claims(2)], 5)).toEqual([]);
    expect(await foundOn(ovnPortClaims, 'ovs-calm', [claims(), claims(16), claims(16)], 5)).toEqual([]);
  });

  test('ovn-port-claims stands on a chassis without the databases when the port is installed again and again', async () => {
    const installed = (at: number) => ({
      '* < tables OVN_Southbound': timeout,
      '* < tables Open_vSwitch': eachReply((text) =>
        text.replace(
          /\["iface-id","db1"\](?:,\["ovn-installed[^\]]*\])*/,
          `["iface-id","db1"],["ovn-installed-ts","${at}"]`,
        ),
      ),
    });
    expect(await foundOn(ovnPortClaims, 'ovs-calm', [installed(1), installed(2), installed(3)], 5)).toMatchObject([
      { severity: 'crit', subject: 'db1', entity: { kind: 'logical-port', id: 'db1' } },
    ]);
    expect(await foundOn(ovnPortClaims, 'ovs-calm', [installed(1), installed(2), installed(2)], 5)).toEqual([]);
  });

  test('ovs-fdb stands when the table is full', async () => {
    expect(await foundOn(ovsFdb, 'ovs-calm', [fdb(3, 0), fdb(3, 30)])).toEqual([]);
    expect(await foundOn(ovsFdb, 'ovs-calm', [fdb(8192, 0), fdb(8192, 0, 60)])).toMatchObject([{ severity: 'crit' }]);
  });

  test('ovn-disconnected names a disconnected controller, a paused northd and a missing leader', async () => {
    const member = (leader: string) =>
      `fd9c\nName: OVN_Southbound\nStatus: cluster member\nRole: candidate\nTerm: 7\nLeader: ${leader}\nEntries not yet committed: 0\nServers:\n    fd9c (fd9c at tcp:10.0.0.1:6644) (self)\n    aa11 (aa11 at tcp:10.0.0.2:6644)\n`;
    const found = await foundOn(ovnDisconnected, 'ovs-calm', [
      {
        '* < connection-status': eachReply(() => 'not connected\n'),
        '* < status': eachReply(() => 'Status: paused\n'),
      },
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

  test('ovn-northd-behind finds nothing when sb_cfg has caught up', async () => {
    expect(await foundOn(ovnNorthdBehind, 'ovs-calm', [northbound(7)])).toEqual([]);
  });
});
