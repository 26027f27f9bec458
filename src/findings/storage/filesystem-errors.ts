import { btrfsMetadata } from '../../entities/storage/btrfs-space.ts';
import { devicesOf } from '../../entities/storage/stack.ts';
import { binaryBytes, percent, plural, span } from '../../lib/units.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors, type Btrfs, type Ext4Errors } from '../../sources/storage/filesystem-errors.ts';
import { filesystems } from '../../sources/storage/filesystems.ts';
import { limits } from '../../thresholds.ts';
import type { Moment } from '../../timeline/moment.ts';
import { entityRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const needs = { filesystemErrors, filesystems, blockDevices, blockStack, cpuStat };
type Needs = Moment<typeof needs>;

/** Age of the last error from which it is history: the counters stay until a check. */
const RECENT_SECONDS = 24 * 3600;

/** Errors that ext4 and btrfs counted. The counters stay over a boot and a repair: a recent error or a growing count is critical. */
export const filesystemErrorsCounted = defineFinding({
  id: 'filesystem-errors-counted',
  title: 'Errors counted by a filesystem',
  needs,
  authority: 'ext4: errors_count until fsck; btrfs: device stats; any error',
  judge: (moment) => {
    const { now, history } = moment.filesystemErrors;
    const before = history[0]?.sample;
    const grown = new Map(before?.ext4?.map(({ device, errors }) => [device, errors]));
    const grownBtrfs = new Map(before?.btrfs?.map((one) => [one.uuid, total(one)]));
    return [
      ...(now?.ext4 ?? []).flatMap((one) => (one.errors === 0 ? [] : [ofExt4(one, moment, (grown.get(one.device) ?? one.errors) < one.errors)])),
      ...(now?.btrfs ?? []).flatMap((one) => (total(one) === 0 ? [] : [ofBtrfs(one, moment, (grownBtrfs.get(one.uuid) ?? total(one)) < total(one))])),
    ]; // prettier-ignore
  },
});

const total = ({ errors }: Btrfs): number => [...(errors?.values() ?? [])].reduce((sum, one) => sum + one, 0);

/** A btrfs by its devices. */
const placeOfBtrfs = (one: Btrfs, moment: Needs) => {
  const { place, evidence } = placeOf(one.devices[0] ?? one.uuid, moment);
  const members = one.devices.map((name) => entityRef('disk', name));
  return { place: one.devices.length < 2 ? place : { ...place, subject: one.devices.join(' '), members }, evidence };
};

/** The device, whose finding stays the same when its mount is not known, and its mount. */
function placeOf(device: string, moment: Needs) {
  const parts = {
    devices: moment.blockDevices.now,
    stack: moment.blockStack.now,
    btrfs: moment.filesystemErrors.now?.btrfs,
    filesystems: moment.filesystems.now?.filesystems,
  };
  const mount = parts.filesystems?.find((one) => devicesOf(one, parts).includes(device));
  return {
    place: { subject: device, entity: entityRef('disk', device), pane: 'storage' },
    evidence: mount ? [{ what: 'mount', value: mount.target, source: '/proc/self/mountinfo' }] : [],
  };
}

function ofExt4(
  { device, errors, firstAt, lastAt, lastFunction }: Ext4Errors,
  moment: Needs,
  isGrowing: boolean,
): Found {
  const at = moment.cpuStat.history.at(-1)?.at;
  const boot = moment.cpuStat.now?.bootEpochSeconds;
  const clock = at === undefined || boot === undefined ? undefined : boot + at;
  const ageOf = (time: number | undefined) => (time === undefined || clock === undefined ? undefined : Math.max(0, clock - time)); // prettier-ignore
  const [firstAge, lastAge] = [ageOf(firstAt), ageOf(lastAt)];
  const isRecent = isGrowing || (lastAge !== undefined && lastAge < RECENT_SECONDS);
  const { place, evidence } = placeOf(device, moment);
  return {
    ...place,
    severity: isRecent ? 'crit' : 'warn',
    sentence: `${plural(errors, 'ext4 error')}${lastAge === undefined ? '' : `, last ${span(lastAge)} ago`}${lastFunction === undefined ? '' : ` in ${lastFunction}`}`,
    evidence: [
      ...evidence,
      { what: 'errors', value: String(errors), source: `/sys/fs/ext4/${device}/errors_count` },
      { what: 'first', value: firstAge === undefined ? 'unknown' : `${span(firstAge)} ago`, source: `/sys/fs/ext4/${device}/first_error_time` },
      { what: 'last', value: lastAge === undefined ? 'unknown' : `${span(lastAge)} ago`, source: `/sys/fs/ext4/${device}/last_error_time` },
    ],
    next: 'read the kernel log for the disk below; fsck of the unmounted filesystem resets the count',
    ...onsetAgo(isRecent ? firstAge : undefined, 'superblock of ext4'),
  }; // prettier-ignore
}

function ofBtrfs(one: Btrfs, moment: Needs, isGrowing: boolean): Found {
  const { place, evidence } = placeOfBtrfs(one, moment);
  const counts = [...(one.errors ?? [])].filter(([, number]) => number > 0);
  return {
    ...place,
    severity: isGrowing ? 'crit' : 'warn',
    sentence: `btrfs errors: ${counts.map(([kind, number]) => `${number} ${kind}`).join(', ')}${one.devices.length < 2 ? '' : ` on device ${one.faulty.join(', ')} of ${one.devices.length}`}`,
    evidence: [
      ...evidence,
      { what: 'devices', value: one.devices.join(' '), source: `/sys/fs/btrfs/${one.uuid}/devices` },
      ...counts.map(([what, number]) => ({ what, value: String(number), source: `/sys/fs/btrfs/${one.uuid}/devinfo/*/error_stats` })),
    ],
    next: 'read `btrfs device stats`, then `btrfs scrub start`; `btrfs device stats -z` resets the counters',
  }; // prettier-ignore
}

/** btrfs without one of its devices: the next one that fails may take data along. */
export const btrfsDegraded = defineFinding({
  id: 'btrfs-degraded',
  title: 'btrfs degraded',
  needs,
  authority: 'kernel: /sys/fs/btrfs/UUID/devinfo/ID/missing; any missing device',
  judge: (moment) =>
    (moment.filesystemErrors.now?.btrfs ?? []).flatMap((one): Found[] => {
      if (one.lost.length === 0) return [];
      const { place, evidence } = placeOfBtrfs(one, moment);
      return [
        {
          ...place,
          severity: 'crit',
          sentence: `btrfs degraded, ${one.lost.length === 1 ? 'device' : 'devices'} ${one.lost.join(', ')} missing`,
          evidence: [
            ...evidence,
            ...one.lost.map((id) => ({ what: `device ${id}`, value: 'missing', source: `/sys/fs/btrfs/${one.uuid}/devinfo/${id}/missing` })),
          ],
          next: 'read `btrfs filesystem usage`; `btrfs replace start` rebuilds it on a new device',
        },
      ]; // prettier-ignore
    }),
});

/** ENOSPC with room left: metadata is full and nothing is unallocated. */
export const btrfsMetadataFull = defineFinding({
  id: 'btrfs-metadata-full',
  title: 'btrfs metadata full',
  needs,
  authority: limits.btrfsMetadataPct.authority,
  judge: (moment) =>
    (moment.filesystemErrors.now?.btrfs ?? []).flatMap((one): Found[] => {
      const { unallocatedBytes } = one;
      const metadata = btrfsMetadata(one);
      if (metadata === undefined || unallocatedBytes === undefined) return [];
      const { pct, totalBytes, usedBytes, reserveBytes } = metadata;
      // A chunk of metadata has 256 MiB, or less on a small filesystem.
      if (pct < limits.btrfsMetadataPct.warn || unallocatedBytes >= 256 * 1024 * 1024) return [];
      const { place, evidence } = placeOfBtrfs(one, moment);
      return [
        {
          ...place,
          severity: 'crit',
          sentence: `btrfs metadata ${percent(pct)} of ${binaryBytes(totalBytes)}, ${binaryBytes(unallocatedBytes)} unallocated`,
          evidence: [
            ...evidence,
            { what: 'metadata used', value: binaryBytes(usedBytes), source: `/sys/fs/btrfs/${one.uuid}/allocation/metadata` },
            { what: 'global reserve', value: binaryBytes(reserveBytes), source: `/sys/fs/btrfs/${one.uuid}/allocation/global_rsv_size` },
            { what: 'unallocated', value: binaryBytes(unallocatedBytes), source: `/sys/fs/btrfs/${one.uuid}/devices` },
          ],
          next: 'read `btrfs filesystem usage`; `btrfs balance start -dusage=5` frees chunks of data for metadata',
        },
      ]; // prettier-ignore
    }),
});
