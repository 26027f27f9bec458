import { awaitLimits, loadedDisks, type LoadedDisk } from '../../entities/machine/disk-load.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { defineFinding, type Found } from '../finding.ts';
import { outlierAbove } from '../../lib/outlier.ts';
import { overLast } from '../../timeline/window.ts';

/** With fewer requests a mean says nothing. */
const LEAST_REQUESTS = 10;
const LEAST_PEERS = 3;

interface Slow extends LoadedDisk {
  readonly awaitMs: number;
}

/** A disk whose requests take long: longer than its peers' where there are some, else long by any measure. */
export const diskSlow = defineFinding({
  id: 'disk-slow',
  title: 'A slow disk',
  needs: { diskstats, blockDevices },
  authority:
    'own: above the median of its peers by 3.5 MAD (Iglewicz and Hoaglin) and above 10 ms (rotating 50 ms); alone above 100 ms (200 ms)',
  judge: (moment) => {
    const seen = overLast(moment.diskstats, 30, 1.5);
    const asked = loadedDisks(diskRates(seen), moment.blockDevices.now).flatMap((disk): Slow[] => {
      const perSec = (disk.rate.readsPerSec ?? 0) + (disk.rate.writesPerSec ?? 0);
      const { awaitMs } = disk.rate;
      return awaitMs === undefined || perSec * (seen.seconds ?? 0) < LEAST_REQUESTS ? [] : [{ ...disk, awaitMs }];
    });
    return asked.flatMap((disk): Found[] => {
      const { warnMs, critMs } = awaitLimits(disk.device);
      if (disk.awaitMs < warnMs) return [];
      const peers = asked.filter((other) => other !== disk && other.device?.rotational === disk.device?.rotational);
      const peersMs = peers.map(({ awaitMs }) => awaitMs);
      const normal = peers.length < LEAST_PEERS ? undefined : outlierAbove(peersMs);
      const slow =
        normal === undefined ? disk.awaitMs >= critMs : disk.awaitMs > Math.max(normal.limit, 2 * normal.median);
      if (!slow) return [];
      const { rate, name } = disk;
      return [
        {
          severity: disk.awaitMs >= critMs ? 'crit' : 'warn',
          subject: name,
          sentence: `${name} takes ${ms(disk.awaitMs)} for a request${normal === undefined ? '' : `, its ${peers.length} peers ${ms(normal.median)} (median)`}, at ${count((rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0))} requests/s`,
          evidence: [
            { what: 'read', value: ms(rate.readAwaitMs), source: '/proc/diskstats' },
            { what: 'write', value: ms(rate.writeAwaitMs), source: '/proc/diskstats' },
            { what: 'busy', value: percent(rate.utilPct), source: '/proc/diskstats' },
            ...(normal === undefined
              ? []
              : [{ what: `median of ${peers.length} peers`, value: ms(normal.median), source: '/proc/diskstats' }]),
          ],
          next: 'busy and a long queue: too much is asked of it; else read its SMART data (smartctl -x) and the kernel log',
          pane: 'hardware',
        },
      ];
    });
  },
});
