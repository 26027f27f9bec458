import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { percent } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { recentPct } from '../../sources/machine/pressure-rates.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { processes } from '../../sources/processes/processes.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { median } from '../../lib/outlier.ts';
import { overLast } from '../../timeline/window.ts';

/** One reading of the run queue is a snapshot: the middle one of those of so long counts. */
const WINDOW_SECONDS = 10;

/**
 * More runnable tasks than CPUs, or as many in D state. By the run queue, D state and PSI of now: load averages decay for
 * minutes after the work is done, so they are evidence here and never a cause.
 */
export const cpuSaturated = defineFinding({
  id: 'cpu-saturated',
  title: 'More work than CPUs',
  needs: { cpuStat, loadavg, pressure, processes, cgroups },
  authority: `${limits.loadPerCpu.authority}, by the run queue of the last ${WINDOW_SECONDS} s; PSI cpu ${limits.cpuSomePct.warn} %: ${limits.cpuSomePct.authority}`,
  judge: (moment): readonly Found[] => {
    const seen = overLast(moment.cpuStat, WINDOW_SECONDS, 1);
    const cpus = seen.now?.cpus.size;
    const use = cpuUse(seen.now?.all, seen.before?.all);
    if (cpus === undefined || cpus === 0 || use === undefined) return [];
    const recent = moment.cpuStat.history.filter(
      ({ at }, i, { length }) =>
        // Readings may be further apart than the window.
        i >= length - 2 || at >= (moment.cpuStat.history.at(-1)?.at ?? 0) - WINDOW_SECONDS,
    );
    const middle = (pick: (sample: NonNullable<typeof seen.now>) => number | undefined) =>
      median(recent.flatMap(({ sample }) => pick(sample) ?? []));
    const runnable = middle(({ runningTasks }) => runningTasks);
    const inIo = middle(({ blockedTasks }) => blockedTasks);
    const cpuPct = recentPct(moment.pressure, { resource: 'cpu', kind: 'some' });
    const ioPct = recentPct(moment.pressure, { resource: 'io', kind: 'some' });
    const { load1, load5 } = moment.loadavg.now ?? {};
    const frozen = frozenKeys(moment.cgroups.now);
    const table = moment.processes.now?.processes;
    const inD =
      table && [...table.values()].filter((process) => process.state === 'D' && !isFrozen(process, frozen)).length;
    const blocked = Math.max(inIo ?? 0, inD ?? 0);
    const evidence: Found['evidence'] = [
      { what: 'CPUs', value: `${cpus}`, source: '/proc/stat' },
      {
        what: 'runnable',
        value: runnable === undefined ? 'unknown' : `${runnable}`,
        source: '/proc/stat procs_running',
      },
      { what: 'blocked on I/O', value: inIo === undefined ? 'unknown' : `${inIo}`, source: '/proc/stat procs_blocked' },
      { what: 'processes in D', value: inD === undefined ? 'unknown' : `${inD}`, source: '/proc/PID/stat' },
      { what: 'busy', value: percent(use.busyPct), source: '/proc/stat' },
      { what: 'some waited for a CPU', value: percent(cpuPct), source: '/proc/pressure/cpu total' },
      { what: 'load averages (decaying)', value: `${load1 ?? '—'} ${load5 ?? '—'}`, source: '/proc/loadavg' },
    ];
    const found: Found[] = [];
    // Where PSI is read it has to agree: a run queue that is long only when it is looked at makes nothing wait.
    if (
      runnable !== undefined &&
      runnable / cpus >= limits.loadPerCpu.warn &&
      (cpuPct === undefined || cpuPct >= limits.cpuSomePct.warn)
    )
      found.push({
        severity: 'warn',
        subject: 'run queue',
        sentence: `${(runnable / cpus).toFixed(1)} runnable tasks per CPU, CPUs ${percent(use.busyPct)} busy${cpuPct === undefined ? '' : `, PSI cpu some ${percent(cpuPct)}`}`,
        evidence,
        next: 'Processes, sorted by CPU, and by DELAY for those that wait',
        pane: 'hardware',
      });
    if (blocked / cpus >= limits.loadPerCpu.warn)
      found.push({
        severity: 'warn',
        subject: 'D state',
        sentence: `${blocked} tasks in D state on ${cpus} CPUs (${percent(use.busyPct)} busy)${ioPct === undefined ? '' : `, PSI io some ${percent(ioPct)}`}`,
        evidence: [
          ...evidence,
          { what: 'some waited for I/O', value: percent(ioPct), source: '/proc/pressure/io total' },
        ],
        next: 'Processes: those in D come first, with the kernel function they wait in; t for their stacks',
        pane: 'processes',
      });
    return found;
  },
});
