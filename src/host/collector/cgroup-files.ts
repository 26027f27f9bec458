/**
 * File of a control group and its period. Files of v2 are in one folder; those of v1 in the hierarchy of their controller. The
 * list is sent to the host with the first request.
 */
export interface CgroupFile {
  readonly name: string;
  /** Hierarchy: a v1 controller, or the unified one. */
  readonly of: string;
  /** `use`: every walk. `often`: every 5th, of an idle group every 15th. `ran`: the same, if it ran since. `seldom`: every 30th. */
  readonly pace: 'use' | 'often' | 'ran' | 'seldom';
  /** Not read where the group has this file, which precedes it. */
  readonly unless?: string;
  /** Prefixes of kept lines; all lines without it. */
  readonly lines?: readonly string[];
}

const unified = (pace: CgroupFile['pace'], names: readonly string[]): CgroupFile[] =>
  names.map((name) => ({ name, of: 'unified', pace }));
const v1 = (pace: CgroupFile['pace'], of: string, names: readonly string[]): CgroupFile[] =>
  names.map((name) => ({ name, of, pace }));

export const cgroupFiles: readonly CgroupFile[] = [
  ...v1('use', 'cpuacct', ['cpuacct.usage']),
  { name: 'cpu.stat', of: 'unified', pace: 'use', unless: 'cpuacct.usage' },
  ...unified('use', ['memory.current']),
  ...unified('often', ['memory.events', 'memory.swap.current', 'pids.current', 'io.stat', 'cgroup.events']),
  ...unified('often', ['cpu.pressure', 'memory.pressure', 'io.pressure']),
  { name: 'memory.stat', of: 'unified', pace: 'ran', lines: ['anon ', 'file ', 'inactive_file '] },
  { name: 'memory.numa_stat', of: 'unified', pace: 'ran', lines: ['anon ', 'file '] },
  ...unified('seldom', ['cpu.max', 'cpu.weight', 'cpuset.cpus.effective', 'cpuset.mems.effective']),
  ...unified('seldom', ['memory.max', 'memory.high', 'memory.swap.max', 'pids.max']),
  ...v1('use', 'cpu', ['cpu.stat']),
  ...v1('use', 'memory', ['memory.usage_in_bytes']),
  ...v1('often', 'memory', ['memory.failcnt', 'memory.oom_control']),
  ...v1('often', 'pids', ['pids.current']),
  ...v1('often', 'freezer', ['freezer.state']),
  ...v1('often', 'blkio', ['blkio.throttle.io_service_bytes_recursive', 'blkio.throttle.io_serviced_recursive']),
  {
    name: 'memory.stat',
    of: 'memory',
    pace: 'ran',
    lines: ['total_rss ', 'total_cache ', 'total_inactive_file ', 'total_swap '],
  },
  { name: 'memory.numa_stat', of: 'memory', pace: 'ran', lines: ['total=', 'hierarchical_total='] },
  ...v1('seldom', 'cpu', ['cpu.cfs_quota_us', 'cpu.cfs_period_us', 'cpu.shares']),
  ...v1('seldom', 'cpuset', ['cpuset.effective_cpus', 'cpuset.effective_mems']),
  ...v1('seldom', 'memory', ['memory.limit_in_bytes', 'memory.memsw.limit_in_bytes']),
  ...v1('seldom', 'pids', ['pids.max']),
];

/**
 * Files of the unified hierarchy on a hybrid host, named `unified/…`. All groups have cpu.stat there; libvirt makes no cpuacct
 * group on such a host.
 */
export const hybridFiles: ReadonlySet<string> = new Set(['cpu.stat', 'cpu.pressure', 'memory.pressure', 'io.pressure']);
