import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { plural, span } from '../../lib/units.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { pastAfter } from '../../timeline/last-event.ts';
import { byRank } from '../order.ts';

/** Fewer restarts than this may be an operator's. */
const LEAST_RESTARTS = 3;

/** A container that exits and is restarted over and over. */
export const containerRestartLoop = defineFinding({
  id: 'container-restart-loop',
  title: 'Container in a restart loop',
  needs: containerNeeds,
  authority: '[own]: 3 restarts in 10 min, or state restarting',
  judge: (moment) => {
    const all = containersAt(moment)
      .filter(({ state, recentRestarts }) => state === 'restarting' || (recentRestarts ?? 0) >= LEAST_RESTARTS)
      .toSorted((a, b) => (b.recentRestarts ?? 0) - (a.recentRestarts ?? 0));
    const found = all.map((container): Found => {
      const subject = containerSubject(container);
      const { recentRestarts, restartAgeSeconds, exitCode, state } = container;
      const times = recentRestarts === undefined ? '' : `, ${plural(recentRestarts, 'restart')} in 10 min`;
      const over = state === 'restarting' || restartAgeSeconds === undefined ? {} : pastAfter(restartAgeSeconds);
      const last = over.past ? `, last ${span(restartAgeSeconds)} ago` : '';
      return {
        severity: state === 'restarting' ? 'crit' : 'warn',
        subject,
        entity: entityRef('container', container.key),
        sentence: `restart loop${times}${last}${exitCode === undefined ? '' : `, exit code ${exitCode}`}`,
        evidence: [
          { what: 'restarts in 10 min', value: `${recentRestarts ?? '—'}`, source: 'engine events' },
          { what: 'state', value: state, source: 'engine' },
          { what: 'exit code', value: `${exitCode ?? '—'}`, source: 'engine' },
        ],
        next: '`docker logs NAME`, `lxc console --show-log NAME`; exit 137 = SIGKILL, usually the OOM killer',
        pane: 'containers',
        ...onsetAgo(container.since.restartsSeconds, 'dockerd /events start'),
        ...over,
      };
    });
    return capFindings(found.toSorted(byRank), 'in a restart loop');
  },
});
