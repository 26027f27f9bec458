import type { FileTexts } from '../../host/host.ts';
import { keyValues, lines, toCount, words } from '../../lib/lines.ts';
import { netTotals, type NetTotals } from './cgroups-net.ts';

/** The files of one control group, v2 and v1, as figures of one kind. */

/** A limit: `none` where the kernel has `max` or -1. */
export type Limit = number | 'none' | undefined;

/** Read each time. */
export interface CgroupUse {
  readonly cpuUsec: number | undefined;
  /** Undefined on pure v1, which has only whole ticks. */
  readonly userUsec: number | undefined;
  readonly systemUsec: number | undefined;
  /** Periods of its CPU quota that passed while it ran, and those in which the quota was used up. */
  readonly periods: number | undefined;
  readonly throttledPeriods: number | undefined;
  /** Throttled time, summed over CPUs. */
  readonly throttledUsec: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** Read every fifth time or less often. */
export interface CgroupRest {
  /** Percent of one CPU: 250 is two and a half CPUs. */
  readonly cpuQuotaPct: Limit;
  /** By the scale of v2 (100 unless set); shares of v1 are carried over as systemd does. */
  readonly cpuWeight: number | undefined;
  /** Lists of CPUs and memory nodes that it may use, as the kernel writes them: `0-3,8`. */
  readonly cpus: string | undefined;
  readonly mems: string | undefined;
  readonly memoryMaxBytes: Limit;
  readonly memoryHighBytes: Limit;
  readonly swapBytes: number | undefined;
  readonly swapMaxBytes: Limit;
  readonly anonBytes: number | undefined;
  readonly fileBytes: number | undefined;
  /** File cache that the kernel drops first: memory less this is the working set. */
  readonly inactiveFileBytes: number | undefined;
  readonly memoryEvents: MemoryEvents;
  /** Memory node → anonymous and file memory there. */
  readonly nodeBytes: ReadonlyMap<number, number> | undefined;
  readonly pids: number | undefined;
  readonly pidsMax: Limit;
  /** `MAJ:MIN` → I/O of that device. */
  readonly io: ReadonlyMap<string, DiskIo> | undefined;
  readonly pressure: { readonly cpu: StallTotals; readonly memory: StallTotals; readonly io: StallTotals };
  readonly frozen: boolean | undefined;
  readonly net: NetTotals | undefined;
}

/** Event counts since the group was created. memory.events; on v1 only `max` (memory.failcnt) and `oomKill`, without groups below. */
export interface MemoryEvents {
  readonly high: number | undefined;
  readonly max: number | undefined;
  readonly oom: number | undefined;
  readonly oomKill: number | undefined;
}

export interface DiskIo {
  readonly readBytes: number | undefined;
  readonly writeBytes: number | undefined;
  readonly reads: number | undefined;
  readonly writes: number | undefined;
}

/** µs since its creation in which some, or all, of its tasks were stalled. https://docs.kernel.org/accounting/psi.html */
export interface StallTotals {
  readonly someUsec: number | undefined;
  readonly fullUsec: number | undefined;
}

/** v1 writes "no limit" as the largest multiple of the page size; anything from 2^62 on is beyond any memory. */
const NO_LIMIT_BYTES = 2 ** 62;
/** Pages of memory.numa_stat in v1. */
const PAGE_BYTES = 4096;

export function parseUse(files: FileTexts): CgroupUse {
  const cpu = counts(files['cpu.stat']);
  const unified = counts(files['unified/cpu.stat']);
  const usageNs = toCount(files['cpuacct.usage']);
  const throttledNs = cpu.get('throttled_time');
  return {
    cpuUsec: cpu.get('usage_usec') ?? divided(usageNs, 1000) ?? unified.get('usage_usec'),
    userUsec: cpu.get('user_usec') ?? unified.get('user_usec'),
    systemUsec: cpu.get('system_usec') ?? unified.get('system_usec'),
    periods: cpu.get('nr_periods'),
    throttledPeriods: cpu.get('nr_throttled'),
    throttledUsec: cpu.get('throttled_usec') ?? divided(throttledNs, 1000),
    memoryBytes: toCount(files['memory.current'] ?? files['memory.usage_in_bytes']),
  };
}

/** Parsed once for each state of the files, which lasts for many readings. */
const parsed = new WeakMap<FileTexts, CgroupRest>();

export function parseRest(files: FileTexts): CgroupRest {
  const known = parsed.get(files);
  if (known) return known;
  const memory = counts(files['memory.stat']);
  const events = counts(files['memory.events']);
  const rest: CgroupRest = {
    cpuQuotaPct: quotaPct(files),
    cpuWeight: toCount(files['cpu.weight']) ?? weightOf(toCount(files['cpu.shares'])),
    cpus: listOf(files['cpuset.cpus.effective'] ?? files['cpuset.effective_cpus']),
    mems: listOf(files['cpuset.mems.effective'] ?? files['cpuset.effective_mems']),
    memoryMaxBytes: limit(files['memory.max'] ?? files['memory.limit_in_bytes']),
    memoryHighBytes: limit(files['memory.high']),
    // v1 has a file only for memory and swap together; memory.stat has swap alone.
    swapBytes: toCount(files['memory.swap.current']) ?? memory.get('total_swap') ?? memory.get('swap'),
    swapMaxBytes: limit(files['memory.swap.max']) ?? swapMaxV1(files),
    anonBytes: memory.get('anon') ?? memory.get('total_rss'),
    fileBytes: memory.get('file') ?? memory.get('total_cache'),
    inactiveFileBytes: memory.get('total_inactive_file') ?? memory.get('inactive_file'),
    memoryEvents: {
      high: events.get('high'),
      max: events.get('max') ?? toCount(files['memory.failcnt']),
      oom: events.get('oom'),
      oomKill: events.get('oom_kill') ?? counts(files['memory.oom_control']).get('oom_kill'),
    },
    nodeBytes: nodeBytes(files['memory.numa_stat']),
    pids: toCount(files['pids.current']),
    pidsMax: limit(files['pids.max']),
    io: diskIo(files),
    pressure: {
      cpu: stallTotals(files['cpu.pressure'] ?? files['unified/cpu.pressure']),
      memory: stallTotals(files['memory.pressure'] ?? files['unified/memory.pressure']),
      io: stallTotals(files['io.pressure'] ?? files['unified/io.pressure']),
    },
    frozen: frozen(files),
    net: netTotals(files['net/dev']),
  };
  parsed.set(files, rest);
  return rest;
}

/** `usage_usec 123` lines; a flat keyed file of v2, and what v1 writes likewise. */
function counts(text: string | undefined): ReadonlyMap<string, number | undefined> {
  const found = new Map<string, number | undefined>();
  for (const [key, value] of keyValues(text ?? '', /\s+/)) found.set(key, toCount(value));
  return found;
}

const divided = (value: number | undefined, by: number): number | undefined =>
  value === undefined ? undefined : value / by;

function limit(text: string | undefined): Limit {
  const value = text?.trim();
  if (value === 'max' || value === '-1') return 'none';
  const count = toCount(value);
  return count !== undefined && count >= NO_LIMIT_BYTES ? 'none' : count;
}

/** v2 `cpu.max`: `20000 100000` or `max 100000`; v1 has a file for each, and -1 for none. */
function quotaPct(files: FileTexts): Limit {
  const [quota, period] =
    files['cpu.max'] === undefined ? [files['cpu.cfs_quota_us'], files['cpu.cfs_period_us']] : words(files['cpu.max']);
  const usec = limit(quota);
  const periodUsec = toCount(period);
  if (usec === 'none' || usec === undefined) return usec;
  return periodUsec === undefined || periodUsec === 0 ? undefined : (100 * usec) / periodUsec;
}

/** 1024 shares are a weight of 100, as systemd and runc carry them over. systemd.resource-control(5), CPUShares=. */
const weightOf = (shares: number | undefined): number | undefined =>
  shares === undefined ? undefined : Math.min(10_000, Math.max(1, (shares * 100) / 1024));

function listOf(text: string | undefined): string | undefined {
  const list = text?.trim();
  return list === undefined || list === '' || !/^[\d,-]+$/.test(list) ? undefined : list;
}

/** v1 limits memory and swap together. */
function swapMaxV1(files: FileTexts): Limit {
  const together = limit(files['memory.memsw.limit_in_bytes']);
  const memory = limit(files['memory.limit_in_bytes']);
  if (typeof together !== 'number') return together;
  return typeof memory === 'number' && together >= memory ? together - memory : undefined;
}

/** v2: `anon N0=1 N1=2` in bytes, `file …`; v1: `hierarchical_total=3 N0=1 N1=2` in pages. */
function nodeBytes(text: string | undefined): ReadonlyMap<number, number> | undefined {
  const all = new Map<number, number>();
  const found = lines(text ?? '').map((line) => words(line));
  const v1 =
    found.find(([name]) => name?.startsWith('hierarchical_total=')) ??
    found.find(([name]) => name?.startsWith('total='));
  const taken = v1 ? [v1] : found.filter(([name]) => name === 'anon' || name === 'file');
  for (const [, ...nodes] of taken)
    for (const node of nodes) {
      const [, number, value] = /^N(\d+)=(\d+)$/.exec(node) ?? [];
      const bytes = toCount(value);
      if (bytes === undefined) continue;
      const index = Number(number);
      all.set(index, (all.get(index) ?? 0) + bytes * (v1 ? PAGE_BYTES : 1));
    }
  return all.size > 0 ? all : undefined;
}

/**
 * v2 io.stat: `254:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0`; v1 blkio.throttle.io_service_bytes and io_serviced:
 * `254:0 Read 1`. A v1 file of a group without I/O has only `Total 0`.
 */
function diskIo(files: FileTexts): ReadonlyMap<string, DiskIo> | undefined {
  const v2 = files['io.stat'];
  const disks = new Map<string, { -readonly [Name in keyof DiskIo]: DiskIo[Name] }>();
  const disk = (device: string) => {
    const known = disks.get(device) ?? {
      readBytes: undefined,
      writeBytes: undefined,
      reads: undefined,
      writes: undefined,
    };
    disks.set(device, known);
    return known;
  };
  const names = { rbytes: 'readBytes', wbytes: 'writeBytes', rios: 'reads', wios: 'writes' } as const;
  for (const line of lines(v2 ?? '')) {
    const [device = '', ...pairs] = words(line);
    if (!DEVICE.test(device)) continue;
    for (const pair of pairs) {
      const [key = '', value] = pair.split('=', 2);
      if (Object.hasOwn(names, key)) disk(device)[names[key as keyof typeof names]] = toCount(value);
    }
  }
  const bytes = files['blkio.throttle.io_service_bytes_recursive'] ?? files['blkio.throttle.io_service_bytes'];
  const requests = files['blkio.throttle.io_serviced_recursive'] ?? files['blkio.throttle.io_serviced'];
  for (const [text, read, write] of [
    [bytes, 'readBytes', 'writeBytes'],
    [requests, 'reads', 'writes'],
  ] as const)
    for (const line of lines(text ?? '')) {
      const [device = '', kind, value] = words(line);
      if (!DEVICE.test(device)) continue;
      if (kind === 'Read') disk(device)[read] = toCount(value);
      else if (kind === 'Write') disk(device)[write] = toCount(value);
    }
  return v2 === undefined && bytes === undefined && requests === undefined ? undefined : disks;
}

const DEVICE = /^\d{1,7}:\d{1,7}$/;

function stallTotals(text: string | undefined): StallTotals {
  const total = (kind: string): number | undefined =>
    toCount(new RegExp(String.raw`^${kind} .*\btotal=(\d+)`, 'm').exec(text ?? '')?.[1]);
  return { someUsec: total('some'), fullUsec: total('full') };
}

/** v2 cgroup.events; v1 freezer.state: THAWED, FREEZING (requested, not all tasks stopped yet) or FROZEN. */
function frozen(files: FileTexts): boolean | undefined {
  const v2 = counts(files['cgroup.events']).get('frozen');
  if (v2 !== undefined) return v2 === 1;
  const v1 = files['freezer.state']?.trim();
  return v1 === 'FROZEN' || v1 === 'FREEZING' ? true : v1 === 'THAWED' ? false : undefined;
}
