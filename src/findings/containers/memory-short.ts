import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { bytes, percent } from '../../lib/units.ts';
import { containerSubject, few } from './cap-findings.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits } from '../../thresholds.ts';

/** Close to its limit the kernel reclaims its memory all the time, then kills. */
export const containerMemoryShort = defineFinding({
  id: 'container-memory-short',
  title: 'A container close to its memory limit',
  needs: containerNeeds,
  authority: limits.containerMemoryPct.authority,
  judge: (moment) => {
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, moment.cgroups);
        const severity = grade(use?.memoryPct, limits.containerMemoryPct);
        return use === undefined || severity === 'text' ? [] : [{ container, use, severity }];
      })
      .toSorted((a, b) => (b.use.memoryPct ?? 0) - (a.use.memoryPct ?? 0));
    const found = all.map(({ container, use, severity }): Found => {
      const subject = containerSubject(container);
      return {
        severity,
        subject,
        sentence: `${subject} uses ${percent(use.memoryPct)} of its memory limit: ${bytes(use.memoryBytes)} of ${bytes(use.memoryMaxBytes)}`,
        evidence: [
          {
            what: 'memory without cache that can be dropped',
            value: bytes(use.memoryBytes),
            source: 'cgroup memory.current, memory.stat inactive_file',
          },
          { what: 'limit', value: bytes(use.memoryMaxBytes), source: 'cgroup memory.max' },
          { what: 'OOM kills since it was started', value: `${use.oomKills ?? '—'}`, source: 'cgroup memory.events' },
        ],
        next: 'see which of its processes grows (↵ on its row), or raise the limit before the kernel kills',
        pane: 'containers',
      };
    });
    return few(found, 'are close to their memory limit');
  },
});
