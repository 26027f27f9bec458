import { frozenKeys } from '../../entities/containers/frozen.ts';
import { cpuSaturation, SATURATION_SECONDS, saturationNeeds } from '../../entities/machine/cpu-saturation.ts';
import { blockedProcesses } from '../../entities/processes/blocked.ts';
import { percent } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { processes } from '../../sources/processes/processes.ts';
import { hostResource, processRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';

/**
 * CPU saturation: more runnable tasks than CPUs, or as many blocked. Judged by the run queue, blocked tasks and PSI of now: load
 * averages decay for minutes after the load, so they are evidence and never a cause.
 */
export const cpuSaturated = defineFinding({
  id: 'cpu-saturated',
  title: 'CPU saturation',
  needs: { ...saturationNeeds, loadavg, processes, cgroups },
  authority: `${limits.loadPerCpu.authority}, by the run queue of the last ${SATURATION_SECONDS} s; PSI cpu ${limits.cpuSomePct.warn} %: ${limits.cpuSomePct.authority}`,
  judge: (moment): readonly Found[] => {
    const load = cpuSaturation(moment);
    if (!load) return [];
    const { cpus, runnable, inIo, cpuSomePct: cpuPct, ioSomePct: ioPct } = load;
    const { load1, load5 } = moment.loadavg.now ?? {};
    // In D at every reading: one in D at this reading only has waited for a disk for some milliseconds.
    const stuck = blockedProcesses(moment.processes.history, frozenKeys(moment.cgroups.now));
    const blocked = Math.max(load.waitsForIo ? (inIo ?? 0) : 0, stuck.length);
    const evidence: Found['evidence'] = [
      { what: 'CPUs', value: `${cpus}`, source: '/proc/stat' },
      {
        what: 'runnable',
        value: runnable === undefined ? 'unknown' : `${runnable}`,
        source: '/proc/stat procs_running',
      },
      { what: 'blocked', value: inIo === undefined ? 'unknown' : `${inIo}`, source: '/proc/stat procs_blocked' },
      { what: 'D state throughout', value: `${stuck.length}`, source: '/proc/PID/stat' },
      { what: 'busy', value: percent(load.busyPct), source: '/proc/stat' },
      { what: 'PSI cpu some', value: percent(cpuPct), source: '/proc/pressure/cpu total' },
      { what: 'load averages (decaying)', value: `${load1 ?? '—'} ${load5 ?? '—'}`, source: '/proc/loadavg' },
    ];
    const found: Found[] = [];
    if (load.isSaturated && runnable !== undefined)
      found.push({
        severity: 'warn',
        subject: 'run queue',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        sentence: `${(runnable / cpus).toFixed(1)} runnable tasks per CPU, CPUs ${percent(load.busyPct)} busy${cpuPct === undefined ? '' : `, PSI cpu some ${percent(cpuPct)}`}`,
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
        ...(stuck.length > 0 && { members: stuck.map(({ process }) => processRef(process)) }),
        sentence: `${blocked} blocked tasks on ${cpus} CPUs (${percent(load.busyPct)} busy)${ioPct === undefined ? '' : `, PSI io some ${percent(ioPct)}`}`,
        evidence: [...evidence, { what: 'PSI io some', value: percent(ioPct), source: '/proc/pressure/io total' }],
        next: 'open Processes: D state stands first, WCHAN names the function; `t` for kernel stacks',
        pane: 'processes',
      });
    return found;
  },
});
