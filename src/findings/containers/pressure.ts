import { containersAt, containerNeeds } from '../../entities/containers/containers.ts';
import { containerUse, recentCgroups, type ContainerUse } from '../../entities/containers/use.ts';
import { cpuSaturation } from '../../entities/machine/cpu-saturation.ts';
import { percent } from '../../lib/units.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { capFindings, containerSubject } from './cap-findings.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { grade, limits, type Limit } from '../../thresholds.ts';

interface Stall {
  readonly condition: 'memory' | 'io' | 'cpu';
  readonly limit: Limit;
  readonly pctOf: (use: ContainerUse) => number | undefined;
  readonly next: string;
}

const STALLS: readonly Stall[] = [
  {
    condition: 'memory',
    limit: limits.memorySomePct,
    pctOf: (use) => use.memorySomePct,
    next: 'open Containers, press ↵ on its row, compare MEM with LIMIT: near its limit it reclaims all the time',
  },
  {
    condition: 'io',
    limit: limits.ioSomePct,
    pctOf: (use) => use.ioSomePct,
    next: 'open Containers, press ↵ on its row: its disks; then Hardware, Disks: await',
  },
  {
    condition: 'cpu',
    limit: limits.cpuSomePct,
    // A quota that is used up stalls too, and is found as that.
    pctOf: (use) => (grade(use.throttledPct, limits.containerThrottledPct) === 'text' ? use.cpuSomePct : undefined),
    next: 'open Processes, filter its name: DELAY% and CPUS, it may be pinned to busy CPUs (cpuset)',
  },
];

/** Tasks of a container that wait for memory, I/O or a CPU while the host has enough. */
export const containerPressure = defineFinding({
  id: 'container-pressure',
  title: 'Container stalls (PSI)',
  needs: { ...containerNeeds, pressure },
  authority: `as for the host, of 10 s: PSI memory some ${limits.memorySomePct.warn} %, io some ${limits.ioSomePct.warn} %, cpu some ${limits.cpuSomePct.warn} %; all own`,
  judge: (moment) => {
    const recent = recentCgroups(moment.cgroups);
    // On a saturated host all of them wait for a CPU.
    const saturated = cpuSaturation(moment)?.isSaturated === true;
    const uses = containersAt(moment).flatMap((container) => {
      const use = containerUse(container, recent, recent);
      return use ? [{ container, use }] : [];
    });
    return STALLS.filter(({ condition }) => condition !== 'cpu' || !saturated).flatMap(
      ({ condition, limit, pctOf, next }) => {
        const found = uses
          .toSorted((a, b) => (pctOf(b.use) ?? 0) - (pctOf(a.use) ?? 0))
          .flatMap(({ container, use }): Found[] => {
            const severity = grade(pctOf(use), limit);
            if (severity === 'text') return [];
            const stalled = percent(pctOf(use));
            return [
              {
                severity,
                subject: containerSubject(container),
                entity: entityRef('container', container.key),
                condition,
                sentence: `PSI ${condition} some ${stalled}, tasks stalled on ${condition === 'io' ? 'I/O' : condition}`,
                evidence: [
                  { what: `${condition} some, 10 s`, value: stalled, source: `${condition}.pressure of its cgroup` },
                ],
                next,
                pane: 'containers',
              },
            ];
          });
        return capFindings(found, `stalled on ${condition}`);
      },
    );
  },
});
