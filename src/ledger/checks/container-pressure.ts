import { containerNeeds, containersAt } from '../../entities/containers/containers.ts';
import { recentCgroups } from '../../entities/containers/use.ts';
import { cpuSaturation } from '../../entities/machine/cpu-saturation.ts';
import { containerSubject } from '../../findings/containers/cap-findings.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { percent } from '../../lib/units.ts';
import { cgroupPair, stallPct, throttledPct } from '../../sources/containers/cgroup-rates.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { grade, limits } from '../../thresholds.ts';
import { check, defineChecks, type Check } from '../check.ts';

const STALLS = [
  { resource: 'memory', limit: limits.memorySomePct },
  { resource: 'io', limit: limits.ioSomePct },
  { resource: 'cpu', limit: limits.cpuSomePct },
] as const;
const LINES = STALLS.map(({ resource, limit }) => ({
  resource,
  line: { family: 'containers', pane: 'containers', aspect: 'saturation', rules: [`container-pressure/${resource}`], what: `PSI ${resource} some`, limit: `${limit.warn}%` } as const, // prettier-ignore
}));

/** Stalls of containers; alone, since the explain step asks for these each second. */
export const containerPressureChecks = defineChecks({
  id: 'container-pressure',
  needs: { ...containerNeeds, pressure },
  rules: ['container-pressure'],
  of: (moment): readonly Check[] => {
    const recent = recentCgroups(moment.cgroups);
    const saturated = cpuSaturation(moment)?.isSaturated === true;
    const source = { cgroups: moment.cgroups };
    return containersAt(moment).flatMap((one) => {
      const { group } = one;
      if (group === undefined) return [];
      const pair = cgroupPair(group, recent);
      const throttled = grade(throttledPct(pair), limits.containerThrottledPct) !== 'text';
      const object = { entity: entityRef('container', one.key), name: containerSubject(one) };
      return LINES.flatMap(({ resource, line }) => {
        // A kernel without PSI, and cgroup v1.
        if (group.pressure[resource].someUsec === undefined) return [];
        const pct = stallPct(pair, resource, 'some');
        // As the rule: it does not judge these.
        const other = resource !== 'cpu' ? undefined : saturated ? 'CPUs of the host are saturated' : throttled ? 'throttled by its quota' : undefined; // prettier-ignore
        return check(
          { ...line, ...object, load: pct ?? 0 },
          pct === undefined || other !== undefined ? undefined : percent(pct),
          source,
          other,
        );
      });
    });
  },
});
