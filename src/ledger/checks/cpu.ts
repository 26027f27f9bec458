import { cpuRef, hostResource, numaNodeRef } from '../../findings/entity-ref.ts';
import { median } from '../../lib/outlier.ts';
import { count, percent } from '../../lib/units.ts';
import { cpuUses, meanBusyPct } from '../../sources/machine/cpu-rates.ts';
import { cpuStat, cpuUse } from '../../sources/machine/cpu-stat.ts';
import { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import { cpufreq } from '../../sources/machine/cpufreq.ts';
import { pressure } from '../../sources/machine/pressure.ts';
import { recentPct, stallOf } from '../../sources/machine/pressure-rates.ts';
import { thermalThrottle, throttleTotals } from '../../sources/machine/thermal-throttle.ts';
import { limits } from '../../thresholds.ts';
import { counterEvents } from '../../timeline/last-event.ts';
import { meanMark, overLast, overLastOrLife } from '../../timeline/window.ts';
import { check, defineChecks, type Check } from '../check.ts';

const HEAT_SECONDS = 900;

/** CPUs, together, by NUMA node and one by one. */
export const cpuChecks = defineChecks({
  id: 'cpu',
  needs: { cpuStat, cpuTopology, cpufreq, thermalThrottle, pressure },
  rules: [
    'cpu-saturated',
    'cpu-steal',
    'cpu-power-saving',
    'thermal-throttling',
    'numa-node-busy',
    'softirq-hot-cpu',
    'pressure',
  ],
  of: (moment): readonly Check[] => [
    ...allCpus(moment),
    ...ofHardware(moment),
    ...byNode(moment),
    ...bySoftirq(moment),
  ],
});

type CpuMoment = Parameters<typeof cpuChecks.of>[0];

const cpus = { entity: hostResource('cpu'), name: 'CPUs', nameVocabulary: 'fixed', pane: 'hardware' } as const;

function allCpus({ cpuStat: ticks }: CpuMoment): readonly Check[] {
  const source = { cpuStat: ticks };
  const recent = overLast(ticks, 10, 1);
  const use = cpuUse(recent.now?.all, recent.before?.all);
  const steal = overLastOrLife(ticks, 30, 5);
  const stealPct = cpuUse(steal.now?.all, steal.before?.all)?.stealPct;
  const number = ticks.now?.cpus.size;
  const perCpu = (pick: (sample: NonNullable<typeof ticks.now>) => number | undefined) => {
    const tasks = median(ticks.history.slice(-10).flatMap(({ sample }) => pick(sample) ?? []));
    return tasks === undefined || !number ? undefined : tasks / number;
  };
  const queue = perCpu(({ runningTasks }) => runningTasks);
  const blocked = perCpu(({ blockedTasks }) => blockedTasks);
  return [
    ...check(
      { ...cpus, essential: true, aspect: 'saturation', rules: ['cpu-saturated'], what: 'run queue', limit: `${limits.loadPerCpu.warn} runnable per CPU` }, // prettier-ignore
      queue === undefined || use === undefined ? undefined : `${queue.toFixed(1)} runnable per CPU, ${percent(use.busyPct)} busy`, // prettier-ignore
      source,
    ),
    ...check(
      { ...cpus, essential: true, entity: hostResource('io'), name: 'D state', aspect: 'saturation', rules: ['cpu-saturated'], what: 'blocked tasks', limit: `${limits.loadPerCpu.warn} per CPU` }, // prettier-ignore
      blocked === undefined || use === undefined ? undefined : `${blocked.toFixed(1)} per CPU`,
      source,
    ),
    ...check(
      { ...cpus, essential: true, aspect: 'utilisation', rules: ['cpu-steal'], what: 'steal', limit: `${limits.stealPct.warn}%` }, // prettier-ignore
      stealPct === undefined ? undefined : `${percent(stealPct)}${meanMark(ticks)}`,
      source,
    ),
  ];
}

function ofHardware({ cpufreq: frequency, thermalThrottle: heat, pressure: psi }: CpuMoment): readonly Check[] {
  const { governor, driver, allowedKHz, possibleKHz } = frequency.now ?? {};
  const kHz = allowedKHz ?? possibleKHz;
  const irqPct = recentPct(psi, { resource: 'irq', kind: 'full' });
  const throttled = counterEvents(
    heat,
    (sample) => {
      if (sample === undefined) return undefined;
      const { cores, packages } = throttleTotals(sample);
      return cores + packages;
    },
    HEAT_SECONDS,
  );
  return [
    ...check(
      { ...cpus, aspect: 'utilisation', rules: ['cpu-power-saving'], what: 'frequency' },
      governor === undefined && allowedKHz === undefined
        ? undefined
        : `${governor ?? 'no governor'}${driver === undefined ? '' : ` (${driver})`}${kHz === undefined ? '' : `, ${(kHz / 1e6).toFixed(2)} GHz`}`,
      { cpufreq: frequency },
      'no frequency reported',
    ),
    ...check(
      { ...cpus, aspect: 'errors', rules: ['thermal-throttling'], what: 'thermal throttling', limit: 'any in 15 min' },
      heat.now === undefined || throttled.watchedSeconds === 0 ? undefined : `${count(throttled.count)} times in the last ${Math.round(throttled.watchedSeconds)} s`, // prettier-ignore
      { thermalThrottle: heat },
    ),
    ...check(
      { ...cpus, entity: hostResource('irq'), name: 'interrupts', aspect: 'saturation', rules: ['pressure'], what: 'PSI irq full', limit: `${limits.irqFullPct.warn}%` }, // prettier-ignore
      irqPct === undefined ? undefined : percent(irqPct),
      { pressure: psi },
      // Kernels before 6.1 have no irq pressure.
      stallOf(psi.now, { resource: 'irq', kind: 'full' }) === undefined ? 'not reported by this kernel' : undefined,
    ),
  ];
}

function byNode({ cpuStat: ticks, cpuTopology: topology }: CpuMoment): readonly Check[] {
  const use = cpuUses(overLast(ticks, 30, 5));
  const nodes = topology.now?.nodes ?? [];
  if (nodes.length < 2) return [];
  return nodes.flatMap(({ node, cpus: own = [] }) => {
    const busyPct = meanBusyPct(use, own);
    if (own.length === 0) return [];
    return check(
      { entity: numaNodeRef(node), name: `node${node}`, nameVocabulary: 'fixed', family: 'NUMA nodes', aspect: 'utilisation', rules: ['numa-node-busy'], what: 'CPUs busy', limit: `${limits.cpuBusyPct.warn}%, another < 50%`, load: busyPct ?? 0, pane: 'hardware' }, // prettier-ignore
      busyPct === undefined ? undefined : percent(busyPct),
      { cpuStat: ticks, cpuTopology: topology },
    );
  });
}

function bySoftirq({ cpuStat: ticks }: CpuMoment): readonly Check[] {
  const use = cpuUses(overLast(ticks, 10, 1.5));
  return [...(ticks.now?.cpus.keys() ?? [])].flatMap((cpu) => {
    const softirqPct = use.get(cpu)?.softirqPct;
    return check(
      { entity: cpuRef(cpu), name: `cpu${cpu}`, nameVocabulary: 'fixed', family: 'CPUs', aspect: 'saturation', rules: ['softirq-hot-cpu'], what: 'softirq', limit: '80%, others < 20%', load: softirqPct ?? 0, pane: 'hardware' }, // prettier-ignore
      softirqPct === undefined ? undefined : percent(softirqPct),
      { cpuStat: ticks },
    );
  });
}
