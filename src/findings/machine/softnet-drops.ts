import { count, percent, plural } from '../../lib/units.ts';
import { softnet, softnetRates } from '../../sources/machine/softnet.ts';
import { cpuRef, thisHost } from '../entity-ref.ts';
import { defineFinding } from '../finding.ts';
import { meanMark, overLastOrLife } from '../../timeline/window.ts';

const FILE = '/proc/net/softnet_stat';

/** Share of drops since boot that is a finding by itself, as of NICs. */
const LIFE_LOST_PCT = 0.5;

/** Packets dropped before the stack because the backlog of a CPU was full (softnet_stat). */
export const softnetDrops = defineFinding({
  id: 'softnet-drops',
  title: 'Softnet backlog drops',
  needs: { softnet },
  authority:
    'kernel: net.core.netdev_max_backlog; any drop warns, 10/s and 0.5 % as for cards in ceph-mixin is critical',
  judge: (moment) => {
    const rates = softnetRates(overLastOrLife(moment.softnet, 60));
    const losing = rates
      .filter(({ droppedPerSec }) => (droppedPerSec ?? 0) > 0)
      .toSorted((a, b) => (b.droppedPerSec ?? 0) - (a.droppedPerSec ?? 0));
    const [worst] = losing;
    if (!worst) return [];
    const sum = (pick: (rate: (typeof rates)[number]) => number | undefined): number =>
      rates.reduce((total, rate) => total + (pick(rate) ?? 0), 0);
    const droppedPerSec = sum((rate) => rate.droppedPerSec);
    const arrivedPerSec = droppedPerSec + sum((rate) => rate.processedPerSec);
    const lostPct = (100 * droppedPerSec) / arrivedPerSec;
    // Every host has lost a few since boot.
    if (moment.softnet.sinceStart !== undefined && lostPct < LIFE_LOST_PCT) return [];
    const others = losing.length > 1 ? ` and ${plural(losing.length - 1, 'other CPU')}` : '';
    return [
      {
        severity: droppedPerSec >= 10 && lostPct >= 0.5 ? 'crit' : 'warn',
        subject: 'softnet',
        subjectVocabulary: 'fixed',
        entity: thisHost,
        members: losing.map(({ cpu }) => cpuRef(cpu)),
        sentence: `${count(droppedPerSec)} drops/s (${percent(lostPct)}) on cpu${worst.cpu}${others}, backlog full${meanMark(moment.softnet)}`,
        evidence: [
          ...losing.slice(0, 4).map((rate) => ({
            what: `cpu${rate.cpu} dropped`,
            value: `${count(rate.droppedPerSec)}/s of ${count((rate.processedPerSec ?? 0) + (rate.droppedPerSec ?? 0))}/s`,
            source: FILE,
          })),
          { what: 'squeezed', value: `${count(sum((rate) => rate.squeezedPerSec))}/s`, source: FILE },
        ],
        next: 'spread the load if one CPU has it all (RSS, RPS), else raise `net.core.netdev_max_backlog`',
        pane: 'hardware',
      },
    ];
  },
});
