import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { exitedByItself } from '../../entities/containers/exited.ts';
import { span } from '../../lib/units.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** A container that ended by itself and stays down, and one that its engine cannot handle. */
export const containerFailed = defineFinding({
  id: 'container-failed',
  title: 'Container failed',
  needs: containerNeeds,
  authority: '[own]: exit code other than 0, SIGKILL and SIGTERM in the last 10 minutes, or state dead or error',
  judge: (moment) => {
    const found = containersAt(moment).flatMap((container): Found[] => {
      const { state, exitCode, since } = container;
      const isDead = state === 'dead' || state === 'error';
      if (!isDead && !exitedByItself(container)) return [];
      const ended = `exited ${span(since.stateSeconds)} ago, exit code ${exitCode}, not restarted`;
      return [
        {
          severity: isDead ? 'crit' : 'warn',
          subject: containerSubject(container),
          entity: entityRef('container', container.key),
          sentence: isDead ? `state ${state}` : ended,
          evidence: [
            { what: 'state', value: state, source: 'engine' },
            { what: 'exit code', value: `${exitCode ?? '—'}`, source: 'engine events' },
          ],
          next: '`docker logs NAME`, `lxc info --show-log NAME`; then start it again',
          pane: 'containers',
          ...onsetAgo(since.stateSeconds, 'dockerd /events die'),
        },
      ];
    });
    return capFindings(found, 'failed');
  },
});
