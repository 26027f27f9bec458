import { loadedDisks } from '../../entities/machine/disk-load.ts';
import { count, span } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats, type DiskCounters } from '../../sources/machine/diskstats.ts';
import type { Entry } from '../../timeline/moment.ts';
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

const completed = (disk: DiskCounters): number => disk.reads + disk.writes + (disk.discards ?? 0) + (disk.flushes ?? 0);

/** Seconds for which a disk had requests in flight in every reading and completed none; 0 when it works. */
function hungSeconds(history: readonly Entry<ReadonlyMap<string, DiskCounters> | undefined>[], name: string): number {
  const last = history.at(-1);
  const now = last?.sample?.get(name);
  if (!last || !now || now.inFlight === 0) return 0;
  let since = last.at;
  for (const { at, sample } of history.toReversed()) {
    const then = sample?.get(name);
    if (!then || at > since || then.inFlight === 0 || completed(then) !== completed(now)) break;
    since = at;
  }
  return last.at - since;
}
