import {
  command,
  kernelLog,
  logTail,
  operand,
  unitLog,
  type CommandStep,
  type Standing,
  type StepTable,
} from '../next-step.ts';

const tree = command(['ceph', 'osd', 'tree'], 'OSDs by host, up and in');
const downTree = command(['ceph', 'osd', 'tree', 'down'], 'OSDs that are down, by host');
const perf = command(['ceph', 'osd', 'perf'], 'commit and apply latency of each OSD');
const health = command(['ceph', 'health', 'detail'], 'checks with the objects concerned');
const fullness = command(['ceph', 'osd', 'df', 'tree'], 'use and PGs of each OSD');

const tell = ({ entity }: Standing, request: readonly string[], shows: string): CommandStep | undefined =>
  command(['ceph', 'tell', entity.id, ...request], shows);

/** Number of an OSD: `1` of `osd.1`. */
const number = ({ entity }: Standing): string => entity.id.slice(entity.id.indexOf('.') + 1);
const host = (found: Standing) => command(['ceph', 'osd', 'find', number(found)], 'host and address of the OSD');

/** Units of an OSD: of packages, of cephadm, of the snap. */
const osdLog = (found: Standing) =>
  unitLog(
    found,
    [`ceph-osd@${number(found)}`, `ceph-*@osd.${number(found)}`, 'snap.microceph.osd'],
    'log of the OSD, on its host',
  );

/** Units of a monitor: of packages, of cephadm, of the snap. */
const MON_UNITS = ['ceph-mon@*', 'ceph-*@mon.*', 'snap.microceph.mon'];

/** Command for a health check, by the start of its code; others have `ceph health detail` alone. */
const BY_CODE: readonly (readonly [RegExp, CommandStep | undefined])[] = [
  [/^OSD_(?:.*FULL|BACKFILLFULL)|^POOL_(?:.*FULL|NEARFULL)/, fullness],
  [/^OSD_(?:.*_)?DOWN|^OSD_ORPHAN|^OSD_UNREACHABLE/, downTree],
  [/^SLOW_OPS|^BLUESTORE_SLOW/, perf],
  [/^PG_DEGRADED/, command(['ceph', 'pg', 'ls', 'degraded'], 'degraded PGs with their OSDs')],
  [/^PG_DAMAGED|^OSD_SCRUB_ERRORS/, command(['ceph', 'pg', 'ls', 'inconsistent'], 'inconsistent PGs with their OSDs')],
  [/^PG_|^OBJECT_/, command(['ceph', 'pg', 'dump_stuck'], 'stuck PGs with their OSDs')],
  [/^MON_CLOCK_SKEW/, command(['ceph', 'time-sync-status'], 'clock skew of each monitor')],
  [/^MON_/, command(['ceph', 'mon', 'stat'], 'quorum and monitors')],
  [/^MGR_/, command(['ceph', 'mgr', 'stat'], 'active mgr')],
  [/^RECENT_(?:MGR_MODULE_)?CRASH/, command(['ceph', 'crash', 'ls-new'], 'new crash reports')],
  [/^(?:MDS|FS)_/, command(['ceph', 'fs', 'status'], 'file systems and their MDS')],
  [
    /^POOL_|^TOO_(?:MANY|FEW)_PGS|^SMALLER_PG/,
    command(['ceph', 'osd', 'pool', 'autoscale-status'], 'PGs of each pool'),
  ],
  [/^DEVICE_HEALTH/, command(['ceph', 'device', 'ls'], 'devices, daemons and life expectancy')],
  [/^OSDMAP_FLAGS|^OSD_FLAGS/, command(['ceph', 'osd', 'dump'], 'flags of the osdmap, at its top')],
];

/** Next steps of the rules of Ceph. */
export const cephSteps: StepTable = {
  'ceph-osd-slow': {
    tracers: () => ['biolatency'],
    commands: (found) => [
      perf,
      tell(found, ['dump_historic_slow_ops'], 'its slow ops with the time of each step'),
      host(found),
    ],
  },
  'ceph-osd-unresponsive': {
    commands: (found) => [
      osdLog(found),
      command(['ceph', 'crash', 'ls'], 'crash reports'),
      kernelLog(found, 'oom-kill|segfault|I/O error|ceph-osd', 'kernel log of kills and disk errors, on its host'),
      tree,
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'ceph-mons-unresponsive': {
    commands: (found) => {
      const { kind, id } = found.entity;
      const mon = kind === 'mon' ? id.slice('mon.'.length) : undefined;
      return [
        kind === 'mgr'
          ? command(['ceph', 'mgr', 'stat'], 'active mgr')
          : command(['ceph', '--connect-timeout', '5', 'mon', 'stat'], 'quorum, if any monitor replies'),
        mon === undefined ? undefined : command(['ceph', 'daemon', id, 'mon_status'], 'state and peers, on its host'),
        unitLog(
          found,
          kind === 'mgr' ? ['ceph-mgr@*', 'ceph-*@mgr.*', 'snap.microceph.mgr'] : MON_UNITS,
          'log of the daemon, on its host',
        ),
      ];
    },
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'ceph-mon-slow': {
    commands: (found) => [
      command(
        ['ceph', 'daemon', operand(found.entity.id), 'perf', 'dump', 'paxos'],
        'commits and their latency, on its host',
      ),
      command(['iostat', '-x', '1', '5'], 'await of the disk of its store, on its host'),
      unitLog(found, MON_UNITS, 'log of the monitor, on its host'),
    ],
  },
  'ceph-pgs-inactive': {
    commands: ({ members = [] }) => [
      command(['ceph', 'pg', 'dump_stuck', 'inactive'], 'inactive PGs with their OSDs'),
      ...members
        .filter(({ kind }) => kind === 'pg')
        .slice(0, 1)
        .map(({ id }) => command(['ceph', 'pg', operand(id), 'query'], 'what the PG waits for: blocked_by')),
      downTree,
      command(['ceph', 'osd', 'pool', 'ls', 'detail'], 'size and min_size of each pool'),
    ],
  },
  'ceph-osd-map': {
    commands: () => [fullness, command(['ceph', 'osd', 'pool', 'autoscale-status'], 'PGs of each pool')],
  },
  'ceph-log-fault': {
    commands: (found) => [logTail(found), command(['ceph', 'crash', 'ls-new'], 'crashes that are not archived')],
  },
  'ceph-health': {
    commands: ({ condition = '' }) => {
      const own = BY_CODE.find(([code]) => code.test(condition))?.[1];
      return [own, health];
    },
    row: ({ condition }) => condition,
  },
  'ceph-pings-slow': {
    commands: (found) => [tell(found, ['dump_osd_network', '0'], 'ping times to each peer'), host(found)],
  },
  'ceph-spillover': {
    commands: (found) => [tell(found, ['bluefs', 'stats'], 'DB, WAL and slow device use')],
  },
  'ceph-throttled': {
    commands: (found) => [
      perf,
      tell(found, ['dump_ops_in_flight'], 'ops in flight with their age'),
      tell(found, ['perf', 'dump'], 'throttles and their waits'),
    ],
  },
  'ceph-osd-memory': {
    commands: (found) => [
      tell(found, ['dump_mempools'], 'memory by pool: osd_pglog first'),
      tell(found, ['heap', 'stats'], 'memory that the allocator has not released'),
      command(['ceph', 'config', 'get', found.entity.id, 'osd_memory_target'], 'its target'),
    ],
  },
};
