import { plain } from '../../lib/plain.ts';
import type { PodClaim } from '../../sources/kubernetes/claims.ts';
import type { PodVolume } from '../../sources/kubernetes/volumes.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { diskLinks } from './pod-links.ts';
import { bytesColumn } from '../../ui/kit/columns.ts';

/** VolumeRow is a volume of a pod from its claim down to the disk; either end may be unknown. */
export interface VolumeRow {
  readonly key: string;
  readonly claim: PodClaim | undefined;
  readonly mounted: PodVolume | undefined;
}

/** Rows of claims and mounts: the node names mounts of CSI and local volumes by the persistent volume, others by the pod's volume name. */
export function volumeRows(claims: readonly PodClaim[], mounted: readonly PodVolume[]): readonly VolumeRow[] {
  const rest = new Set(mounted);
  const claimed = claims.map((claim): VolumeRow => {
    const found = mounted.find(({ name }) => name === claim.bound) ?? mounted.find(({ name }) => name === claim.volume);
    if (found) rest.delete(found);
    return { key: claim.volume, claim, mounted: found };
  });
  return [...claimed, ...[...rest].map((one): VolumeRow => ({ key: one.name, claim: undefined, mounted: one }))];
}

const columns: readonly Column<VolumeRow>[] = [
  {
    id: 'claim',
    title: 'CLAIM',
    about: 'PersistentVolumeClaim.',
    width: 18,
    grow: true,
    rank: 0,
    value: ({ claim }) => claim && plain(claim.claim),
  },
  {
    id: 'phase',
    title: 'STATUS',
    about: 'Bound, Pending (no volume yet) or Lost.',
    width: 8,
    rank: 0,
    value: ({ claim }) => claim?.phase && plain(claim.phase),
    role: ({ claim }) => (claim?.phase === 'Bound' ? 'good' : claim?.phase === 'Lost' ? 'crit' : 'warn'),
  },
  bytesColumn({
    id: 'size',
    title: 'CAPACITY',
    about: 'Size of the bound volume.',
    width: 8,
    rank: 1,
    value: ({ claim }) => claim?.sizeBytes,
  }),
  {
    id: 'class',
    title: 'STORAGECLASS',
    about: 'Storage class.',
    width: 12,
    rank: 3,
    value: ({ claim }) => claim?.storageClass && plain(claim.storageClass),
  },
  {
    id: 'what',
    title: 'VOLUME',
    about: 'Driver and backend: pool/image, path, export.',
    width: 26,
    grow: true,
    rank: 0,
    value: ({ claim, mounted }) => {
      const driven = mounted?.driver === undefined ? undefined : `${mounted.driver} ${mounted.handle ?? ''}`;
      const text = claim?.what ?? claim?.failed ?? driven ?? mounted?.name;
      return text === undefined ? undefined : plain(text);
    },
    role: ({ claim }) => (claim?.what === undefined && claim?.failed !== undefined ? 'warn' : 'text'),
  },
  {
    id: 'disk',
    title: 'DISK',
    about: 'Device of this host behind the mount; g goes to it.',
    width: 12,
    rank: 0,
    value: ({ mounted }) => {
      const device = mounted?.device ?? mounted?.source;
      return device && plain(device);
    },
  },
  {
    id: 'fs',
    title: 'FS',
    about: 'File system; block: a raw device.',
    width: 6,
    rank: 4,
    value: ({ mounted }) => mounted?.fs && plain(mounted.fs),
    role: () => 'dim',
  },
];

export const volumesSection = (rows: readonly VolumeRow[]): TableSection<VolumeRow> => ({
  kind: 'table',
  id: 'volumes',
  title: 'Volumes',
  note: `${rows.length}`,
  sources: ['kube-claims', 'kube-volumes'],
  columns,
  rows,
  key: ({ key }) => key,
  sort: { column: '', descending: false },
  links: ({ claim, mounted }) => [
    ...(mounted ? diskLinks(mounted) : []),
    ...(claim?.pool === undefined ? [] : [{ label: `Ceph, pool ${plain(claim.pool)}`, pane: 'ceph' }]),
  ],
  empty: ownWords('none'),
  minRows: 2,
});
