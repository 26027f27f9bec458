import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { loadavg } from '../../sources/machine/loadavg.ts';
import { sysctl } from '../../sources/machine/sysctl.ts';
import { processLimits } from '../../sources/processes/process-limits.ts';
import { limitUses } from '../../entities/processes/limits.ts';
import { threadUse } from '../../entities/processes/thread-use.ts';
import { zombiesByParent } from '../../entities/processes/zombies.ts';
import { limits } from '../../thresholds.ts';
import { fileNr } from '../../sources/machine/file-nr.ts';
import { processes } from '../../sources/processes/processes.ts';
import { seesAll } from '../../entities/processes/hidden-processes.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Processes that hang or are stopped, and open files. */
export const processChecks = defineChecks({
  id: 'processes',
  needs: { processes, processLimits, loadavg, sysctl, fileNr, cgroups },
  rules: ['processes-blocked', 'process-stopped', 'open-files-limit', 'process-limit', 'threads-limit', 'zombies'],
  of: (moment): readonly Check[] => {
    const { processes: table, fileNr: files } = moment;
    const all = [...(table.now?.processes.values() ?? [])];
    const readable = all.length > 0 && seesAll(table);
    const frozen = frozenKeys(moment.cgroups.now);
    const blocked = all.filter((process) => process.state === 'D' && !isFrozen(process, frozen)).length;
    const stopped = all.filter(({ state }) => state === 'T' || state === 't').length;
    const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'processes', wide: true, essential: true } as const; // prettier-ignore
    const { open, maximum } = files.now ?? {};
    const [nearest] = limitUses(moment.processLimits.now, table.now?.processes);
    const threads = threadUse(moment.loadavg.now?.threads, moment.sysctl.now?.settings, table.now?.processes);
    const zombies = zombiesByParent(table.history).reduce((sum, one) => sum + one.zombies.length, 0);
    return [
      ...check(
        { ...host, name: 'processes', aspect: 'saturation', rules: ['processes-blocked'], what: 'D state', limit: '5 s' }, // prettier-ignore
        readable ? `${blocked} of ${count(all.length)} processes` : undefined,
        { processes: table },
      ),
      ...check(
        { ...host, name: 'daemons', aspect: 'errors', rules: ['process-stopped'], what: 'stopped or traced', limit: '3 s' }, // prettier-ignore
        readable ? `${stopped} in state T or t` : undefined,
        { processes: table },
      ),
      ...check(
        { ...host, name: 'open files', aspect: 'utilisation', rules: ['open-files-limit'], what: 'open files', limit: '70% of fs.file-max', pane: 'hardware' }, // prettier-ignore
        open === undefined || !maximum ? undefined : `${percent((100 * open) / maximum)}, ${count(open)} of ${count(maximum)}`, // prettier-ignore
        { fileNr: files },
        'not reported',
      ),
      ...check(
        { ...host, name: 'limits of processes', aspect: 'utilisation', rules: ['process-limit'], what: 'nearest to its limit', limit: `${limits.processLimitPct.warn}%` }, // prettier-ignore
        nearest && `${percent(nearest.usedPct)} of ${count(nearest.limit)} ${nearest.what}, ${plain(nearest.process.command)}`, // prettier-ignore
        { processLimits: moment.processLimits, processes: table },
      ),
      ...check(
        { ...host, name: 'threads', aspect: 'utilisation', rules: ['threads-limit'], what: 'threads', limit: `${limits.threadsPct.warn}% of pid_max and threads-max` }, // prettier-ignore
        threads && `${percent(threads.usedPct)}, ${count(threads.used)} of ${count(threads.limit)}`,
        { loadavg: moment.loadavg, sysctl: moment.sysctl },
        'not reported',
      ),
      ...check(
        { ...host, name: 'zombies', aspect: 'errors', rules: ['zombies'], what: 'state Z', limit: '10 of one parent' }, // prettier-ignore
        readable ? `${zombies} of ${count(all.length)} processes` : undefined,
        { processes: table },
      ),
    ];
  },
});
