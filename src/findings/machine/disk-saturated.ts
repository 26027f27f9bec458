import { loadedDisks } from '../../entities/machine/disk-load.ts';
import { bytes, count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** Disk saturation: a long queue, or %util near 100. */
export const diskSaturated = defineFinding({
  id: 'disk-saturated',
  title: 'Disk saturated',
  needs: { diskstats, blockDevices },
  authority:
    'node-mixin NodeDiskIOSaturation: queue above 10; atop: busy 90 %, which means little on a disk that serves in parallel',
  judge: (moment) =>
    loadedDisks(diskRates(overLast(moment.diskstats, 30, 1.5)), moment.blockDevices.now).flatMap(
      ({ name, device, rate }): Found[] => {
        const { utilPct = 0, queueLength = 0 } = rate;
        const queued = queueLength > 10;
        if (!queued && utilPct < 90) return [];
        return [
          {
            severity: queued || device?.rotational === true ? 'warn' : 'info',
            subject: name,
            entity: entityRef('disk', name),
            sentence: `%util ${percent(utilPct)}, aqu-sz ${queueLength.toFixed(1)}, await ${ms(rate.awaitMs)}`,
            evidence: [
              { what: '%util', value: percent(rate.utilPct), source: '/proc/diskstats' },
              { what: 'aqu-sz', value: queueLength.toFixed(1), source: '/proc/diskstats' },
              {
                what: 'reads',
                value: `${count(rate.readsPerSec)}/s, ${bytes(rate.readBytesPerSec)}/s, ${ms(rate.readAwaitMs)}`,
                source: '/proc/diskstats',
              },
              {
                what: 'writes',
                value: `${count(rate.writesPerSec)}/s, ${bytes(rate.writeBytesPerSec)}/s, ${ms(rate.writeAwaitMs)}`,
                source: '/proc/diskstats',
              },
            ],
            next: 'open Processes, sort by READ/s or WRITE/s; few requests with a long await: the disk itself',
            pane: 'hardware',
          },
        ];
      },
    ),
});
