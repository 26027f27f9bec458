import { loadedDisks } from '../../entities/machine/disk-load.ts';
import { hungSeconds } from '../../entities/machine/hung-disks.ts';
import { count, span } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { diskLine, quotingKernelLog } from '../kernel-line.ts';

const LEAST_SECONDS = 10;

/** Disk with requests in flight and no completions: no rate shows it. */
const rule = defineFinding({
  id: 'disk-hung',
  title: 'Disk hung',
  needs: { diskstats, blockDevices },
  authority: 'own: 10 s without a completion (the kernel gives a SCSI command 30 s, a hung task 120 s)',
  judge: (moment) =>
    loadedDisks(diskRates(moment.diskstats), moment.blockDevices.now).flatMap(({ name, device, rate }): Found[] => {
      const seconds = hungSeconds(moment.diskstats.history, name);
      if (seconds < LEAST_SECONDS) return [];
      return [
        {
          severity: 'crit',
          subject: name,
          entity: entityRef('disk', name),
          sentence: `no completions for ${span(seconds)}, ${count(rate.inFlight)} in flight`,
          evidence: [
            { what: 'in flight', value: count(rate.inFlight), source: '/proc/diskstats' },
            { what: 'completions', value: '0', source: '/proc/diskstats' },
            { what: 'state', value: device?.state ?? 'unknown', source: `/sys/block/${name}/device/state` },
          ],
          next: 'read the kernel log for timeouts and resets of its controller; open Processes: D state',
          pane: 'hardware',
        },
      ];
    }),
});

export const diskHung = quotingKernelLog(rule, diskLine);
