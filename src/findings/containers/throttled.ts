import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse, recentCgroups } from '../../entities/containers/use.ts';
import { percent } from '../../lib/units.ts';
import { cpuUse } from '../../sources/machine/cpu-stat.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

/** A container throttled by cpu.max is slow while the host has idle CPUs; nothing inside it shows why. */
export const containerThrottled = defineFinding({
  id: 'container-throttled',
  title: 'Container throttled by its CPU quota',
  needs: containerNeeds,
  authority: limits.containerThrottledPct.authority,
  judge: (moment) => {
    const seen = recentCgroups(moment.cgroups);
    const host = overLast(moment.cpuStat, seen.seconds ?? 0);
    const busyPct = cpuUse(host.now?.all, host.before?.all)?.busyPct;
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, seen, seen);
        return use?.throttledPct === undefined || use.throttledPct < limits.containerThrottledPct.warn
          ? []
          : [{ container, use, throttledPct: use.throttledPct }];
      })
      .toSorted((a, b) => b.throttledPct - a.throttledPct);
    const found = all.map(({ container, use, throttledPct }): Found => {
      const subject = containerSubject(container);
      const idle = busyPct === undefined ? '' : `, host ${percent(100 - busyPct)} idle`;
      return {
        severity: 'warn',
        subject,
        entity: entityRef('container', container.key),
        sentence: `throttled in ${percent(throttledPct)} of periods, CPU ${percent(use.cpuPct)}, quota ${percent(use.quotaPct)}${idle}`,
        evidence: [
          {
            what: 'throttled periods',
            value: percent(throttledPct),
            source: 'cpu.stat nr_throttled / nr_periods',
          },
          { what: 'quota', value: percent(use.quotaPct), source: 'cpu.max' },
          { what: 'host busy', value: percent(busyPct), source: '/proc/stat' },
        ],
        next: 'raise its quota (docker --cpus, LXD limits.cpu.allowance, pod limits.cpu); press t on its row: what it runs',
        pane: 'containers',
      };
    });
    return capFindings(found, 'throttled by their CPU quota');
  },
});
