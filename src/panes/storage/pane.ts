import { btrfsSpaceRows, type BtrfsSpaceRow } from '../../entities/storage/btrfs-space.ts';
import { cephClientUse, type CephClientUse } from '../../entities/storage/ceph-requests.ts';
import { cifsShareRates, type CifsShareRate } from '../../entities/storage/cifs-rates.ts';
import { nfsRates, type NfsRate } from '../../entities/storage/nfs-rates.ts';
import { inodeGrade, spaceGrade } from '../../entities/storage/space.ts';
import { stackOf, stepsOf, unmountedTops } from '../../entities/storage/stack.ts';
import { storageUserNeeds, storageUsers } from '../../entities/storage/storage-users.ts';
import { bytes, count, percent, plural } from '../../lib/units.ts';
import { cephClients } from '../../sources/storage/ceph-clients.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { mdstat } from '../../sources/machine/mdstat.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { filesystems } from '../../sources/storage/filesystems.ts';
import { mappedDevices } from '../../sources/storage/mapped-devices.ts';
import { nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import { nvmeHealth } from '../../sources/storage/nvme-health.ts';
import { cifs, type CifsServer } from '../../sources/storage/cifs.ts';
import { linkCounters } from '../../sources/storage/link-counters.ts';
import { scsiCounters } from '../../sources/storage/scsi-counters.ts';
import { storageLinks } from '../../sources/storage/storage-links.ts';
import type { SwapArea } from '../../sources/storage/swaps.ts';
import { zfsPools } from '../../sources/storage/zfs-pools.ts';
import { nothingWords, stateOf, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { overLast } from '../../timeline/window.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { FigureLine } from '../../ui/kit/figure-lines.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type Presence, type Section, type Tile } from '../pane.ts';
import { cifsServersSection, cifsSharesSection } from './cifs-tables.ts';
import { btrfsSpaceSection } from './btrfs-space.ts';
import { cephClientsSection } from './ceph-clients.ts';
import { diskHealthRows, healthSection, zfsSection, type DiskHealthRow, type PoolRow } from './disk-health.ts';
import { figureLines, figureNeeds, figuresSection } from './figures.ts';
import { mountRows, mountsSection, type MountRow } from './mount-rows.ts';
import { stateText } from './mount-texts.ts';
import { stackRows, stackSection, type StackRow } from './stack-rows.ts';
import { nfsOperationsSection, nfsSection } from './nfs-tables.ts';
import { raidRows, raidSection, type RaidRow } from './raid.ts';
import { linksSection, swapSection, type LinkRow } from './tables.ts';

const needs = {
  filesystems,
  blockDevices,
  mappedDevices,
  mdstat,
  diskstats,
  pciDevices,
  nfsMounts,
  cifs,
  storageLinks,
  linkCounters,
  scsiCounters,
  nvmeHealth,
  zfsPools,
  cephClients,
  ...storageUserNeeds,
  ...figureNeeds,
};

export interface StorageModel {
  readonly presence: Presence;
  readonly mounts: readonly MountRow[];
  readonly counts: ReadonlyMap<string, number> | undefined;
  readonly stack: readonly StackRow[];
  readonly nfs: readonly NfsRate[];
  readonly smb: { readonly servers: readonly CifsServer[]; readonly shares: readonly CifsShareRate[] };
  readonly ceph: readonly CephClientUse[];
  readonly swap: readonly SwapArea[];
  readonly links: readonly LinkRow[];
  readonly health: readonly DiskHealthRow[];
  readonly pools: readonly PoolRow[];
  readonly raid: readonly RaidRow[];
  readonly btrfs: readonly BtrfsSpaceRow[];
  readonly figures: readonly FigureLine[];
  readonly states: { readonly mounts: ReadingState; readonly stack: ReadingState };
  readonly empty: { readonly mounts: NothingWords; readonly stack: NothingWords; readonly swap: NothingWords; readonly nfs: NothingWords; readonly operations: NothingWords; readonly ceph: NothingWords; readonly links: NothingWords; readonly health: NothingWords; readonly pools: NothingWords; readonly btrfs: NothingWords; readonly smb: NothingWords }; // prettier-ignore
}

/** Pane of storage: filesystems, what they stand on, NFS operations, swap and the page cache. */
export const storagePane = definePane({
  id: 'storage',
  title: 'Storage',
  aliases: ['storage', 'mount', 'mounts', 'df', 'fs', 'filesystem', 'filesystems', 'disk space', 'lsblk', 'swap', 'nfs', 'cifs', 'smb', 'inodes', 'smart', 'nvme', 'zfs', 'btrfs', 'raid', 'storcli'], // prettier-ignore
  needs,
  model: storageModel,
  presence: ({ presence }) => presence,
  sections: (model): readonly Section[] => [
    mountsSection(model.mounts, model.counts, model.states.mounts, model.empty.mounts),
    ...(model.figures.length === 0 ? [] : [figuresSection(model.figures)]),
    stackSection(model.stack, model.states.stack, model.empty.stack),
    ...(model.nfs.length === 0
      ? []
      : [nfsSection(model.nfs, model.empty.nfs), nfsOperationsSection(model.nfs, model.empty.operations)]),
    ...(model.smb.servers.length + model.smb.shares.length === 0
      ? []
      : [cifsServersSection(model.smb.servers, model.empty.smb), cifsSharesSection(model.smb.shares, model.empty.smb)]),
    ...(model.ceph.length === 0 ? [] : [cephClientsSection(model.ceph, model.empty.ceph)]),
    ...(model.btrfs.length === 0 ? [] : [btrfsSpaceSection(model.btrfs, model.empty.btrfs)]),
    ...(model.pools.length === 0 ? [] : [zfsSection(model.pools, model.empty.pools)]),
    ...(model.links.length === 0 ? [] : [linksSection(model.links, model.empty.links)]),
    ...(model.health.length === 0 ? [] : [healthSection(model.health, model.empty.health)]),
    ...(model.raid.length === 0 ? [] : [raidSection(model.raid)]),
    ...(model.swap.length === 0 ? [] : [swapSection(model.swap, model.empty.swap)]),
  ],
  tile,
});

export function storageModel(moment: Moment<typeof needs>): StorageModel {
  const { filesystems: seen, blockStack: stack, blockDevices: devices, filesystemErrors: errors } = moment;
  const parts = {
    devices: devices.now,
    stack: stack.now,
    btrfs: errors.now?.btrfs,
    filesystems: seen.now?.filesystems,
    mapped: moment.mappedDevices.now,
    arrays: moment.mdstat.now,
    links: moment.storageLinks.now,
  };
  const mounts = mountRows(seen, parts);
  const mounted = new Set(mounts.flatMap(({ steps }) => steps.flatMap(stepsOf)).map(({ name }) => name));
  const others = unmountedTops(parts, mounted).map((name) => stackOf(name, parts));
  const users = storageUsers(moment, parts);
  const rates = new Map(diskRates(moment.diskstats).map((rate) => [rate.name, rate]));
  return {
    presence: presenceOf(seen.now !== undefined, 'no mounts on this host', seen),
    mounts,
    counts: seen.now?.counts,
    stack: stackRows({ mounts, others, users, rates, pci: moment.pciDevices.now, commands: moment.scsiCounters.now }),
    nfs: nfsRates(overLast(moment.nfsMounts, 30, 1.5)),
    smb: { servers: moment.cifs.now?.servers ?? [], shares: cifsShareRates(overLast(moment.cifs, 30, 1.5)) },
    ceph: cephClientUse(moment.cephClients, seen.now?.filesystems),
    swap: moment.swaps.now?.areas ?? [],
    links: (moment.storageLinks.now ?? []).map((link) => ({
      ...link,
      counts: moment.linkCounters.now?.get(link.name),
    })),
    health: diskHealthRows(devices.now, moment.nvmeHealth.now, moment.nvmeHealth.before),
    pools: [...(moment.zfsPools.now ?? [])].map(([name, state]) => ({ name, state })),
    btrfs: btrfsSpaceRows(errors.now?.btrfs),
    raid: raidRows(moment.pciDevices.now),
    figures: figureLines(moment),
    states: { mounts: stateOf(seen, 'table'), stack: stateOf(stack) },
    empty: {
      mounts: nothingWords('none', stateOf(seen, 'table')),
      stack: nothingWords('no block devices', stateOf(stack), stateOf(devices), stateOf(seen, 'table')),
      swap: nothingWords('none', stateOf(moment.swaps)),
      nfs: nothingWords('none', stateOf(moment.nfsMounts)),
      operations: nothingWords('no requests in the last 30 s', stateOf(moment.nfsMounts)),
      smb: nothingWords('none', stateOf(moment.cifs)),
      ceph: nothingWords('none', stateOf(moment.cephClients)),
      links: nothingWords('none', stateOf(moment.storageLinks)),
      health: nothingWords('none', stateOf(moment.nvmeHealth), stateOf(devices)),
      btrfs: nothingWords('none', stateOf(errors)),
      pools: nothingWords('none', stateOf(moment.zfsPools)),
    },
  };
}

function tile({ mounts, swap, empty }: StorageModel): Tile {
  if (mounts.length === 0) return { figures: [{ label: 'mounts', value: empty.mounts, role: 'dim' }] };
  const troubled = mounts.filter(({ unresponsive, readOnly }) => unresponsive || (readOnly && readOnly !== 'fstab'));
  const [fullest] = mounts.filter(({ filesystem }) => filesystem.type !== 'tmpfs').toSorted((a, b) => (b.usedPct ?? 0) - (a.usedPct ?? 0)); // prettier-ignore
  const full = mounts.filter((row) => spaceGrade(row.filesystem, row.filling) ?? inodeGrade(row.filesystem));
  return {
    figures: [
      { label: 'mounts', value: `${count(mounts.length)}${full.length === 0 ? '' : `, ${count(full.length)} nearly full`}` },
      ...(fullest ? [{ label: 'fullest', value: `${fullest.name} ${percent(fullest.usedPct)}, ${bytes(fullest.filesystem.availableBytes)} left` }] : []),
      ...(troubled.length === 0 ? [] : [{ label: 'trouble', value: troubled.map((row) => `${row.name} ${stateText(row)}`).join(', ') }]),
      ...(swap.length === 0 ? [] : [{ label: 'swap', value: `${plural(swap.length, 'area')}, ${bytes(swap.reduce((sum, { usedBytes }) => sum + (usedBytes ?? 0), 0))} used` }]),
    ],
  }; // prettier-ignore
}
