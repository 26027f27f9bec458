import { loadedDisks } from '../../entities/machine/disk-load.ts';
import { count, duration } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats, type DiskCounters } from '../../sources/machine/diskstats.ts';
import type { Entry } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';

const LEAST_SECONDS = 10;

/** Requests are there and none is answered: everything that needs this disk stands still, and no rate shows it. */
export const diskHung = defineFinding({
  id: 'disk-hung',
  title: 'A disk does not answer',
  needs: { diskstats, blockDevices },
  authority: 'own: 10 s without one answer (the kernel gives a SCSI command 30 s, a hung task 120 s)',
  judge: (moment) =>
    loadedDisks(diskRates(moment.diskstats), moment.blockDevices.now).flatMap(({ name, device, rate }): Found[] => {
      const seconds = silentSeconds(moment.diskstats.history, name);
      if (seconds < LEAST_SECONDS) return [];
      return [
        {
          severity: 'crit',
          subject: name,
          sentence: `${name} has not answered for ${duration(seconds)}: ${count(rate.inFlight)} requests wait for it`,
          evidence: [
            { what: 'requests there', value: count(rate.inFlight), source: '/proc/diskstats' },
            { what: 'completed meanwhile', value: '0', source: '/proc/diskstats' },
            { what: 'state', value: device?.state ?? 'unknown', source: `/sys/block/${name}/device/state` },
          ],
          next: 'read the kernel log for its controller (time-outs, resets), and see in Processes who is in state D',
          pane: 'hardware',
        },
      ];
    }),
});

const completed = (disk: DiskCounters): number => disk.reads + disk.writes + (disk.discards ?? 0) + (disk.flushes ?? 0);

/** For how long a disk has had requests in every reading and completed none; 0 when it works. */
function silentSeconds(history: readonly Entry<ReadonlyMap<string, DiskCounters> | undefined>[], name: string): number {
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
