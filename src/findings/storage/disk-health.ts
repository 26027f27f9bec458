import { namespaceOf, nvmeFaults } from '../../entities/storage/disk-health.ts';
import { zfsPoolRef } from '../../entities/storage/zfs-pool-ref.ts';
import { plain } from '../../lib/plain.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { nvmeHealth } from '../../sources/storage/nvme-health.ts';
import { zfsPools } from '../../sources/storage/zfs-pools.ts';
import { limits } from '../../thresholds.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** What an NVMe disk counts as wrong with itself. */
export const diskHealth = defineFinding({
  id: 'disk-health',
  title: 'Health log of a disk',
  needs: { nvmeHealth, blockDevices },
  authority: `NVM Express Base Specification, critical warning; ${limits.diskWearPct.authority}; ${limits.diskTemperatureC.authority}`,
  judge: ({ nvmeHealth: { now, before }, blockDevices: { now: devices } }) =>
    [...(now?.controllers.values() ?? [])].flatMap((health): Found[] => {
      const { name, mediaErrors } = health;
      const earlier = before?.controllers.get(name)?.mediaErrors;
      const [worst, ...rest] = nvmeFaults(health, earlier === undefined ? undefined : mediaErrors - earlier);
      if (worst === undefined) return [];
      const disk = namespaceOf(name, devices?.keys() ?? []);
      return [
        {
          severity: worst.severity,
          subject: disk,
          entity: entityRef('disk', disk),
          sentence: [worst, ...rest.slice(0, 1)].map(({ text }) => text).join(', '),
          evidence: [worst, ...rest].map(({ text }) => ({ what: name, value: text, source: 'NVMe health log (02h)' })),
          next: 'plan its replacement; check that what is stored on it has another copy',
          pane: 'storage',
        },
      ];
    }),
});

/** States of a pool that serves no I/O. */
const LOST: ReadonlySet<string> = new Set(['FAULTED', 'SUSPENDED', 'UNAVAIL', 'REMOVED']);

/** ZFS pool that is not whole. */
export const zfsPoolState = defineFinding({
  id: 'zfs-pool-state',
  title: 'ZFS pool degraded or lost',
  needs: { zfsPools },
  authority: 'zpoolconcepts(7): every state but ONLINE; awesome-prometheus-alerts: ZFS pool not online',
  judge: ({ zfsPools: { now } }) =>
    [...(now ?? [])].flatMap(([name, state]): Found[] => {
      if (state === 'ONLINE') return [];
      return [
        {
          severity: LOST.has(state) ? 'crit' : 'warn',
          subject: name,
          entity: zfsPoolRef(name),
          sentence: `ZFS pool ${plain(state)}${LOST.has(state) ? ', I/O waits or fails' : ', redundancy lost'}`,
          evidence: [{ what: 'state', value: plain(state), source: `/proc/spl/kstat/zfs/${plain(name)}/state` }],
          next: 'open Storage, ZFS pools, ↵ on it: which device failed; the kernel log has its first error',
          pane: 'storage',
        },
      ];
    }),
});
