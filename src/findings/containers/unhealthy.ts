import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerSubject, few } from './cap-findings.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Its own health check fails: it runs, but does not do its work. */
export const containerUnhealthy = defineFinding({
  id: 'container-unhealthy',
  title: 'A container whose health check fails',
  needs: containerNeeds,
  authority: 'the health check of its image, as often as that asks for',
  judge: (moment) => {
    const found = containersAt(moment)
      .filter(({ health }) => health === 'unhealthy')
      .map((container): Found => {
        const subject = containerSubject(container);
        return {
          severity: 'crit',
          subject,
          sentence: `${subject} runs, but its health check fails`,
          evidence: [{ what: 'health', value: 'unhealthy', source: 'dockerd /containers/json, /events' }],
          next: 'what the check said stands in its detail (↵ on its row)',
          pane: 'containers',
        };
      });
    return few(found, 'fail their health check');
  },
});
