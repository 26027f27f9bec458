import { count, percent } from '../../lib/units.ts';
import { softnet, softnetRates } from '../../sources/machine/softnet.ts';
import { defineFinding } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

const FILE = '/proc/net/softnet_stat';

/** Packets that the card delivered and a CPU threw away before anything looked at them: its backlog was full. */
export const softnetDrops = defineFinding({
  id: 'softnet-drops',
  title: 'Packets dropped in the backlog of a CPU',
  needs: { softnet },
  authority:
    'kernel: net.core.netdev_max_backlog; any drop warns, 10/s and 0.5 % as for cards in ceph-mixin is critical',
  judge: (moment) => {
    const rates = softnetRates(overLast(moment.softnet, 60));
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
    const others = losing.length > 1 ? ` and on ${losing.length - 1} other${losing.length > 2 ? 's' : ''}` : '';
    return [
      {
        severity: droppedPerSec >= 10 && lostPct >= 0.5 ? 'crit' : 'warn',
        subject: 'softnet',
        sentence: `${count(droppedPerSec)} packets/s (${percent(lostPct)}) are dropped on cpu${worst.cpu}${others} because its backlog is full`,
        evidence: [
          ...losing.slice(0, 4).map((rate) => ({
            what: `cpu${rate.cpu} dropped`,
            value: `${count(rate.droppedPerSec)}/s of ${count((rate.processedPerSec ?? 0) + (rate.droppedPerSec ?? 0))}/s`,
            source: FILE,
          })),
          { what: 'polls cut short', value: `${count(sum((rate) => rate.squeezedPerSec))}/s`, source: FILE },
        ],
        next: 'see Soft interrupts by CPU: when one CPU does all the work spread it (RSS, RPS), else raise net.core.netdev_max_backlog',
        pane: 'hardware',
      },
    ];
  },
});
