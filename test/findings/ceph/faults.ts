import { cephHealthChecks } from '../../../src/findings/ceph/health.ts';
import { cephLogFaults } from '../../../src/findings/ceph/log-faults.ts';
import { cephOsdMap } from '../../../src/findings/ceph/osd-map.ts';
import { cephMonSlow } from '../../../src/findings/ceph/mon-slow.ts';
import { cephPgsInactive } from '../../../src/findings/ceph/pgs-inactive.ts';
import { cephOsdMemory, cephSpillover, cephThrottled } from '../../../src/findings/ceph/osd-store.ts';
import { eachReply, withProcesses } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

interface PerfDump {
  readonly osd: object;
  readonly bluefs: object;
  readonly 'throttle-osd_client_messages': object;
}

/** Counters of osd.1 with these replica writes since its start. */
export const subops = (count: number, seconds: number) =>
  osdPerf(({ osd }) => ({ osd: { ...osd, subop_w: count, subop_w_latency: { avgcount: count, sum: seconds } } }));

/** OSDs in `osd df tree`. */
export const osdDf = (osds: readonly object[]) => ({
  '* < {"_to":"mgr","prefix":"osd df","output_method":"tree"}': () =>
    JSON.stringify({ nodes: osds.map((osd) => ({ type: 'osd', device_class: 'ssd', kb: 9000, kb_used_omap: 0, kb_used_meta: 60, ...osd })) }), // prettier-ignore
});

/** Counters of osd.1 changed. */
export const osdPerf = (change: (dump: PerfDump) => object) => ({
  '* < {"prefix":"perf dump"}': eachReply((text, path) => {
    if (!path.includes('osd.1.')) return text;
    // A recorded dump has these parts.
    const dump = JSON.parse(text) as PerfDump;
    return JSON.stringify({ ...dump, ...change(dump) });
  }),
});

export const spilled = (bytes: number) => osdPerf(({ bluefs }) => ({ bluefs: { ...bluefs, slow_used_bytes: bytes } }));

export const throttledOps = (val: number) =>
  osdPerf(({ 'throttle-osd_client_messages': throttle }) => ({
    'throttle-osd_client_messages': { ...throttle, val, max: 256 },
  }));

const CONF = '/etc/ceph/ceph.conf';
export const STATUS = `${CONF} < {"_to":"mon","prefix":"status"}`;
export const HEALTH = `${CONF} < {"_to":"mon","prefix":"health","detail":"detail"}`;

/** `health detail` with one check of these lines. */
export const healthWith = (
  checks: Readonly<Record<string, readonly [message: string, ...lines: readonly string[]]>>,
) => ({
  [HEALTH]: JSON.stringify({
    status: 'HEALTH_WARN',
    checks: Object.fromEntries(
      Object.entries(checks).map(([code, [message, ...lines]]) => [
        code,
        {
          severity: 'HEALTH_WARN',
          summary: { message, count: lines.length },
          detail: lines.map((line) => ({ message: line })),
          muted: false,
        },
      ]),
    ),
    mutes: [],
  }),
});

/** `ceph status` with PGs in these states and no client I/O. */
export const pgsIn = (states: Readonly<Record<string, number>>) => ({
  [STATUS]: (text: string) => {
    // A recorded status has these parts.
    const status = JSON.parse(text) as { pgmap: object };
    return JSON.stringify({
      ...status,
      pgmap: {
        pgs_by_state: Object.entries(states).map(([state_name, count]) => ({ state_name, count })),
        num_pgs: Object.values(states).reduce((sum, count) => sum + count, 0),
      },
    });
  },
});

const PGS = ['2.0', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '2.7'];
/** Two of three OSDs killed, as of the lab 65 s later. */
const inactive = {
  ...pgsIn({ 'undersized+degraded+peered': 8, 'undersized+peered': 1 }),
  ...healthWith({
    OSD_DOWN: ['2 osds down', 'osd.1 (root=default,host=vm) is down', 'osd.2 (root=default,host=vm) is down'],
    PG_AVAILABILITY: [
      'Reduced data availability: 9 pgs inactive',
      'pg 1.0 is stuck inactive for 92s, current state undersized+peered, last acting [0]',
      ...PGS.map(
        (pg) => `pg ${pg} is stuck inactive for 65s, current state undersized+degraded+peered, last acting [0]`,
      ),
    ],
  }),
};

/** Counters of mon.a after commits that took some ms in the mean. */
export const monCommits = (commits: number, seconds: number) => ({
  '* < {"prefix":"perf dump","logger":"paxos"}': () =>
    new Map([
      [
        '/var/run/ceph/ceph-mon.a.asok',
        {
          ok: true,
          text: JSON.stringify({ paxos: { commit: commits, commit_latency: { avgcount: commits, sum: seconds } } }),
          tookMs: 1,
        },
      ],
    ]),
});

/** 6.1 GB in 4 KiB pages, of a target of 939 524 096 bytes. */
const large = withProcesses({
  pid: 4711,
  command: 'ceph-osd',
  state: 'S',
  cmdline: ['ceph-osd', '-f', '--cluster', 'ceph', '--id', '1'].join('\0'),
  rssPages: 1_500_000,
});

/** Faults of Ceph. */
export const cephFaults: readonly Fault[] = [
  faultOn('ceph-calm')(cephOsdMap, [osdDf([{ id: 1, pgs: 501 }, { id: 2, pgs: 200 }])], ['warn', 'osd.1', '501 PGs, PG creation is withheld from 750 by default']), // prettier-ignore
  faultOn('ceph-calm')(cephOsdMap, [osdDf([{ id: 1, pgs: 16 }, { id: 2, pgs: 16, device_class: undefined }])], ['warn', 'osd.2', 'no device class, CRUSH rules of a class skip it']), // prettier-ignore
  faultOn('ceph-calm')(cephOsdMap, [osdDf([{ id: 1, kb_used: 960, kb_used_data: 900 }, { id: 2, kb_used: 1000, kb_used_data: 440 }])], ['warn', 'osd.2', '50% of raw usage neither data nor metadata, discards pending']), // prettier-ignore
  faultOn('ceph-calm')(cephLogFaults, [{ '/var/log/ceph/ceph-osd.1.log': '2026-01-01T11:55:00.000+0000 7fc3 -1 osd.1 104288 maybe_wait_for_max_pg withhold creation of pg 104.8e6s8: 813 >= 750\n' }], ['crit', 'osd.1', 'PG creation withheld, PG limit of the OSD, 1 in ceph-osd.1.log, last 5m00s ago']), // prettier-ignore
  faultOn('ceph-calm')(cephSpillover, [spilled(4096)], ['warn', 'osd.1', 'BlueFS spillover, 4.0 KiB of its DB on the slow device']), // prettier-ignore
  faultOn('ceph-calm')(cephThrottled, [throttledOps(250), throttledOps(256)], ['warn', 'osd.1 osd_client_messages', 'throttled, 100% of 256 in use']), // prettier-ignore
  faultOn('ceph-no-quorum')(cephOsdMemory, [large], ['warn', 'osd.1', 'RSS 5.7 GiB, 654% of osd_memory_target (896 MiB)']), // prettier-ignore
  faultOn('ceph-calm')(cephPgsInactive, [{}, inactive], ['crit', 'pool lab +1', '9 of 9 PGs inactive (undersized+degraded+peered), client I/O stopped, osd.1 osd.2 down']), // prettier-ignore
  faultOn('ceph-calm', 5)(cephMonSlow, [monCommits(1115, 1.9), monCommits(1118, 8)], ['crit', 'mon.a', 'slow store, commit latency 2.0s: replies are late, elections from 5 s']), // prettier-ignore
  faultOn('ceph-calm')(cephHealthChecks, [healthWith({ OSD_NEARFULL: ['3 nearfull osd(s)', 'osd.0 is near full', 'osd.1 is near full', 'osd.2 is near full'], POOL_NEARFULL: ['1 pool(s) nearfull', "pool 'lab' is nearfull"] })], ['warn', 'OSD_NEARFULL', '3 nearfull osd(s): osd.0 osd.1 osd.2']), // prettier-ignore
  faultOn('ceph-calm')(cephHealthChecks, [healthWith({ MON_DOWN: ['1/3 mons down, quorum a,c', 'mon.b (rank 1) addr [v2:10.0.0.2:3300/0,v1:10.0.0.2:6789/0] is down (out of quorum)'] })], ['warn', 'MON_DOWN', '1/3 mons down, quorum a,c: mon.b']), // prettier-ignore
];
