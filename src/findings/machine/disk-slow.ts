import { awaitLimits, loadedDisks, type LoadedDisk } from '../../entities/machine/disk-load.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';
import { diskLine, quotingKernelLog } from '../kernel-line.ts';
import { outlierAbove } from '../../lib/outlier.ts';
import { overLast } from '../../timeline/window.ts';

/** Requests below which a mean is noise. */
const LEAST_REQUESTS = 10;
const LEAST_PEERS = 3;

interface Slow extends LoadedDisk {
  readonly awaitMs: number;
}

/** Disk with a long await: by the median of its peers where there are enough, else by absolute limits. */
const rule = defineFinding({
  id: 'disk-slow',
  title: 'Disk slow',
  needs: { diskstats, blockDevices },
  authority:
    'own: above the median of its peers by 3.5 MAD (Iglewicz and Hoaglin) and above 10 ms (rotating 50 ms); alone above 100 ms (200 ms)',
  judge: (moment) => {
    const seen = overLast(moment.diskstats, 30, 1.5);
    const loaded = loadedDisks(diskRates(seen), moment.blockDevices.now).flatMap((disk): Slow[] => {
      const perSec = (disk.rate.readsPerSec ?? 0) + (disk.rate.writesPerSec ?? 0);
      const { awaitMs } = disk.rate;
      return awaitMs === undefined || perSec * (seen.seconds ?? 0) < LEAST_REQUESTS ? [] : [{ ...disk, awaitMs }];
    });
    return loaded.flatMap((disk): Found[] => {
      const { warnMs, critMs } = awaitLimits(disk.device);
      if (disk.awaitMs < warnMs) return [];
      const peers = loaded.filter((other) => other !== disk && other.device?.rotational === disk.device?.rotational);
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
          entity: entityRef('disk', name),
          sentence: `await ${ms(disk.awaitMs)} at ${count((rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0))} IOPS${normal === undefined ? '' : `, ${peers.length} peers ${ms(normal.median)} (median)`}`,
          evidence: [
            { what: 'r_await', value: ms(rate.readAwaitMs), source: '/proc/diskstats' },
            { what: 'w_await', value: ms(rate.writeAwaitMs), source: '/proc/diskstats' },
            { what: '%util', value: percent(rate.utilPct), source: '/proc/diskstats' },
            ...(normal === undefined
              ? []
              : [{ what: `median of ${peers.length} peers`, value: ms(normal.median), source: '/proc/diskstats' }]),
          ],
          next: 'if %util and aqu-sz are high, reduce the load; else `smartctl -x` and the kernel log',
          pane: 'hardware',
        },
      ];
    });
  },
});

export const diskSlow = quotingKernelLog(rule, diskLine);
