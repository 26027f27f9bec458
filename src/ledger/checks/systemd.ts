import { troubledUnits, type TroubledUnit } from '../../entities/systemd/unit-trouble.ts';
import { entityRef, thisHost } from '../../findings/entity-ref.ts';
import { busServices } from '../../sources/systemd/bus-services.ts';
import { unitInvocations, unitManager, units } from '../../sources/systemd/units.ts';
import { unitTasks } from '../../sources/systemd/unit-tasks.ts';
import { watchedUnits } from '../../sources/systemd/watched-units.ts';
import { journalFiles } from '../../sources/systemd/journal-files.ts';
import { journalLimit, journalReach } from '../../entities/systemd/journal.ts';
import { waitingJobs } from '../../entities/systemd/waiting-jobs.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, percent, span } from '../../lib/units.ts';
import { limits } from '../../thresholds.ts';
import { check, defineChecks, type Check } from '../check.ts';

const RULES: readonly (readonly [rule: string, what: string, troubles: readonly TroubledUnit['trouble'][]])[] = [
  ['unit-failed', 'failed', ['failed', 'start limit']],
  ['unit-restart-loop', 'in a restart loop', ['restart loop']],
  ['unit-stuck', 'starting or stopping for 90 s', ['stuck']],
  ['unit-not-loaded', 'not valid', ['not loaded']],
];

/** Units of systemd by rule: it covers every unit. */
export const systemdChecks = defineChecks({
  id: 'systemd',
  needs: { units, unitInvocations, busServices },
  rules: RULES.map(([rule]) => rule),
  of: ({ units: seen, unitInvocations: starts, busServices: byUse }): readonly Check[] => {
    const troubled = seen.now && troubledUnits(seen, starts.history, byUse.now);
    return RULES.flatMap(([rule, what, troubles]) => {
      const found = troubled?.filter(({ trouble }) => troubles.includes(trouble)).length;
      return check(
        { entity: thisHost, nameVocabulary: 'fixed', name: 'units', aspect: 'errors', rules: [rule], what, limit: '0', load: found ?? 0, pane: 'systemd', wide: true }, // prettier-ignore
        found === undefined ? undefined : `${found} of ${seen.now?.units.size ?? 0}`,
        { units: seen },
      );
    });
  },
});

/** Tasks, timers, sockets, missing units and jobs. */
export const watchedUnitChecks = defineChecks({
  id: 'watched-units',
  needs: { watchedUnits, unitTasks, unitManager },
  rules: ['unit-tasks', 'timer-overdue', 'socket-refused', 'unit-missing', 'unit-jobs-waiting'],
  of: ({ watchedUnits: watched, unitTasks: tasks, unitManager: manager }): readonly Check[] => {
    const host = { entity: thisHost, nameVocabulary: 'fixed', pane: 'systemd', wide: true } as const;
    const { timers, sockets, missing } = watched.now ?? {};
    const nearest = [...(tasks.now ?? [])].toSorted(([, a], [, b]) => b.tasks / b.limit - a.tasks / a.limit)[0];
    const refused = [...(sockets?.values() ?? [])].reduce((sum, one) => sum + (one.refused ?? 0), 0);
    const lacking = [...(missing?.values() ?? [])].filter((requiredBy) => requiredBy.length > 0).length;
    return [
      ...check({ ...host, name: 'units', aspect: 'utilisation', rules: ['unit-tasks'], what: 'nearest to TasksMax', limit: `${limits.containerPidsPct.warn}%` }, // prettier-ignore
        nearest && `${percent((100 * nearest[1].tasks) / nearest[1].limit)} of ${count(nearest[1].limit)}, ${plain(nearest[0])}`, { unitTasks: tasks }, 'no unit with a limit'), // prettier-ignore
      ...check({ ...host, name: 'units', aspect: 'errors', rules: ['timer-overdue'], what: 'timers overdue', limit: '1 h' },
        timers && `${count(timers.size)} timers`, { watchedUnits: watched }), // prettier-ignore
      ...check({ ...host, name: 'units', aspect: 'saturation', rules: ['socket-refused'], what: 'connections refused', limit: '0' },
        sockets && `${count(refused)} by ${count(sockets.size)} sockets since they listen`, { watchedUnits: watched }), // prettier-ignore
      ...check({ ...host, name: 'units', aspect: 'errors', rules: ['unit-missing'], what: 'missing or masked, and required', limit: '0', load: lacking },
        missing && `${lacking}`, { watchedUnits: watched }), // prettier-ignore
      ...check({ ...host, name: 'systemd jobs', aspect: 'saturation', rules: ['unit-jobs-waiting'], what: 'waiting for 90 s', limit: '0' },
        manager.now && `${waitingJobs(manager.history)?.waiting.length ?? 0} of ${manager.now.jobs.length}`, { unitManager: manager }), // prettier-ignore
    ];
  },
});

/** How far the journal reaches back at its limit. */
export const journalChecks = defineChecks({
  id: 'journal',
  needs: { journalFiles },
  rules: ['journal-short'],
  of: ({ journalFiles: files }): readonly Check[] => {
    const last = files.history.at(-1);
    const limit = files.now && journalLimit(files.now);
    const reach = files.now && last && journalReach(files.now, last.wallMs);
    return check(
      { entity: entityRef('daemon', 'journald'), name: 'journal', nameVocabulary: 'fixed', aspect: 'utilisation', rules: ['journal-short'], what: 'disk use', ...(limit && { limit: bytes(limit.bytes) }), pane: 'systemd' }, // prettier-ignore
      files.now && `${bytes(files.now.bytes)}${reach === undefined ? '' : `, reaches back ${span(reach)}`}`,
      { journalFiles: files },
    );
  },
});
