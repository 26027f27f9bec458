import type { Btrfs } from '../../sources/storage/filesystem-errors.ts';

/** Metadata of a btrfs that is not to be had: used, or held back by the global reserve. */
export interface BtrfsMetadata {
  readonly pct: number;
  readonly totalBytes: number;
  readonly usedBytes: number;
  readonly reserveBytes: number;
}

/**
 * Use of the metadata chunks with the global reserve, which lies in them and to which writes have no access: at 82 % used a kernel 6.18
 * returned ENOSPC. Undefined where sysfs lacks a figure.
 */
export function btrfsMetadata({ metadataBytes, metadataUsedBytes, reserveBytes = 0, reserveUsedBytes = 0 }: Btrfs): BtrfsMetadata | undefined {
  if (metadataBytes === undefined || metadataUsedBytes === undefined) return undefined;
  // What the reserve gave out is counted as used.
  const held = metadataUsedBytes + Math.max(0, reserveBytes - reserveUsedBytes);
  return {
    pct: metadataBytes === 0 ? 0 : Math.min(100, (100 * held) / metadataBytes),
    totalBytes: metadataBytes,
    usedBytes: metadataUsedBytes,
    reserveBytes,
  };
} // prettier-ignore

/** Line of space of a btrfs, as `btrfs filesystem usage` has them. */
export interface BtrfsSpaceRow {
  readonly key: string;
  readonly devices: string;
  /** First device, by whose name a disk is known. */
  readonly disk: string;
  /** `data`, `metadata`, `system`, `mixed`, `global reserve`, `unallocated`. */
  readonly kind: string;
  readonly profile: string;
  readonly totalBytes: number | undefined;
  readonly usedBytes: number | undefined;
}

/** Space of each btrfs by kind and profile, its reserve, and what no kind has. */
export const btrfsSpaceRows = (all: readonly Btrfs[] | undefined): readonly BtrfsSpaceRow[] =>
  (all ?? []).flatMap(({ uuid, devices, profiles = [], reserveBytes, reserveUsedBytes, unallocatedBytes }) => {
    const place = { devices: devices.join(' '), disk: devices[0] ?? uuid };
    const row = (kind: string, profile: string, totalBytes: number | undefined, usedBytes: number | undefined): BtrfsSpaceRow => ({ ...place, key: `${uuid} ${kind} ${profile}`, kind, profile, totalBytes, usedBytes });
    return [
      ...profiles.map((one) => row(one.kind, one.profile, one.totalBytes, one.usedBytes)),
      ...(reserveBytes === undefined ? [] : [row('global reserve', '', reserveBytes, reserveUsedBytes)]),
      row('unallocated', '', unallocatedBytes, undefined),
    ];
  }); // prettier-ignore
