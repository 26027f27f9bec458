import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerSubject, few } from './cap-findings.ts';
import { plural, span } from '../../lib/units.ts';
import { defineFinding, type Found } from '../finding.ts';
import { pastAfter } from '../../timeline/last-event.ts';
import { byRank } from '../order.ts';

/** Fewer restarts than this may be somebody's doing. */
const LEAST_RESTARTS = 3;

/** It dies and is started again, over and over. */
export const containerRestartLoop = defineFinding({
  id: 'container-restart-loop',
  title: 'A container that restarts again and again',
  needs: containerNeeds,
  authority: '[own]: 3 restarts in 10 minutes, or its engine calls it restarting',
  judge: (moment) => {
    const all = containersAt(moment)
      .filter(({ state, restartsLately }) => state === 'restarting' || (restartsLately ?? 0) >= LEAST_RESTARTS)
      .toSorted((a, b) => (b.restartsLately ?? 0) - (a.restartsLately ?? 0));
    const found = all.map((container): Found => {
      const subject = containerSubject(container);
      const { restartsLately, restartAgeSeconds, exitCode, state } = container;
      const times = restartsLately === undefined ? '' : `, ${plural(restartsLately, 'restart')} in 10 min`;
      const over = state === 'restarting' || restartAgeSeconds === undefined ? {} : pastAfter(restartAgeSeconds);
      const last = over.past ? `, last ${span(restartAgeSeconds)} ago` : '';
      return {
        severity: state === 'restarting' ? 'crit' : 'warn',
        subject,
        sentence: `restart loop${times}${last}${exitCode === undefined ? '' : `, exit code ${exitCode}`}`,
        evidence: [
          { what: 'restarts in 10 minutes', value: `${restartsLately ?? '—'}`, source: 'events of its engine' },
          { what: 'state', value: state, source: 'its engine' },
          { what: 'exit code', value: `${exitCode ?? '—'}`, source: 'its engine' },
        ],
        next: 'its last words are in its log (docker logs NAME, lxc console --show-log NAME); exit 137 = SIGKILL, usually the OOM killer',
        pane: 'containers',
        ...over,
      };
    });
    return few(found.toSorted(byRank), 'restart again and again');
  },
});
