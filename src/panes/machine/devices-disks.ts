import { entityRef } from '../../findings/entity-ref.ts';
import { isCountedByDisk, isWholeDisk } from '../../entities/machine/disk-load.ts';
import {
  awaitGrade,
  isBusy,
  isLongQueue,
  saturatedDisks,
  slowDisks,
  type SaturatedDisk,
  type SlowDisk,
} from '../../entities/machine/disk-verdicts.ts';
import { osdsByDisk } from '../../entities/ceph/osd-disks.ts';
import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { nodeOfPci } from '../../entities/machine/numa-place.ts';
import { podsByDisk, type LinkedPod } from '../../entities/kubernetes/pod-volumes.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { isOutOfOrder, type BlockDevice } from '../../sources/machine/block-devices.ts';
import { diskRates, type DiskRate } from '../../sources/machine/disk-rates.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { Column, TableSection } from '../pane.ts';
import { podLinks } from '../../ui/kit/pod-link.ts';
import type { DeviceNeeds } from './devices.ts';
import { nothingWords, numberKnown, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, figureColumn, msColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

export interface DiskRow {
  readonly name: string;
  readonly device: BlockDevice | undefined;
  readonly rate: DiskRate | undefined;
  readonly node: number | undefined;
  /** OSDs of this host on this disk. */
  readonly osds: readonly number[];
  /** What the rules find on it: figures of others have no colour. */
  readonly slow: SlowDisk | undefined;
  readonly saturated: SaturatedDisk | undefined;
}

export interface DisksModel {
  readonly rows: readonly DiskRow[];
  readonly pods: ReadonlyMap<string, readonly LinkedPod[]>;
  /** Number of rows, where known. */
  readonly note: string;
  readonly empty: NothingWords;
}

/** Whole disks: entries of /sys/block with a size; loops, RAM disks and NVMe paths once they did I/O. */
export function disksModel(moment: Moment<DeviceNeeds>): DisksModel {
  const rates = new Map(diskRates(moment.diskstats).map((rate) => [rate.name, rate]));
  const devices = moment.blockDevices.now;
  const running = osdProcesses(moment.processes.now?.processes);
  const osds = osdsByDisk(running.keys(), moment.cephDevices.now, moment.cephFleet.now?.osds, devices);
  const names = devices ? [...devices.keys()] : [...rates.keys()].filter(isWholeDisk);
  const slow = new Map(slowDisks(moment).map((disk) => [disk.name, disk]));
  const saturated = new Map(saturatedDisks(moment).map((disk) => [disk.name, disk]));
  const rows = names.flatMap((name) => {
    const device = devices?.get(name);
    const rate = rates.get(name);
    const seldom = ['loop', 'ram', 'path'].includes(device?.kind ?? '') || device?.sizeBytes === 0;
    if ((seldom && rate === undefined) || isCountedByDisk(name, rates)) return [];
    const node = nodeOfPci(device?.pci, moment.pciDevices.now);
    return [
      {
        name,
        device,
        rate,
        node,
        osds: osds.get(name) ?? [],
        slow: slow.get(name),
        saturated: saturated.get(name),
      },
    ];
  });
  return {
    rows,
    pods: podsByDisk(moment),
    note: count(numberKnown(rows.length, stateOf(moment.diskstats), stateOf(moment.blockDevices))),
    empty: nothingWords('not present: no disks', stateOf(moment.diskstats), stateOf(moment.blockDevices)),
  };
}

const idle = (row: DiskRow): boolean =>
  (row.rate?.utilPct ?? 0) === 0 && (row.rate?.inFlight ?? 0) === 0 && (row.rate?.queueLength ?? 0) === 0;

const queueColumn = figureColumn((value) => value.toFixed(value < 10 ? 2 : 0), 0.5);

const columns: readonly Column<DiskRow>[] = [
  {
    id: 'disk',
    title: 'device',
    about: 'Whole disk in /sys/block, its partitions included.',
    width: 10,
    rank: 0,
    value: (row) => row.name,
    text: (row) => plain(row.name),
  },
  percentColumn({
    id: 'util',
    title: '%util',
    about: 'Time with requests in flight, percent (iostat %util).',
    width: 5,
    rank: 0,
    value: (row) => row.rate?.utilPct,
    role: (row) => (row.saturated?.severity === 'warn' && isBusy(row.rate) ? 'warn' : 'text'),
  }),
  countColumn({
    id: 'r',
    title: 'r/s',
    about: 'Reads completed per second.',
    width: 5,
    rank: 1,
    value: (row) => row.rate?.readsPerSec,
  }),
  countColumn({
    id: 'w',
    title: 'w/s',
    about: 'Writes completed per second.',
    width: 5,
    rank: 1,
    value: (row) => row.rate?.writesPerSec,
  }),
  bytesColumn({
    id: 'rbytes',
    title: 'rB/s',
    about: 'Bytes read per second.',
    width: 6,
    rank: 2,
    value: (row) => row.rate?.readBytesPerSec,
  }),
  bytesColumn({
    id: 'wbytes',
    title: 'wB/s',
    about: 'Bytes written per second.',
    width: 6,
    rank: 2,
    value: (row) => row.rate?.writeBytesPerSec,
  }),
  msColumn({
    id: 'rawait',
    title: 'r_await',
    about: 'Latency of a read, queue included, mean.',
    width: 7,
    rank: 0,
    value: (row) => row.rate?.readAwaitMs,
    role: (row) => awaitGrade(row.rate?.readAwaitMs, row.device, row.slow),
  }),
  msColumn({
    id: 'wawait',
    title: 'w_await',
    about: 'Latency of a write, queue included, mean.',
    width: 7,
    rank: 0,
    value: (row) => row.rate?.writeAwaitMs,
    role: (row) => awaitGrade(row.rate?.writeAwaitMs, row.device, row.slow),
  }),
  msColumn({
    id: 'fawait',
    title: 'f_await',
    about: 'Latency of a flush, mean; since Linux 5.5.',
    width: 7,
    rank: 3,
    value: (row) => row.rate?.flushAwaitMs,
    role: (row) => awaitGrade(row.rate?.flushAwaitMs, row.device, row.slow),
  }),
  queueColumn({
    id: 'queue',
    title: 'aqu-sz',
    about: 'Requests in flight, mean (iostat aqu-sz).',
    width: 6,
    rank: 0,
    value: (row) => row.rate?.queueLength,
    role: (row) => (row.saturated?.severity === 'warn' && isLongQueue(row.rate) ? 'warn' : 'text'),
  }),
  countColumn({
    id: 'inflight',
    title: 'inflight',
    about: 'Requests in flight at the reading.',
    width: 8,
    rank: 4,
    value: (row) => row.rate?.inFlight,
  }),
  bytesColumn({
    id: 'size',
    title: 'size',
    about: 'Size, binary units.',
    width: 5,
    rank: 3,
    value: (row) => row.device?.sizeBytes,
  }),
  numberColumn({
    id: 'node',
    title: 'node',
    about: 'NUMA node of its controller.',
    width: 4,
    rank: 3,
    value: (row) => row.node,
  }),
  {
    id: 'what',
    title: 'model',
    about: 'Model, or name and members of a stacked device; state where it is not running.',
    width: 14,
    grow: true,
    rank: 2,
    value: (row) => modelText(row),
    text: (row) => modelText(row) ?? NONE,
    role: (row) => (isOutOfOrder(row.device) ? 'crit' : 'text'),
  },
];

function modelText({ device }: DiskRow): string | undefined {
  if (!device) return undefined;
  const parts = [
    isOutOfOrder(device) ? `${device.state?.toUpperCase()}` : '',
    device.alias ?? device.model ?? '',
    device.slaves.length > 0 ? `on ${device.slaves.join(' ')}` : '',
    // A virtual disk has no model, and its rotational flag is meaningless.
    device.kind === 'disk' && device.model !== undefined && device.rotational === true ? 'rotating' : '',
  ];
  return plain(parts.filter(Boolean).join(' ')) || undefined;
}

export const disksSection = (model: DisksModel): TableSection<DiskRow> => ({
  kind: 'table',
  id: 'disks',
  title: 'Disks',
  note: model.note,
  sources: ['diskstats', 'block-devices', 'pci-devices'],
  columns,
  rows: model.rows,
  key: (row) => row.name,
  sort: { column: 'util', descending: true },
  first: (row) => isOutOfOrder(row.device),
  rowRole: (row) => (idle(row) ? 'dim' : undefined),
  entity: ({ name }) => entityRef('disk', name),
  links: ({ name, node, osds }) => [
    ...osds.map((osd) => ({ label: `osd.${osd}`, pane: 'ceph', row: `osd.${osd}` })),
    ...podLinks(model.pods.get(name)),
    ...(node === undefined ? [] : [{ label: `NUMA node ${node}`, pane: 'hardware', row: `node${node}` }]),
  ],
  empty: model.empty,
});
