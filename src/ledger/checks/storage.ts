import { awaitLimits, loadedDisks } from '../../entities/machine/disk-load.ts';
import { entityRef, hostResource } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, ms, percent } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { isDegraded, mdstat } from '../../sources/machine/mdstat.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, unreadCheck, type Check } from '../check.ts';

const diskLine = (name: string) =>
  ({ entity: entityRef('disk', name), name: plain(name), family: 'disks', pane: 'hardware' }) as const;

/** Disks, local and over the network, and md arrays. */
export const storageChecks = defineChecks({
  id: 'storage',
  needs: { diskstats, blockDevices, mdstat },
  rules: ['disk-saturated', 'disk-slow', 'disk-hung', 'disk-state', 'raid-degraded'],
  of: (moment): readonly Check[] => {
    const { diskstats: stats, blockDevices: devices, mdstat: raid } = moment;
    const part = { entity: hostResource('io'), nameVocabulary: 'fixed', pane: 'hardware' } as const;
    const disks = load(moment);
    return [
      ...disks,
      ...(disks.length > 0
        ? []
        : unreadCheck({ ...part, essential: true, name: 'disks', aspect: 'utilisation', rules: ['disk-saturated', 'disk-slow', 'disk-hung', 'disk-state'], what: 'counters' }, { diskstats: stats })), // prettier-ignore
      ...[...(devices.now?.values() ?? [])].flatMap(({ name, state }) =>
        state === undefined
          ? []
          : check(
              { ...diskLine(name), aspect: 'errors', rules: ['disk-state'], what: 'state', limit: 'running, live' },
              plain(state),
              { blockDevices: devices },
            ),
      ),
      ...(raid.now ?? []).flatMap((array) =>
        check(
          { entity: entityRef('md-array', array.name), name: plain(array.name), family: 'md arrays', aspect: 'errors', rules: ['raid-degraded'], what: 'state', limit: 'all members active', load: isDegraded(array) ? 1 : 0, pane: 'hardware' }, // prettier-ignore
          plain(`${array.state}, ${array.working ?? '—'} of ${array.wanted ?? '—'} active`),
          { mdstat: raid },
        ),
      ),
      ...unreadCheck({ ...part, name: 'md arrays', aspect: 'errors', rules: ['raid-degraded'], what: 'state' }, { mdstat: raid }), // prettier-ignore
    ];
  },
});

type StorageMoment = Parameters<typeof storageChecks.of>[0];

function load({ diskstats: stats, blockDevices: devices }: StorageMoment): readonly Check[] {
  const source = { diskstats: stats };
  return loadedDisks(diskRates(overLast(stats, 30, 1.5)), devices.now).flatMap(({ name, device, rate }) => {
    const line = diskLine(name);
    const { warnMs, critMs } = awaitLimits(device);
    const requests = (rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0);
    const known = rate.readsPerSec !== undefined;
    return [
      ...check(
        { ...line, aspect: 'utilisation', rules: ['disk-saturated'], what: '%util, aqu-sz', limit: 'aqu-sz 10, %util 90', load: Math.max((rate.queueLength ?? 0) * 10, rate.utilPct ?? 0) }, // prettier-ignore
        rate.utilPct === undefined || rate.queueLength === undefined ? undefined : `${percent(rate.utilPct)}, ${rate.queueLength.toFixed(1)}`, // prettier-ignore
        source,
      ),
      ...check(
        { ...line, aspect: 'saturation', rules: ['disk-slow'], what: 'await', limit: `${warnMs} ms above peers, ${critMs} ms`, load: (rate.awaitMs ?? 0) / warnMs }, // prettier-ignore
        !known ? undefined : rate.awaitMs === undefined ? 'idle' : `${ms(rate.awaitMs)} at ${count(requests)} IOPS`,
        source,
      ),
      ...check(
        { ...line, aspect: 'saturation', rules: ['disk-hung'], what: 'requests in flight', limit: '10 s without a completion', load: rate.inFlight }, // prettier-ignore
        known ? `${count(rate.inFlight)}, ${count(requests)} completed/s` : undefined,
        source,
      ),
    ];
  });
}
