import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse } from '../../entities/containers/use.ts';
import { percent } from '../../lib/units.ts';
import { cpuUse } from '../../sources/machine/cpu-stat.ts';
import { containerSubject, few } from './cap-findings.ts';
import { defineFinding, type Found } from '../finding.ts';
import { limits } from '../../thresholds.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 30;
const LEAST_SECONDS = 5;

/** It waits for its own quota while the host may have CPUs to spare: slow for no reason that is to be seen inside. */
export const containerThrottled = defineFinding({
  id: 'container-throttled',
  title: 'A container held back by its CPU quota',
  needs: containerNeeds,
  authority: limits.containerThrottledPct.authority,
  judge: (moment) => {
    const seen = overLast(moment.cgroups, WINDOW_SECONDS, LEAST_SECONDS);
    const host = overLast(moment.cpuStat, WINDOW_SECONDS, LEAST_SECONDS);
    const busyPct = cpuUse(host.now?.all, host.before?.all)?.busyPct;
    const all = containersAt(moment)
      .flatMap((container) => {
        const use = containerUse(container, seen);
        return use?.throttledPct === undefined || use.throttledPct < limits.containerThrottledPct.warn
          ? []
          : [{ container, use, throttledPct: use.throttledPct }];
      })
      .toSorted((a, b) => b.throttledPct - a.throttledPct);
    const found = all.map(({ container, use, throttledPct }): Found => {
      const subject = containerSubject(container);
      const idle = busyPct === undefined ? '' : `, while the host is ${percent(100 - busyPct)} idle`;
      return {
        severity: 'warn',
        subject,
        sentence: `${subject} is held back by its CPU quota in ${percent(throttledPct)} of its periods: it uses ${percent(use.cpuPct)} and may use ${percent(use.quotaPct)} of a CPU${idle}`,
        evidence: [
          {
            what: 'periods with the quota used up',
            value: percent(throttledPct),
            source: 'cgroup cpu.stat nr_throttled / nr_periods',
          },
          { what: 'quota', value: percent(use.quotaPct), source: 'cgroup cpu.max' },
          { what: 'host busy', value: percent(busyPct), source: '/proc/stat' },
        ],
        next: 'raise its quota (docker --cpus, LXD limits.cpu.allowance, pod limits.cpu), or find what it works on: t on its row',
        pane: 'containers',
      };
    });
    return few(found, 'are held back by their CPU quota');
  },
});
