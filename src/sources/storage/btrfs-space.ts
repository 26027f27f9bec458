import { toCount } from '../../lib/lines.ts';

/** Chunks of one kind and profile, as `btrfs filesystem df` lists them: sizes of the data, without copies. */
export interface BtrfsProfile {
  /** `data`, `metadata`, `system`, `mixed`. */
  readonly kind: string;
  /** `single`, `dup`, `raid1`, `raid1c3`…; two of one kind are a conversion that did not end. */
  readonly profile: string;
  readonly totalBytes: number;
  readonly usedBytes: number | undefined;
}

/** Kinds and profiles of one btrfs; more are no answer of a kernel. */
const MOST = 64;

/**
 * Space by profile of one btrfs: fs/btrfs/sysfs.c, btrfs-progs' Documentation/ch-sysfs.rst.
 *
 *     /sys/fs/btrfs/UUID/allocation/metadata/raid1/total_bytes   53673984
 *     /sys/fs/btrfs/UUID/allocation/metadata/raid1/used_bytes    638976
 */
export function btrfsProfiles(
  glob: ReadonlyMap<string, string> | undefined,
  uuid: string,
): readonly BtrfsProfile[] | undefined {
  if (glob === undefined) return undefined;
  const all: BtrfsProfile[] = [];
  for (const [path, text] of glob) {
    const [, , , , owner, , kind = '', profile = '', file] = path.split('/');
    const totalBytes = toCount(text);
    if (owner !== uuid || file !== 'total_bytes' || totalBytes === undefined || all.length >= MOST) continue;
    const used = glob.get(path.replace(/total_bytes$/, 'used_bytes'));
    all.push({ kind, profile, totalBytes, usedBytes: toCount(used) });
  }
  return all;
}
