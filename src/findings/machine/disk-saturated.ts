import { saturatedDisks } from '../../entities/machine/disk-verdicts.ts';
import { bytes, count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** Disk saturation: a long queue, or %util near 100. */
export const diskSaturated = defineFinding({
  id: 'disk-saturated',
  title: 'Disk saturated',
  needs: { diskstats, blockDevices },
  authority:
    'node-mixin NodeDiskIOSaturation: queue above 10; atop: busy 90 %, which means little on a disk that serves in parallel',
  judge: (moment) =>
    saturatedDisks(moment).map(({ name, rate, severity }): Found => ({
      severity,
      subject: name,
      entity: entityRef('disk', name),
      sentence: `%util ${percent(rate.utilPct ?? 0)}, aqu-sz ${(rate.queueLength ?? 0).toFixed(1)}, await ${ms(rate.awaitMs)}`,
      evidence: [
        { what: '%util', value: percent(rate.utilPct), source: '/proc/diskstats' },
        { what: 'aqu-sz', value: (rate.queueLength ?? 0).toFixed(1), source: '/proc/diskstats' },
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
    })),
});
