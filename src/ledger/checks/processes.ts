import { frozenKeys, isFrozen } from '../../entities/containers/frozen.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { count, percent } from '../../lib/units.ts';
import { cgroups } from '../../sources/containers/cgroups.ts';
import { fileNr } from '../../sources/machine/file-nr.ts';
import { processes } from '../../sources/processes/processes.ts';
import { seesAll } from '../../entities/processes/hidden-processes.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Processes that hang or are stopped, and open files. */
export const processChecks = defineChecks({
  id: 'processes',
  needs: { processes, fileNr, cgroups },
  rules: ['processes-blocked', 'process-stopped', 'open-files-limit'],
  of: (moment): readonly Check[] => {
    const { processes: table, fileNr: files } = moment;
    const all = [...(table.now?.processes.values() ?? [])];
    const readable = all.length > 0 && seesAll(table);
    const frozen = frozenKeys(moment.cgroups.now);
    const blocked = all.filter((process) => process.state === 'D' && !isFrozen(process, frozen)).length;
    const stopped = all.filter(({ state }) => state === 'T' || state === 't').length;
    const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'processes', wide: true, essential: true } as const; // prettier-ignore
    const { open, maximum } = files.now ?? {};
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
    ];
  },
});
