import type { KernelRecord } from '../../sources/kernel/kernel-log.ts';

/** Memory of one process in a report, by its row of the table of tasks. */
export interface OomTask {
  readonly pid: number;
  readonly name: string;
  readonly rssPages: number;
  readonly swapPages: number | undefined;
  readonly scoreAdjust: number | undefined;
}

/** OOM report of the kernel, from `invoked oom-killer` to `Killed process`. mm/oom_kill.c, dump_header. */
export interface OomReport {
  /** Task whose allocation found no memory. */
  readonly askedBy: string | undefined;
  /** Order of that allocation: 0 is one page, above 3 fragmentation is likely. */
  readonly order: number | undefined;
  /** `CONSTRAINT_MEMCG`: the limit of a group; `CONSTRAINT_NONE`: the whole host; a cpuset or memory policy. */
  readonly constraint: string | undefined;
  /** Group at its limit. */
  readonly limitedGroup: string | undefined;
  readonly victim: { readonly pid: number; readonly name: string; readonly group: string | undefined };
  /** Largest first. */
  readonly tasks: readonly OomTask[];
}

const INVOKED = /^(.{1,15}) invoked oom-killer: .*?\border=(-?\d+)/;
const SUMMARY =
  /^oom-kill:constraint=(CONSTRAINT_\w+),.*?(?:,oom_memcg=([^,]*))?,(?:global_oom,)?task_memcg=([^,]*),task=(.{1,15}),pid=(\d+)/;
const KILLED = /out of memory: Kill(?:ed)? process (\d+) \((.{1,15}?)\)/i;
/** `[  29990] 100000 29990    27960    16449   172032        0             0 awk`; rss is split by kind since 6.9. */
const TASK = /^\[ *(\d+)\] +\d+ +\d+ +\d+ +(\d+)((?: +-?\d+)+) +(\S.*)$/;
/** Lines that a report may have; the table lists every process of the group. */
const MOST_LINES = 20_000;

/** Kill as the line `oom-kill:constraint=…` sums it up (since 5.0). */
export type OomSummary = Pick<OomReport, 'constraint' | 'limitedGroup' | 'victim'>;

/** Undefined for other lines. */
export function oomSummaryOf(text: string): OomSummary | undefined {
  const [, constraint, limitedGroup, group, name, pid] = SUMMARY.exec(text) ?? [];
  if (name === undefined || pid === undefined) return undefined;
  return { constraint, limitedGroup, victim: { pid: Number(pid), name, group } };
}

/** Report that ends with the kill in a record of the log; undefined for other records. */
export function oomReportAt(records: readonly KernelRecord[], kill: KernelRecord): OomReport | undefined {
  const [, pid, name] = KILLED.exec(kill.text) ?? [];
  const end = records.indexOf(kill);
  if (pid === undefined || name === undefined || end < 0) return undefined;
  const tasks: OomTask[] = [];
  let summary: OomSummary | undefined;
  let invoked: RegExpExecArray | null = null;
  for (let at = end - 1; at >= 0 && at > end - MOST_LINES && !invoked; at--) {
    const text = records[at]?.text ?? '';
    if (KILLED.test(text)) break;
    summary ??= oomSummaryOf(text);
    invoked = INVOKED.exec(text);
    const task = taskOf(text);
    if (task) tasks.push(task);
  }
  return {
    askedBy: invoked?.[1],
    order: invoked ? Number(invoked[2]) : undefined,
    constraint: summary?.constraint,
    limitedGroup: summary?.limitedGroup,
    victim: { pid: Number(pid), name, group: summary?.victim.group },
    tasks: tasks.toSorted((a, b) => b.rssPages - a.rssPages),
  };
}

function taskOf(text: string): OomTask | undefined {
  const [, pid, rss, rest = '', name] = TASK.exec(text) ?? [];
  if (pid === undefined || rss === undefined || name === undefined) return undefined;
  const numbers = rest.trim().split(/ +/).map(Number);
  return {
    pid: Number(pid),
    name,
    rssPages: Number(rss),
    swapPages: numbers.at(-2),
    scoreAdjust: numbers.at(-1),
  };
}
