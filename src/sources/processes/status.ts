import { keyValues, toCount, toNumber, words } from '../../lib/lines.ts';
import { PAGE_KIB, statFields } from './proc-stat.ts';
import { defineDetail } from '../source.ts';
import { uidInside, uidRanges } from '../containers/uid-map.ts';

/**
 * Status of one process: proc_pid_status(5), proc_pid_oom_score(5), targets of `exe` and `cwd`.
 *
 *     VmHWM:      104560 kB
 *     TracerPid:  0
 *     nonvoluntary_ctxt_switches: 12
 */
export const processStatus = defineDetail({
  id: 'process-status',
  title: 'State of a process',
  why: 'Shows memory, executable, context switches and tracer of one process.',
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    stat: { kind: 'file', path: `/proc/${pid}/stat` },
    status: { kind: 'file', path: `/proc/${pid}/status` },
    wchan: { kind: 'file', path: `/proc/${pid}/wchan`, as: 'root' },
    oomScore: { kind: 'file', path: `/proc/${pid}/oom_score` },
    oomAdjust: { kind: 'file', path: `/proc/${pid}/oom_score_adj` },
    program: { kind: 'glob', pattern: `/proc/${pid}/exe`, links: true, as: 'root' },
    folder: { kind: 'glob', pattern: `/proc/${pid}/cwd`, links: true, as: 'root' },
    uidMap: { kind: 'file', path: `/proc/${pid}/uid_map`, as: 'root' },
  }),
  parse: ({ stat, status, wchan, oomScore, oomAdjust, program, folder, uidMap }): StatusSample => {
    const fields = statFields(stat);
    const of = keyValues(status ?? '');
    const kiB = (name: string): number | undefined => toCount(words(of.get(name) ?? '')[0]);
    const where = wchan?.trim();
    const pages = fields?.field(24);
    const pids = words(of.get('NSpid') ?? '').map(toCount);
    const uid = toCount(words(of.get('Uid') ?? '')[0]);
    const own = uidInside(uid, uidRanges(uidMap));
    return {
      startTicks: fields?.field(22),
      state: fields?.state,
      threads: fields?.field(20),
      tracerPid: toCount(of.get('TracerPid')) || undefined,
      pidInside: pids.length > 1 ? pids.at(-1) : undefined,
      uidInside: own === uid ? undefined : own,
      program: first(program),
      folder: first(folder),
      // The process table of a recording has no more of its status than ids.
      rssKiB: kiB('VmRSS') ?? (pages ? pages * PAGE_KIB : undefined),
      peakRssKiB: kiB('VmHWM'),
      anonKiB: kiB('RssAnon'),
      fileKiB: kiB('RssFile'),
      sharedKiB: kiB('RssShmem'),
      swapKiB: kiB('VmSwap'),
      hugeKiB: kiB('HugetlbPages'),
      voluntarySwitches: toCount(of.get('voluntary_ctxt_switches')),
      forcedSwitches: toCount(of.get('nonvoluntary_ctxt_switches')),
      oomScore: toCount(oomScore),
      oomAdjust: toNumber(oomAdjust),
      wchan: where === undefined || where === '' || where === '0' ? undefined : where,
    };
  },
});

export interface StatusSample {
  /** Distinguishes the process from a later one with the same PID. */
  readonly startTicks: number | undefined;
  readonly state: string | undefined;
  readonly threads: number | undefined;
  /** Tracer (gdb, strace); undefined without one. */
  readonly tracerPid: number | undefined;
  /** PID in the innermost PID namespace; undefined where that is the host's. */
  readonly pidInside: number | undefined;
  /** UID in its user namespace, where it differs from that on the host. */
  readonly uidInside: number | undefined;
  readonly program: string | undefined;
  readonly folder: string | undefined;
  readonly rssKiB: number | undefined;
  readonly peakRssKiB: number | undefined;
  readonly anonKiB: number | undefined;
  readonly fileKiB: number | undefined;
  readonly sharedKiB: number | undefined;
  readonly swapKiB: number | undefined;
  /** Huge pages of hugetlbfs; they are not in the resident size. */
  readonly hugeKiB: number | undefined;
  readonly voluntarySwitches: number | undefined;
  /** Involuntary context switches. */
  readonly forcedSwitches: number | undefined;
  /** oom_score, 0 to 1000 and more: the highest is killed first. */
  readonly oomScore: number | undefined;
  readonly oomAdjust: number | undefined;
  readonly wchan: string | undefined;
}

const first = (links: ReadonlyMap<string, string> | undefined): string | undefined => links?.values().next().value;
