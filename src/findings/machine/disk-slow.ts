import { slowDisks } from '../../entities/machine/disk-verdicts.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { diskLine, quotingKernelLog } from '../kernel-line.ts';

/** Disk with a long await: by the median of its peers where there are enough, else by absolute limits. */
const rule = defineFinding({
  id: 'disk-slow',
  title: 'Disk slow',
  needs: { diskstats, blockDevices },
  authority:
    'own: above the median of its peers by 3.5 MAD (Iglewicz and Hoaglin) and above 10 ms (rotating 50 ms); alone above 100 ms (200 ms)',
  judge: (moment) =>
    slowDisks(moment).map(({ name, rate, awaitMs, severity, peers }): Found => ({
      severity,
      subject: name,
      entity: entityRef('disk', name),
      sentence: `await ${ms(awaitMs)} at ${count((rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0))} IOPS${peers === undefined ? '' : `, ${peers.count} peers ${ms(peers.medianMs)} (median)`}`,
      evidence: [
        { what: 'r_await', value: ms(rate.readAwaitMs), source: '/proc/diskstats' },
        { what: 'w_await', value: ms(rate.writeAwaitMs), source: '/proc/diskstats' },
        { what: '%util', value: percent(rate.utilPct), source: '/proc/diskstats' },
        ...(peers === undefined
          ? []
          : [{ what: `median of ${peers.count} peers`, value: ms(peers.medianMs), source: '/proc/diskstats' }]),
      ],
      next: 'if %util and aqu-sz are high, reduce the load; else `smartctl -x` and the kernel log',
      pane: 'hardware',
    })),
});

export const diskSlow = quotingKernelLog(rule, diskLine);
