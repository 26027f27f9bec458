import { ovnNorthdBehind } from '../../../src/findings/ovn/northd-behind.ts';
import { ovsConntrackFull } from '../../../src/findings/ovs/conntrack-full.ts';
import { ovsFdb } from '../../../src/findings/ovs/fdb.ts';
import { ovsMisses } from '../../../src/findings/ovs/misses.ts';
import { ovsSlowDump } from '../../../src/findings/ovs/slow-dump.ts';
import { ovsUnresponsive } from '../../../src/findings/ovs/unresponsive.ts';
import { missing, type DaemonReply } from '../../../src/host/host.ts';
import { eachReply } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

export const timeout = eachReply(() => missing('timeout', 'no answer within 5 s'));

const gone = eachReply(() =>
  missing('failed', '/run/openvswitch/ovs-vswitchd.1.ctl: nothing listens there, the daemon is gone'),
);

export const slowDump = (milliseconds: number) => ({
  '* < upcall/show': eachReply((text) => text.replace(/dump duration : \d+ms/, `dump duration : ${milliseconds}ms`)),
});

export const lookups = (hit: number, missed: number) => ({
  '* < dpctl/show': eachReply((text) => text.replace(/hit:\d+ missed:\d+/, `hit:${hit} missed:${missed}`)),
});

export const fdb = (entries: number, moved: number, evicted = 0) => ({
  '* < fdb/stats-show *': eachReply(
    () =>
      `== br-int\nStatistics for bridge "br-int":\n  Current/maximum MAC entries in the table: ${entries}/8192\n  Total number of evicted MAC entries     : ${evicted}\n  Total number of port moved MAC entries  : ${moved}\n`,
  ),
});

/** Northbound database whose newest nb_cfg was set at 1 000 000 000 s, 90 s before the host's clock. */
export const northbound = (sbCfg: number) => ({
  '* < tables OVN_Northbound': eachReply(() =>
    JSON.stringify({
      NB_Global: { g: { nb_cfg: 7, nb_cfg_timestamp: 1_000_000_000_000, sb_cfg: sbCfg, hv_cfg: sbCfg } },
    }),
  ),
  '/proc/stat': 'btime 1000000000\n',
  '/proc/uptime': '90.00 1.0\n',
});

/** A reply that the recorded host does not have. */
const reply = (text: string) => (): ReadonlyMap<string, DaemonReply> =>
  new Map([['/var/run/openvswitch/ovs-vswitchd.1.ctl', { ok: true, text, tookMs: 1 }]]);

/** Userspace conntrack of 60 connections at most; `refused` since the start of ovs-vswitchd. */
export const userspaceConntrack = (connections: number, refused?: number) => ({
  '* < dpctl/ct-get-nconns *': reply(`== netdev@ovs-netdev\n${connections}\n`),
  '* < dpctl/ct-get-maxconns *': reply('== netdev@ovs-netdev\n60\n'),
  '* < coverage/show': reply(
    refused === undefined
      ? ''
      : `conntrack_full             2.4/sec     0.300/sec        0.0050/sec   total: ${refused}\n`,
  ),
});

export const zoneLimits = (count: number) => ({
  '* < dpctl/ct-get-limits *': reply(`== netdev@ovs-netdev\ndefault limit=0\nzone=5,limit=10,count=${count}\n`),
});

const calm = faultOn('ovs-calm');

/** Faults of Open vSwitch and OVN. */
export const ovsFaults: readonly Fault[] = [
  calm(ovsUnresponsive, [{ '* < upcall/show': timeout, '* < dpctl/show': timeout }], ['crit', 'ovs-vswitchd', 'unresponsive (timeout): no new datapath flows, upcalls are lost']), // prettier-ignore
  calm(ovsUnresponsive, [{ '* < upcall/show': gone, '* < dpctl/show': gone }], ['crit', 'ovs-vswitchd', 'process gone, stale control socket (crashed or killed): userspace datapaths forward nothing']), // prettier-ignore
  calm(ovsSlowDump, [slowDump(1500)], ['crit', 'netdev@ovs-netdev', /^revalidator dump 1\.5s, \S+ flows; above 1\.3 s the flow limit \(\S+\) is cut$/]), // prettier-ignore
  calm(ovsMisses, [lookups(0, 0), lookups(27_000, 6000)], ['warn', 'netdev@ovs-netdev', '18% of lookups missed, 200 upcalls/s']), // prettier-ignore
  calm(ovsFdb, [fdb(3, 0), fdb(3, 900)], ['warn', 'br-int', '30 MAC moves/s: loop or duplicate MAC']),
  calm(ovsConntrackFull, [userspaceConntrack(59, 10), userspaceConntrack(60, 40)], ['crit', 'netdev@ovs-netdev', 'conntrack table 100% full, 60 of 60 connections, 1 refused/s']), // prettier-ignore
  calm(ovsConntrackFull, [zoneLimits(8)], ['warn', 'netdev@ovs-netdev zone 5', 'ct zone 80% full, 8 of 10 connections']), // prettier-ignore
  calm(ovnNorthdBehind, [northbound(5)], ['crit', 'ovn-northd', '2 transactions behind for 1m30s']),
];
