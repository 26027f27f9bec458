import { ovnNorthdBehind } from '../../../src/findings/ovn/northd-behind.ts';
import { ovsConntrackFull } from '../../../src/findings/ovs/conntrack-full.ts';
import { ovnPortClaims } from '../../../src/findings/ovn/port-claims.ts';
import { ovnLogFaults } from '../../../src/findings/ovn/log-faults.ts';
import { ovsLogFaults } from '../../../src/findings/ovs/log-faults.ts';
import { ovsFdb } from '../../../src/findings/ovs/fdb.ts';
import { ovsMegaflows } from '../../../src/findings/ovs/megaflows.ts';
import { ovsMisses } from '../../../src/findings/ovs/misses.ts';
import { ovsPacketIns } from '../../../src/findings/ovs/packet-ins.ts';
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

/** Megaflows of the userspace datapath, and its lookups since the start. */
export const megaflows = (flows: number, hits: number, limit = 200_000) => ({
  '* < upcall/show': eachReply((text) =>
    text.replace(/\(current \d+\)/, `(current ${flows})`).replace(/\(limit \d+\)/, `(limit ${limit})`),
  ),
  '* < dpctl/show': eachReply((text) => text.replace(/hit:\d+ missed:\d+/, `hit:${hits} missed:0`)),
});

/** OpenFlow messages to controllers, and packets of a flow of web1 whose log action sends them. */
export const packetIns = (sent: number, packets?: number) => ({
  '* < coverage/show': reply(`rconn_sent              3456.2/sec    12.783/sec        0.2131/sec   total: ${sent}\n`),
  '* < dpctl/dump-flows -m cap=4096': reply(
    packets === undefined
      ? '== netdev@ovs-netdev\n'
      : `== netdev@ovs-netdev\nufid:60f4766b-0000-4000-8000-000000000001, recirc_id(0x9),in_port(cc-web1),eth_type(0x0800),ipv4(src=10.66.1.11/0.0.0.0,dst=10.66.2.12,proto=17), packets:${packets}, bytes:${packets * 62}, used:0.016s, dp:ovs, actions:userspace(pid=0,controller(reason=1,dont_send=0,continuation=0,recirc_id=9,rule_cookie=0x8088128a,controller_id=0,max_len=65535)),ct(commit,zone=8),cc-db1, dp-extra-info:miniflow_bits(5,1)\n`,
  ),
});

/** Southbound database in which db1 has changed its chassis so often since it is monitored. */
export const claims = (changes?: number) => ({
  '* < tables OVN_Southbound': eachReply(() =>
    JSON.stringify({
      SB_Global: { g: { nb_cfg: 0 } },
      Chassis: { a: { name: 'lab-chassis-1' }, b: { name: 'lab-chassis-2' } },
      Port_Binding: {
        p: {
          logical_port: 'db1',
          type: '',
          chassis: ['uuid', 'b'],
          ...(changes !== undefined && { 'chassis:changes': changes, 'chassis:before': ['uuid', 'a'] }),
        },
      },
    }),
  ),
});

const calm = faultOn('ovs-calm');
const often = faultOn('ovs-calm', 5);

/** Faults of Open vSwitch and OVN. */
export const ovsFaults: readonly Fault[] = [
  calm(ovsLogFaults, [{ '/var/log/openvswitch/ovs-vswitchd.log': '2025-12-31T23:00:00.000Z|14339034|ofproto_dpif_xlate|WARN|over 4096 resubmit actions on bridge br-int while processing arp\n' }], ['warn', 'br-int', 'resubmit limit reached, packets dropped, 1 in ovs-vswitchd.log, last 13h00m ago']), // prettier-ignore
  calm(ovnLogFaults, [{ '/var/log/ovn/ovsdb-server-nb.log': '2026-01-01T11:50:00.000Z|19755|raft|INFO|term 2873: 1620 ms timeout expired, starting election\n'.repeat(5) }], ['warn', 'ovsdb-server-nb', 'RAFT elections, 5 in ovsdb-server-nb.log, last 10m00s ago']), // prettier-ignore
  calm(ovsUnresponsive, [{ '* < upcall/show': timeout, '* < dpctl/show': timeout }], ['crit', 'ovs-vswitchd', 'unresponsive (timeout): no new datapath flows, upcalls are lost']), // prettier-ignore
  calm(ovsUnresponsive, [{ '* < upcall/show': gone, '* < dpctl/show': gone }], ['crit', 'ovs-vswitchd', 'process gone, stale control socket (crashed or killed): userspace datapaths forward nothing']), // prettier-ignore
  calm(ovsSlowDump, [slowDump(1500)], ['crit', 'netdev@ovs-netdev', /^revalidator dump 1\.5s, \S+ flows; above 1\.3 s the flow limit \(\S+\) is cut$/]), // prettier-ignore
  calm(ovsMisses, [lookups(0, 0), lookups(27_000, 6000)], ['warn', 'netdev@ovs-netdev', '18% of lookups missed, 200 upcalls/s']), // prettier-ignore
  calm(ovsFdb, [fdb(3, 0), fdb(3, 900)], ['warn', 'br-int', '30 MAC moves/s: loop or duplicate MAC']),
  calm(ovsConntrackFull, [userspaceConntrack(59, 10), userspaceConntrack(60, 40)], ['crit', 'netdev@ovs-netdev', 'conntrack 100% full, 60 of 60, 1 refused/s']), // prettier-ignore
  calm(ovsConntrackFull, [zoneLimits(8)], ['warn', 'netdev@ovs-netdev zone 5', 'ct zone 80% full, 8 of 10 connections']), // prettier-ignore
  often(ovsMegaflows, [megaflows(5063, 0), megaflows(5063, 20_000)], ['warn', 'netdev@ovs-netdev', '5.1k megaflows of single connections, 0.8 packets/s each']), // prettier-ignore
  often(ovsPacketIns, [packetIns(0, 0), packetIns(19_500, 19_000)], ['warn', 'netdev@ovs-netdev', '3.9k packet-ins/s, 100% from cc-web1 (web1)']), // prettier-ignore
  often(ovnPortClaims, [claims(), claims(16)], ['crit', 'db1', 'claimed by 2 chassis, 3.2 changes/s: lab-chassis-1, lab-chassis-2']), // prettier-ignore
  calm(ovnNorthdBehind, [northbound(5)], ['crit', 'ovn-northd', '2 transactions behind for 1m30s']),
];
