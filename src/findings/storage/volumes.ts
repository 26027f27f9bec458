import { stackOf } from '../../entities/storage/stack.ts';
import { poolFaults, volumeFaults, type VolumeFault } from '../../entities/storage/volume-faults.ts';
import { hungVolumes, slowVolumes } from '../../entities/storage/volume-latency.ts';
import { count, ms, plural, span } from '../../lib/units.ts';
import { blockDevices, isOutOfOrder } from '../../sources/machine/block-devices.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { mappedDevices, type MappedDevice } from '../../sources/storage/mapped-devices.ts';
import { limits } from '../../thresholds.ts';
import type { Moment } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

/** A volume by its name below /dev/mapper, which the kernel's `dm-3` is not. */
const about = (name: string, alias: string | undefined) =>
  ({ subject: alias ?? name, entity: entityRef('disk', name), pane: 'storage' }) as const;

/** Mapped device that holds back all I/O: a snapshot or a table load that did not resume it. */
export const volumeSuspended = defineFinding({
  id: 'volume-suspended',
  title: 'Volume suspended',
  needs: { mappedDevices, blockStack, blockDevices },
  authority: '[own]: dmsetup suspend in two readings',
  judge: ({ mappedDevices: { now, before }, blockStack: { now: stack }, blockDevices: { now: devices } }) =>
    [...(now?.values() ?? [])].flatMap(({ name, isSuspended }): Found[] =>
      !isSuspended || before?.get(name)?.isSuspended !== true
        ? []
        : [
            {
              ...about(name, devices?.get(name)?.alias),
              severity: 'crit',
              sentence: `${stack?.get(name)?.mapping ?? 'mapped device'} suspended, all I/O waits`,
              evidence: [{ what: 'suspended', value: '1', source: `/sys/block/${name}/dm/suspended` }],
              next: 'read `dmsetup info`; find the snapshot or resize that suspended it before `dmsetup resume`',
            },
          ],
    ),
});

const faultRule = (
  { id, title, authority, next }: { readonly id: string; readonly title: string; readonly authority: string; readonly next: string },
  faultsOf: typeof poolFaults,
) =>
  defineFinding({
    id,
    title,
    needs: { mappedDevices, blockDevices },
    authority,
    judge: ({ mappedDevices: { now }, blockDevices: { now: devices } }) =>
      [...(now?.values() ?? [])].flatMap((volume) =>
        faultsOf(volume).map(
          ({ severity, condition, sentence }: VolumeFault): Found => ({
            ...about(volume.name, devices?.get(volume.name)?.alias),
            severity,
            condition,
            sentence,
            evidence: [
              { what: 'device', value: volume.name, source: '/sys/block' },
              ...volume.targets.map(({ type, state }) => ({ what: type, value: state, source: 'dmsetup status' })),
            ],
            next,
          }),
        ),
      ),
  }); // prettier-ignore

/** Thin pool that is full, nearly full or failed: all its volumes stop at once. */
export const thinPoolFull = faultRule(
  {
    id: 'thin-pool-full',
    title: 'Thin pool full',
    authority: `${limits.thinPoolPct.authority}; kernel: device-mapper/thin-provisioning.rst`,
    next: 'read `lvs -a` for the volume that grows; `lvextend` of the pool, or `fstrim` of its filesystems, frees space',
  },
  poolFaults,
);

/** Mapped device that failed, or lost a member or its snapshot. */
export const volumeDegraded = faultRule(
  {
    id: 'volume-degraded',
    title: 'Volume degraded or failed',
    authority: 'kernel: device-mapper/{snapshot,dm-raid,cache,writecache,vdo}.rst; snapshot of 80 %, 95 % [own]',
    next: 'read `dmsetup status` and the kernel log for the member that failed',
  },
  volumeFaults,
);

/** `delay`, `thin`, `crypt`: its target, or whose it is by its uuid. */
const kindOf = (
  name: string,
  {
    mappedDevices: mapped,
    blockStack: stack,
  }: Moment<{ readonly mappedDevices: typeof mappedDevices; readonly blockStack: typeof blockStack }>,
) => mapped.now?.get(name)?.targets[0]?.type ?? stack.now?.get(name)?.mapping ?? 'volume';

/** Volume with a long await over fast disks: its own layer holds the requests. */
export const volumeSlow = defineFinding({
  id: 'volume-slow',
  title: 'Volume slow',
  needs: { diskstats, blockDevices, blockStack, mappedDevices },
  authority: '[own]: await above 100 ms, below it under half of that, no disk busy',
  judge: (moment) =>
    slowVolumes(moment).map(
      ({ name, alias, rate, awaitMs, belowMs }): Found => ({
        ...about(name, alias),
        severity: 'crit',
        sentence: `${kindOf(name, moment)}: await ${ms(awaitMs)} at ${count((rate.readsPerSec ?? 0) + (rate.writesPerSec ?? 0))} IOPS, disks below ${ms(belowMs)}`,
        evidence: [
          { what: 'device', value: name, source: '/sys/block' },
          { what: 'r_await', value: ms(rate.readAwaitMs), source: '/proc/diskstats' },
          { what: 'w_await', value: ms(rate.writeAwaitMs), source: '/proc/diskstats' },
          { what: 'await below', value: ms(belowMs), source: '/proc/diskstats' },
        ],
        next: 'read `dmsetup status`: its own layer waits (crypt, thin pool, snapshot, RAID, delay), not the disks',
      }),
    ),
}); // prettier-ignore

/** Volume that completes nothing while its disks are idle: a full thin pool, multipath without a path, a stuck array. */
export const volumeHung = defineFinding({
  id: 'volume-hung',
  title: 'Volume hung',
  needs: { diskstats, blockDevices },
  authority: '[own]: 10 s without a completion and nothing in flight below',
  judge: (moment) =>
    hungVolumes(moment).map(({ name, alias, inFlight, forSeconds }): Found => ({
      ...about(name, alias),
      severity: 'crit',
      sentence: `no completions for ${span(forSeconds)}, ${count(inFlight)} in flight, disks below idle`,
      evidence: [
        { what: 'device', value: name, source: '/sys/block' },
        { what: 'in flight', value: count(inFlight), source: '/proc/diskstats' },
      ],
      next: 'read `dmsetup status`: a full thin pool or multipath without a path holds its requests',
    })),
});

/** Multipath map with paths that do not work: their disk is not running, or the map failed them. */
export const multipathPaths = defineFinding({
  id: 'multipath-paths',
  title: 'Multipath paths lost',
  needs: { blockStack, blockDevices, mappedDevices },
  authority: 'awesome-prometheus-alerts: a failed path warns, none left is critical',
  judge: ({ blockStack: { now }, blockDevices: { now: devices }, mappedDevices: { now: mapped } }) =>
    [...(now?.values() ?? [])].flatMap(({ name, mapping }): Found[] => {
      if (mapping !== 'multipath') return [];
      const paths = stackOf(name, { devices, stack: now, btrfs: undefined, filesystems: undefined }).below;
      const failed = new Set(failedPaths(mapped?.get(name)));
      const stateOf = ({ device, layer }: (typeof paths)[number]): string | undefined =>
        isOutOfOrder(device) ? device?.state : failed.has(layer?.number ?? '') ? 'failed' : undefined;
      const lost = paths.filter((path) => stateOf(path) !== undefined);
      if (lost.length === 0) return [];
      const states = [...new Set(lost.map(stateOf))].join(', ');
      const queues = mapped?.get(name)?.targets.find(({ type }) => type === 'multipath')?.queuesWithoutPath;
      const io = queues === undefined ? '' : queues ? ', I/O waits (queue_if_no_path)' : ', I/O fails';
      return [
        {
          ...about(name, devices?.get(name)?.alias),
          severity: lost.length === paths.length ? 'crit' : 'warn',
          members: lost.map((path) => entityRef('disk', path.name)),
          sentence:
            lost.length === paths.length
              ? `multipath: no path left of ${paths.length} (${states})${io}`
              : `multipath: ${plural(lost.length, 'path')} of ${paths.length} lost (${states})`,
          evidence: paths.map((path) => ({ what: path.name, value: stateOf(path) ?? path.device?.state ?? 'active', source: failed.has(path.layer?.number ?? '') ? 'dmsetup status' : `/sys/block/${path.name}/device/state` })),
          next: 'read `multipathd show maps` and the kernel log for the port or cable that the lost paths share',
        },
      ];
    }),
}); // prettier-ignore

const failedPaths = (device: MappedDevice | undefined): readonly string[] =>
  device?.targets.flatMap(({ paths }) => paths?.flatMap(({ number, isActive }) => (isActive ? [] : [number])) ?? []) ??
  [];
