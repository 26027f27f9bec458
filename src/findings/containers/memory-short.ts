import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { binaryBytes, count, percent } from '../../lib/units.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Near memory.max the kernel reclaims without pause, then kills. */
export const containerMemoryShort = defineFinding({
  id: 'container-memory-short',
  title: 'Container near its memory limit',
  needs: containerNeeds,
  authority: limits.containerMemoryPct.authority,
  judge: (moment) => {
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, moment.cgroups, moment.cgroups);
        const severity = grade(use?.memoryPct, limits.containerMemoryPct);
        return use === undefined || severity === 'text' ? [] : [{ container, use, severity }];
      })
      .toSorted((a, b) => (b.use.memoryPct ?? 0) - (a.use.memoryPct ?? 0));
    const found = all.map(({ container, use, severity }): Found => {
      const subject = containerSubject(container);
      return {
        severity,
        subject,
        entity: entityRef('container', container.key),
        sentence: `${percent(use.memoryPct)} of memory limit, ${binaryBytes(use.memoryBytes)} of ${binaryBytes(use.memoryMaxBytes)}`,
        evidence: [
          {
            what: 'working set',
            value: binaryBytes(use.memoryBytes),
            source: 'memory.current less inactive_file',
          },
          { what: 'limit', value: binaryBytes(use.memoryMaxBytes), source: 'memory.max' },
          { what: 'OOM kills since its start', value: count(use.oomKills), source: 'memory.events oom_kill' },
        ],
        next: 'open Containers, press ↵ on its row, sort by RSS; raise the limit before the OOM killer acts',
        pane: 'containers',
      };
    });
    return capFindings(found, 'near their memory limit');
  },
});
