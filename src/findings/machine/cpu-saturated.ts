import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { percent } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { recentPct } from '../../sources/machine/pressure-rates.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { processes } from '../../sources/processes/processes.ts';
import { hostResource } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { median } from '../../lib/outlier.ts';
import { overLast } from '../../timeline/window.ts';

/** Window whose median counts: one reading of the run queue is a snapshot. */
const WINDOW_SECONDS = 10;

/**
 * CPU saturation: more runnable tasks than CPUs, or as many in D state. Judged by the run queue, D state and PSI of now: load
 * averages decay for minutes after the load, so they are evidence and never a cause.
 */
export const cpuSaturated = defineFinding({
  id: 'cpu-saturated',
  title: 'CPU saturation',
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
      { what: 'blocked', value: inIo === undefined ? 'unknown' : `${inIo}`, source: '/proc/stat procs_blocked' },
      { what: 'D state', value: inD === undefined ? 'unknown' : `${inD}`, source: '/proc/PID/stat' },
      { what: 'busy', value: percent(use.busyPct), source: '/proc/stat' },
      { what: 'PSI cpu some', value: percent(cpuPct), source: '/proc/pressure/cpu total' },
      { what: 'load averages (decaying)', value: `${load1 ?? '—'} ${load5 ?? '—'}`, source: '/proc/loadavg' },
    ];
    const found: Found[] = [];
    // PSI has to agree where it is present: a run queue that is long only at the reading delays nothing.
    if (
      runnable !== undefined &&
      runnable / cpus >= limits.loadPerCpu.warn &&
      (cpuPct === undefined || cpuPct >= limits.cpuSomePct.warn)
    )
      found.push({
        severity: 'warn',
        subject: 'run queue',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        sentence: `${(runnable / cpus).toFixed(1)} runnable tasks per CPU, CPUs ${percent(use.busyPct)} busy${cpuPct === undefined ? '' : `, PSI cpu some ${percent(cpuPct)}`}`,
        evidence,
        next: 'open Processes, sort by CPU%, then by DELAY% for the tasks that wait',
        pane: 'hardware',
      });
    if (blocked / cpus >= limits.loadPerCpu.warn)
      found.push({
        severity: 'warn',
        subject: 'D state',
        subjectVocabulary: 'fixed',
        entity: hostResource('io'),
        sentence: `${blocked} blocked tasks on ${cpus} CPUs (${percent(use.busyPct)} busy)${ioPct === undefined ? '' : `, PSI io some ${percent(ioPct)}`}`,
        evidence: [...evidence, { what: 'PSI io some', value: percent(ioPct), source: '/proc/pressure/io total' }],
        next: 'open Processes: D state stands first, WCHAN names the function; `t` for kernel stacks',
        pane: 'processes',
      });
    return found;
  },
});
