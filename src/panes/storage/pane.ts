import { nfsRates, type NfsRate } from '../../entities/storage/nfs-rates.ts';
import { inodeGrade, spaceGrade } from '../../entities/storage/space.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, bytes, count, kib, percent, plural } from '../../lib/units.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskRates } from '../../sources/machine/disk-rates.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { mdstat } from '../../sources/machine/mdstat.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { pciDevices } from '../../sources/machine/pci-devices.ts';
import { vmstat } from '../../sources/machine/vmstat.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors } from '../../sources/storage/filesystem-errors.ts';
import { filesystems } from '../../sources/storage/filesystems.ts';
import { mappedDevices } from '../../sources/storage/mapped-devices.ts';
import { nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import { nvmeHealth } from '../../sources/storage/nvme-health.ts';
import { storageLinks, type StorageLink } from '../../sources/storage/storage-links.ts';
import { swaps, type SwapArea } from '../../sources/storage/swaps.ts';
import { zfsPools } from '../../sources/storage/zfs-pools.ts';
import { nothingWords, stateOf, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { overLast } from '../../timeline/window.ts';
import type { Moment } from '../../timeline/moment.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import { presenceOf } from '../../ui/kit/presence.ts';
import { definePane, type LinesSection, type Presence, type Section, type Tile } from '../pane.ts';
import { diskHealthRows, healthSection, zfsSection, type DiskHealthRow, type PoolRow } from './disk-health.ts';
import { mountRows, mountsSection, type MountRow } from './mount-rows.ts';
import { stateText } from './mount-texts.ts';
import { stackRows, stackSection, type StackRow } from './stack-rows.ts';
import { linksSection, nfsSection, swapSection } from './tables.ts';

const needs = {
  filesystems,
  filesystemErrors,
  blockStack,
  blockDevices,
  mappedDevices,
  mdstat,
  diskstats,
  pciDevices,
  nfsMounts,
  swaps,
  meminfo,
  vmstat,
  storageLinks,
  nvmeHealth,
  zfsPools,
};

export interface StorageModel {
  readonly presence: Presence;
  readonly mounts: readonly MountRow[];
  readonly counts: ReadonlyMap<string, number> | undefined;
  readonly stack: readonly StackRow[];
  readonly nfs: readonly NfsRate[];
  readonly swap: readonly SwapArea[];
  readonly links: readonly StorageLink[];
  readonly health: readonly DiskHealthRow[];
  readonly pools: readonly PoolRow[];
  readonly figures: readonly FigureLine[];
  readonly states: { readonly mounts: ReadingState; readonly stack: ReadingState };
  readonly empty: { readonly mounts: NothingWords; readonly stack: NothingWords; readonly swap: NothingWords; readonly nfs: NothingWords; readonly links: NothingWords; readonly health: NothingWords; readonly pools: NothingWords }; // prettier-ignore
}

/** Pane of storage: filesystems, what they stand on, NFS operations, swap and the page cache. */
export const storagePane = definePane({
  id: 'storage',
  title: 'Storage',
  aliases: ['storage', 'mount', 'mounts', 'df', 'fs', 'filesystem', 'filesystems', 'disk space', 'lsblk', 'swap', 'nfs', 'inodes', 'smart', 'nvme', 'zfs'], // prettier-ignore
  needs,
  model: storageModel,
  presence: ({ presence }) => presence,
  sections: (model): readonly Section[] => [
    mountsSection(model.mounts, model.counts, model.states.mounts, model.empty.mounts),
    ...(model.figures.length === 0 ? [] : [figuresSection(model.figures)]),
    stackSection(model.stack, model.states.stack, model.empty.stack),
    ...(model.nfs.length === 0 ? [] : [nfsSection(model.nfs, model.empty.nfs)]),
    ...(model.pools.length === 0 ? [] : [zfsSection(model.pools, model.empty.pools)]),
    ...(model.links.length === 0 ? [] : [linksSection(model.links, model.empty.links)]),
    ...(model.health.length === 0 ? [] : [healthSection(model.health, model.empty.health)]),
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
  };
  const mounts = mountRows(seen, parts);
  const rates = new Map(diskRates(moment.diskstats).map((rate) => [rate.name, rate]));
  return {
    presence: presenceOf(seen.now !== undefined, 'no mounts on this host', seen),
    mounts,
    counts: seen.now?.counts,
    stack: stackRows(mounts, rates, moment.pciDevices.now),
    nfs: nfsRates(overLast(moment.nfsMounts, 30, 1.5)),
    swap: moment.swaps.now?.areas ?? [],
    links: moment.storageLinks.now ?? [],
    health: diskHealthRows(devices.now, moment.nvmeHealth.now, moment.nvmeHealth.before),
    pools: [...(moment.zfsPools.now ?? [])].map(([name, state]) => ({ name, state })),
    figures: figureLines(moment),
    states: { mounts: stateOf(seen, 'table'), stack: stateOf(stack) },
    empty: {
      mounts: nothingWords('none', stateOf(seen, 'table')),
      stack: nothingWords('no block devices below mounts', stateOf(stack), stateOf(devices), stateOf(seen, 'table')),
      swap: nothingWords('none', stateOf(moment.swaps)),
      nfs: nothingWords('none', stateOf(moment.nfsMounts)),
      links: nothingWords('none', stateOf(moment.storageLinks)),
      health: nothingWords('none', stateOf(moment.nvmeHealth), stateOf(devices)),
      pools: nothingWords('none', stateOf(moment.zfsPools)),
    },
  };
}

/** Pages of x86 and of most arm64 kernels. */
const PAGE_KIB = 4;

function figureLines(moment: Moment<typeof needs>): readonly FigureLine[] {
  const { meminfo: memory, swaps: swapped, blockStack: stack, filesystemErrors: errors, vmstat: counters } = moment;
  const limitPages = counters.now?.dirtyLimitPages;
  const now = memory.now;
  const lines: FigureLine[] = [];
  if (now?.dirtyKiB !== undefined)
    lines.push({
      label: 'cache',
      figures: [
        figure(
          `${kib(now.dirtyKiB)} dirty${limitPages === undefined ? '' : `, writers throttled at ${kib(limitPages * PAGE_KIB)}`}`,
        ),
        figure(`${kib(now.writebackKiB)} in writeback`),
        figure(`${kib(now.cachedKiB)} page cache`),
      ],
    });
  const zrams = [...(stack.now?.values() ?? [])].filter(({ zramDataBytes }) => (zramDataBytes ?? 0) > 0);
  const groups = (swapped.now?.groups ?? []).toSorted((a, b) => b.swapBytes - a.swapBytes).slice(0, 3);
  if (zrams.length > 0 || groups.length > 0)
    lines.push({
      label: 'swap',
      figures: [
        ...groups.map(({ name, swapBytes, limitBytes }) => figure(`${plain(name)} ${bytes(swapBytes)}${limitBytes === undefined ? '' : ` (limit ${bytes(limitBytes)})`}`)),
        ...zrams.map(({ name, zramDataBytes, zramMemoryBytes }) => figure(`${plain(name)} holds ${bytes(zramDataBytes)} in ${bytes(zramMemoryBytes)} of memory`)),
      ],
    }); // prettier-ignore
  for (const one of errors.now?.btrfs ?? []) {
    const pct = one.metadataUsedBytes === undefined || !one.metadataBytes ? undefined : (100 * one.metadataUsedBytes) / one.metadataBytes; // prettier-ignore
    lines.push({
      label: 'btrfs',
      figures: [
        figure(plain(one.devices.join(' '))),
        figure(`metadata ${percent(pct)} of ${bytes(one.metadataBytes)}`),
        figure(`${binaryBytes(one.unallocatedBytes)} unallocated`),
        ...(one.operation === undefined || one.operation === 'none' ? [] : [figure(plain(one.operation))]),
      ],
    });
  }
  return lines;
}

const figuresSection = (lines: readonly FigureLine[]): LinesSection => ({
  kind: 'lines',
  id: 'figures',
  title: 'Cache and swap',
  sources: ['meminfo', 'swaps', 'block-stack', 'filesystem-errors'],
  minColumns: 60,
  wantRows: () => lines.length,
  draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
});

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
