import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

/** A container that runs while its own HEALTHCHECK fails. */
export const containerUnhealthy = defineFinding({
  id: 'container-unhealthy',
  title: 'Container unhealthy',
  needs: containerNeeds,
  authority: 'HEALTHCHECK of its image, at its own interval and retries',
  judge: (moment) => {
    const found = containersAt(moment)
      .filter(({ health }) => health === 'unhealthy')
      .map((container): Found => {
        const subject = containerSubject(container);
        return {
          severity: 'crit',
          subject,
          entity: entityRef('container', container.key),
          sentence: 'unhealthy, health check fails',
          evidence: [{ what: 'health', value: 'unhealthy', source: 'dockerd /containers/json, /events' }],
          next: 'open Containers, press ↵ on its row: health shows the output of the check',
          pane: 'containers',
          ...onsetAgo(container.since.healthSeconds, 'dockerd /events health_status'),
        };
      });
    return capFindings(found, 'unhealthy');
  },
});
