import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Counters of memory management since boot: swapping, reclaim, compaction, huge pages, NUMA balancing. proc_vmstat(5).
 *
 *     pswpin 0
 *     pgscan_direct 0
 *     compact_fail 12
 *     oom_kill 1
 *
 * Names move: pgscan_kswapd was one per zone in old kernels (`pgscan_kswapd_normal`), allocstall is one per zone in newer
 * ones; both forms are summed. oom_kill exists since commit 8e675f7af507 (in v4.13). pgpgin counts KiB.
 */
export const vmstat = defineSource({
  id: 'vmstat',
  title: 'Memory management',
  why: 'Shows swapping, reclaim, failed compaction and OOM kills as they happen.',
  everySeconds: 2,
  countsSince: 'boot',
  reads: { text: { kind: 'file', path: '/proc/vmstat' } },
  parse: ({ text }) => {
    const counters = new Map<string, number>();
    for (const line of lines(text ?? '')) {
      const [name = '', digits] = words(line);
      const value = toCount(digits);
      if (value !== undefined) counters.set(name, value);
    }
    const of = (name: string): number | undefined => counters.get(name);
    /** The counter, or the sum of its forms per zone. */
    const sum = (name: string): number | undefined => of(name) ?? sumOf(counters, `${name}_`, ZONES);
    return {
      pageInKiB: of('pgpgin'),
      pageOutKiB: of('pgpgout'),
      swapInPages: of('pswpin'),
      swapOutPages: of('pswpout'),
      faults: of('pgfault'),
      majorFaults: of('pgmajfault'),
      scanKswapdPages: sum('pgscan_kswapd'),
      scanDirectPages: sum('pgscan_direct'),
      stealKswapdPages: sum('pgsteal_kswapd'),
      stealDirectPages: sum('pgsteal_direct'),
      /** Direct reclaim stalls of allocating tasks. */
      allocStalls: sum('allocstall'),
      refaultPages: of('workingset_refault') ?? added(of('workingset_refault_anon'), of('workingset_refault_file')),
      compactStalls: of('compact_stall'),
      compactFails: of('compact_fail'),
      compactSuccesses: of('compact_success'),
      /** Dirty pages at which writers are throttled. */
      dirtyLimitPages: of('nr_dirty_threshold'),
      oomKills: of('oom_kill'),
      thpFaultAllocs: of('thp_fault_alloc'),
      thpFaultFallbacks: of('thp_fault_fallback'),
      thpSplits: of('thp_split_page'),
      numaHintFaults: of('numa_hint_faults'),
      numaHintFaultsLocal: of('numa_hint_faults_local'),
      numaMigratedPages: of('numa_pages_migrated'),
    };
  },
});

const ZONES: ReadonlySet<string> = new Set(['dma', 'dma32', 'normal', 'high', 'movable', 'device']);

function sumOf(counters: ReadonlyMap<string, number>, prefix: string, ends: ReadonlySet<string>): number | undefined {
  let total: number | undefined;
  for (const [name, value] of counters)
    if (name.startsWith(prefix) && ends.has(name.slice(prefix.length))) total = (total ?? 0) + value;
  return total;
}

const added = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
