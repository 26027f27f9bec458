import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';
import { attribute } from '../sysfs.ts';
import { btrfsProfiles, type BtrfsProfile } from './btrfs-space.ts';

/**
 * Errors that filesystems count. ext4: /sys/fs/ext4/DEV, kept in the superblock until fsck, times in seconds since 1970
 * (Documentation/ABI/testing/sysfs-fs-ext4, admin-guide/ext4). btrfs: /sys/fs/btrfs/UUID/devinfo/ID/error_stats (since v5.14), kept on
 * the disk until `btrfs device stats -z`, and space by profile below allocation.
 *
 *     /sys/fs/ext4/vda/errors_count           2
 *     …/devinfo/1/error_stats                 write_errs 0
 *                                             corruption_errs 5
 *     …/allocation/metadata/bytes_used        131072
 *     …/allocation/global_rsv_size            5767168
 */
export const filesystemErrors = defineSource({
  id: 'filesystem-errors',
  title: 'Errors of filesystems',
  why: 'Shows errors that ext4 and btrfs counted, and btrfs metadata without room.',
  everySeconds: 5,
  reads: {
    ext4Errors: { kind: 'glob', pattern: '/sys/fs/ext4/*/errors_count' },
    ext4First: { kind: 'glob', pattern: '/sys/fs/ext4/*/first_error_time' },
    ext4Last: { kind: 'glob', pattern: '/sys/fs/ext4/*/last_error_time' },
    ext4Function: { kind: 'glob', pattern: '/sys/fs/ext4/*/last_error_func' },
    btrfsErrors: { kind: 'glob', pattern: '/sys/fs/btrfs/*/devinfo/*/error_stats' },
    btrfsDevices: { kind: 'glob', pattern: '/sys/fs/btrfs/*/devices/*', links: true },
    btrfsSizes: { kind: 'glob', pattern: '/sys/fs/btrfs/*/devices/*/size' },
    btrfsMissing: { kind: 'glob', pattern: '/sys/fs/btrfs/*/devinfo/*/missing' },
    btrfsOperations: { kind: 'glob', pattern: '/sys/fs/btrfs/*/exclusive_operation' },
    btrfsSpace: { kind: 'glob', pattern: '/sys/fs/btrfs/*/allocation/*/*_*' },
    btrfsProfiles: { kind: 'glob', pattern: '/sys/fs/btrfs/*/allocation/*/*/*_bytes' },
    btrfsReserves: { kind: 'glob', pattern: '/sys/fs/btrfs/*/allocation/global_rsv_*' },
  },
  parse: (values) => ({ ext4: ext4Of(values), btrfs: btrfsOf(values) }),
});

export interface Ext4Errors {
  /** Kernel name of the device. */
  readonly device: string;
  readonly errors: number;
  /** Seconds since 1970 by the host's clock. */
  readonly firstAt: number | undefined;
  readonly lastAt: number | undefined;
  readonly lastFunction: string | undefined;
}

export interface Btrfs {
  readonly uuid: string;
  /** Kernel names. */
  readonly devices: readonly string[];
  /** Sum over its devices of each kind: write, read, flush, corruption, generation; undefined on kernels before v5.14. */
  readonly errors: ReadonlyMap<string, number> | undefined;
  /** Ids of devices with errors, and of those that are missing (since v5.13). */
  readonly faulty: readonly string[];
  readonly lost: readonly string[];
  /** `balance`, `device replace`…: what keeps others from running (since v5.11). */
  readonly operation: string | undefined;
  /** By kind and profile; undefined where sysfs was not read. */
  readonly profiles: readonly BtrfsProfile[] | undefined;
  /** Size of its devices that is not given to data or metadata; sysfs has no such figure of one device. */
  readonly unallocatedBytes: number | undefined;
  readonly metadataBytes: number | undefined;
  readonly metadataUsedBytes: number | undefined;
  /** Part of the metadata that only deletions and the like may take, and how much of it they took. */
  readonly reserveBytes: number | undefined;
  readonly reserveUsedBytes: number | undefined;
}

type Globs = Readonly<Record<string, ReadonlyMap<string, string> | undefined>>;

function ext4Of(values: Globs): readonly Ext4Errors[] | undefined {
  if (values['ext4Errors'] === undefined) return undefined;
  const [first, last, functions] = [values['ext4First'], values['ext4Last'], values['ext4Function']].map((glob) => attribute(glob, 4)); // prettier-ignore
  return [...attribute(values['ext4Errors'], 4)].flatMap(([device, text]): Ext4Errors[] => {
    const errors = toCount(text);
    const lastFunction = functions?.get(device);
    return errors === undefined ? [] : [{ device, errors, firstAt: time(first?.get(device)), lastAt: time(last?.get(device)), lastFunction }]; // prettier-ignore
  });
}

/** 0: none. */
const time = (text: string | undefined): number | undefined => toCount(text) || undefined;

function btrfsOf(values: Globs): readonly Btrfs[] | undefined {
  const { btrfsDevices: devices, btrfsReserves: reserves, btrfsSpace: space, btrfsErrors: errors, btrfsSizes: sizes, btrfsMissing: missing } = values; // prettier-ignore
  const operations = attribute(values['btrfsOperations'], 4);
  if (devices === undefined) return undefined;
  const members = Map.groupBy(devices.keys(), uuidOf);
  return [...members].map(([uuid, paths]): Btrfs => {
    const names = paths.map((path) => path.split('/').at(-1) ?? '');
    const sectors = names.map((name) => toCount(sizes?.get(`/sys/fs/btrfs/${uuid}/devices/${name}/size`)));
    const figure = (path: string) => toCount(space?.get(`/sys/fs/btrfs/${uuid}/allocation/${path}`));
    const given = ['data', 'metadata', 'system', 'mixed'].map((part) => figure(`${part}/disk_total`) ?? 0);
    const whole = sectors.includes(undefined) ? undefined : sum(sectors) * 512;
    const reserve = (name: string) => toCount(reserves?.get(`/sys/fs/btrfs/${uuid}/allocation/global_rsv_${name}`));
    const reserveBytes = reserve('size');
    const metadataBytes = figure('metadata/total_bytes') ?? figure('mixed/total_bytes');
    return {
      uuid,
      devices: names,
      errors: errors && countsOf([...errors].filter(([path]) => uuidOf(path) === uuid).map(([, text]) => text)),
      faulty: idsOf(errors, uuid, (text) => /_errs [1-9]/.test(text)),
      lost: idsOf(missing, uuid, (text) => text.trim() === '1'),
      operation: operations.get(uuid),
      profiles: btrfsProfiles(values['btrfsProfiles'], uuid),
      unallocatedBytes:
        whole === undefined || metadataBytes === undefined ? undefined : Math.max(0, whole - sum(given)),
      metadataBytes,
      metadataUsedBytes: figure('metadata/bytes_used') ?? figure('mixed/bytes_used'),
      reserveBytes,
      reserveUsedBytes: usedOf(reserveBytes, reserve('reserved')),
    };
  });
}

/** Ids of the devices whose file fits: `/sys/fs/btrfs/UUID/devinfo/2/missing`. */
const idsOf = (
  glob: ReadonlyMap<string, string> | undefined,
  uuid: string,
  fits: (text: string) => boolean,
): readonly string[] =>
  [...(glob ?? [])].flatMap(([path, text]) => (uuidOf(path) === uuid && fits(text) ? (path.split('/')[6] ?? []) : []));

const uuidOf = (path: string): string => path.split('/')[4] ?? '';
const sum = (all: readonly (number | undefined)[]): number => all.reduce<number>((total, one) => total + (one ?? 0), 0);

/** The reserve gives out what it no longer holds. */
const usedOf = (size: number | undefined, held: number | undefined): number | undefined =>
  size === undefined || held === undefined ? undefined : Math.max(0, size - held);

/** `corruption_errs 5` lines, summed: `corruption` → 5. */
function countsOf(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const line of lines(text)) {
      const [name = '', digits] = words(line);
      const kind = /^(\w+)_errs$/.exec(name)?.[1];
      const value = toCount(digits);
      if (kind !== undefined && value !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + value);
    }
  return counts;
}
