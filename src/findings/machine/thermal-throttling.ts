import { count, span } from '../../lib/units.ts';
import { thermalThrottle, throttleTotals } from '../../sources/machine/thermal-throttle.ts';
import { cpuRef, hostResource } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { counterEvents, pastAfter } from '../../timeline/last-event.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 900;
const FOLDER = '/sys/devices/system/cpu/cpu*/thermal_throttle';

/** Thermal throttling of CPUs: all is slow, and no load explains it. */
export const thermalThrottling = defineFinding({
  id: 'thermal-throttling',
  title: 'Thermal throttling',
  needs: { thermalThrottle },
  authority: 'kernel: arch/x86 therm_throt; any event in 15 min',
  judge: (moment) => {
    const { now, before, seconds } = overLast(moment.thermalThrottle, WINDOW_SECONDS);
    if (!now || !before) return [];
    const slowed = [...now.cores].flatMap(([cpu, times]) => {
      const more = times - (before.cores.get(cpu) ?? times);
      return more > 0 ? [{ cpu, more }] : [];
    });
    const packages = [...now.packages].some(([cpu, times]) => times > (before.packages.get(cpu) ?? times));
    if (slowed.length === 0 && !packages) return [];
    const { ageSeconds } = counterEvents(
      moment.thermalThrottle,
      (sample) => {
        if (!sample) return undefined;
        const { cores, packages: ofPackages } = throttleTotals(sample);
        return cores + ofPackages;
      },
      WINDOW_SECONDS,
    );
    const times = slowed.reduce((sum, { more }) => sum + more, 0);
    return [
      {
        severity: 'warn',
        subject: 'cpu heat',
        subjectVocabulary: 'fixed',
        entity: hostResource('cpu'),
        members: slowed.map(({ cpu }) => cpuRef(cpu)),
        sentence:
          slowed.length === 0
            ? `package thermal throttling in ${span(seconds)}, last ${span(ageSeconds)} ago`
            : `thermal throttling on ${slowed.length} of ${now.cores.size} CPUs, ${count(times)} times in ${span(seconds)}, last ${span(ageSeconds)} ago`,
        evidence:
          slowed.length === 0
            ? [{ what: 'package events', value: 'increased', source: `${FOLDER}/package_throttle_count` }]
            : slowed
                .toSorted((a, b) => b.more - a.more)
                .slice(0, 4)
                .map(({ cpu, more }) => ({
                  what: `cpu${cpu}`,
                  value: `${count(more)} times`,
                  source: `${FOLDER}/core_throttle_count`,
                })),
        next: 'check temperatures, fans and inlet air; a power cap counts as throttling too',
        pane: 'hardware',
        ...pastAfter(ageSeconds),
      },
    ];
  },
});
