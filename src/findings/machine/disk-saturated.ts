import { loadedDisks } from '../../entities/machine/disk-load.ts';
import { bytes, count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { defineFinding, type Found } from '../finding.ts';
import { overLast } from '../../timeline/window.ts';

/** More is asked of a disk than it can do. */
export const diskSaturated = defineFinding({
  id: 'disk-saturated',
  title: 'A disk at its limit',
  needs: { diskstats, blockDevices },
  authority:
    'node-mixin NodeDiskIOSaturation: queue above 10; atop: busy 90 %, which says little of a disk that serves in parallel',
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
            sentence: `${name} is busy ${percent(utilPct)} of the time with ${queueLength.toFixed(1)} requests waiting or served, ${ms(rate.awaitMs)} each`,
            evidence: [
              { what: 'busy', value: percent(rate.utilPct), source: '/proc/diskstats' },
              { what: 'queue (aqu-sz)', value: queueLength.toFixed(1), source: '/proc/diskstats' },
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
            next: 'see in Processes who reads and writes; few requests at a long time each point to the disk itself',
            pane: 'hardware',
          },
        ];
      },
    ),
});
