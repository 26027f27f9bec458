import { actionText, isDegraded, type RaidArray } from '../../sources/machine/mdstat.ts';
import { isOutOfOrder } from '../../sources/machine/block-devices.ts';
import { nodeOfPci } from '../../entities/machine/numa-place.ts';
import { pathText } from '../../entities/storage/nvme-paths.ts';
import type { StackStep } from '../../entities/storage/stack.ts';
import type { StorageUsers } from '../../entities/storage/storage-users.ts';
import {
  mappedText,
  mappedUsedPct,
  mappedUseRole,
  poolFaults,
  volumeFaults,
} from '../../entities/storage/volume-faults.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { few } from '../../lib/few.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, count, NONE } from '../../lib/units.ts';
import type { DiskRate } from '../../sources/machine/disk-rates.ts';
import type { ScsiCounters } from '../../sources/storage/scsi-counters.ts';
import type { PciDevice } from '../../sources/machine/pci-devices.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { bytesColumn, msColumn, numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import type { MountRow } from './mount-rows.ts';
import { spaceRole, stateRole, stateText } from './mount-texts.ts';

export interface StackRow {
  /** Way from the mount: `/srv → dm-0 → sda2`, by which the rows are in the order of a tree. */
  readonly key: string;
  readonly depth: number;
  readonly name: string;
  readonly mount: MountRow | undefined;
  readonly step: StackStep | undefined;
  readonly rate: DiskRate | undefined;
  readonly node: number | undefined;
  readonly commands: ScsiCounters | undefined;
  /** What is stored on it and no row shows: guests, OSDs, databases, swap. */
  readonly users: readonly string[];
}

const MOST_ROWS = 2000;

export interface StackParts {
  readonly mounts: readonly MountRow[];
  /** Volumes and disks without a mount, each with what it stands on. */
  readonly others: readonly StackStep[];
  readonly users: StorageUsers;
  readonly rates: ReadonlyMap<string, DiskRate>;
  readonly pci: ReadonlyMap<string, PciDevice> | undefined;
  readonly commands: ReadonlyMap<string, ScsiCounters> | undefined;
}

/** Mounts and what has none, with the block devices below them, each device once per way to it. */
export function stackRows({ mounts, others, users, rates, pci, commands }: StackParts): readonly StackRow[] {
  const rows: StackRow[] = [];
  const add = (step: StackStep, above: string, depth: number): void => {
    if (rows.length >= MOST_ROWS) return;
    const key = above === '' ? step.name : `${above} → ${step.name}`;
    const node = nodeOfPci(step.device?.pci, pci);
    const own = users.ofDevice.get(step.name) ?? [];
    rows.push({
      key,
      depth,
      name: plain(step.name),
      mount: undefined,
      step,
      rate: rates.get(step.name),
      node,
      commands: commands?.get(step.name),
      users: own,
    });
    for (const one of step.below) add(one, key, depth + 1);
  };
  for (const mount of mounts) {
    if (mount.steps.length === 0 || rows.length >= MOST_ROWS) continue;
    const key = mount.filesystem.target;
    const own = users.ofMount.get(key) ?? [];
    rows.push({
      key,
      depth: 0,
      name: mount.name,
      mount,
      step: undefined,
      rate: undefined,
      node: undefined,
      commands: undefined,
      users: own,
    });
    for (const step of mount.steps) add(step, key, 1);
  }
  for (const step of others) add(step, '', 0);
  return rows;
}

const stateOfStep = ({ device, layer, mapped, array, path }: StackStep): string =>
  [
    mapped === undefined ? '' : mappedText(mapped),
    array === undefined ? '' : arrayText(array),
    device?.state ?? '',
    layer?.bcacheState ?? '',
    path === undefined ? '' : pathText(path),
    path === undefined && layer?.controllerState !== undefined && layer.controllerState !== 'live'
      ? `controller ${layer.controllerState}`
      : '',
  ]
    .filter(Boolean)
    .join(', ');

/** `degraded, 1 of 2, recovery 8.5%`. */
const arrayText = (array: RaidArray): string =>
  [
    isDegraded(array) ? `degraded, ${count(array.working)} of ${count(array.wanted)}` : array.state,
    actionText(array) ?? '',
  ]
    .filter(Boolean)
    .join(', ');

function stepRole({ device, mapped, array }: StackStep): 'crit' | 'warn' | 'text' {
  const faults = mapped === undefined ? [] : [...poolFaults(mapped), ...volumeFaults(mapped)];
  const isCrit = mapped?.isSuspended || isOutOfOrder(device) || (array !== undefined && isDegraded(array));
  if (isCrit || faults.some(({ severity }) => severity === 'crit')) return 'crit';
  return faults.length > 0 ? 'warn' : 'text';
}

/** `dm-0 LVM vg0-data, 20 GiB, running, 0000:00:1f.2`. */
export const stepText = (step: StackStep): string =>
  plain(
    [
      [step.name, step.kind, step.device?.alias].filter(Boolean).join(' '),
      step.device?.sizeBytes === undefined ? '' : binaryBytes(step.device.sizeBytes),
      step.device?.model ?? '',
      stateOfStep(step),
      step.below.length === 0 ? (step.device?.pci ?? '') : '',
    ]
      .filter(Boolean)
      .join(', '),
  );

/** Text of an unknown figure that only mounts have, and of one that only devices have. */
const ofMount = ({ mount }: StackRow): string => (mount ? NONE : '');
const ofDevice = ({ mount }: StackRow): string => (mount ? '' : NONE);

const columns: readonly Column<StackRow>[] = [
  { id: 'name', title: 'MOUNT / DEVICE', about: 'Mount, and below it each block device that it stands on; then volumes and disks without a mount.', width: 20, widest: 40, rank: 0, value: ({ key }) => plain(key), text: ({ depth, name }) => `${'  '.repeat(depth)}${name}` },
  textColumn({ id: 'kind', title: 'KIND', about: 'Filesystem, partition, LVM, thin pool, crypt, multipath, md, bcache, loop, rbd, NVMe path, disk.', width: 9, rank: 0, value: ({ mount, step }) => plain(mount?.filesystem.type ?? step?.kind ?? '') }),
  textColumn({ id: 'state', title: 'STATE', about: 'State of a mount, volume, array, disk or path; suspended: all I/O waits.', width: 12, widest: 30, rank: 0, value: ({ mount, step }) => (mount ? stateText(mount) : step && plain(stateOfStep(step))), role: ({ mount, step }) => (mount ? stateRole(mount) : step ? stepRole(step) : 'text') }),
  percentColumn({ id: 'used', title: 'USE%', about: 'Space in use: of a filesystem, data of a thin pool, of a snapshot, a cache or VDO.', width: 5, rank: 1, missing: ofMount, value: ({ mount, step }) => mount?.usedPct ?? (step?.mapped && mappedUsedPct(step.mapped)), role: ({ mount, step }) => (mount ? spaceRole(mount) : step?.mapped ? mappedUseRole(step.mapped) : 'text') }),
  percentColumn({ id: 'util', title: '%util', about: 'Time with requests in flight.', width: 5, rank: 0, missing: ofDevice, value: ({ rate }) => rate?.utilPct }),
  msColumn({ id: 'rawait', title: 'r_await', about: 'Latency of a read, queue included, mean.', width: 7, rank: 1, missing: ofDevice, value: ({ rate }) => rate?.readAwaitMs }),
  msColumn({ id: 'wawait', title: 'w_await', about: 'Latency of a write, queue included, mean.', width: 7, rank: 1, missing: ofDevice, value: ({ rate }) => rate?.writeAwaitMs }),
  msColumn({ id: 'fawait', title: 'f_await', about: 'Latency of a flush, mean.', width: 7, rank: 2, missing: ofDevice, value: ({ rate }) => rate?.flushAwaitMs }),
  totalColumn({ id: 'inflight', title: 'INFL', about: 'Requests in flight.', width: 4, rank: 1, missing: ofDevice, value: ({ rate }) => rate?.inFlight }),
  bytesColumn({ id: 'size', title: 'SIZE', about: 'Size of the device.', width: 6, rank: 2, value: ({ step, mount }) => step?.device?.sizeBytes ?? mount?.filesystem.sizeBytes }),
  textColumn({ id: 'scheduler', title: 'SCHED', about: 'I/O scheduler.', width: 11, rank: 3, value: ({ step }) => step && plain(step.layer?.scheduler ?? '') }),
  totalColumn({ id: 'requests', title: 'NR_REQ', about: 'Requests that the block layer queues (nr_requests).', width: 6, rank: 4, missing: '', value: ({ step }) => step?.layer?.requests }),
  totalColumn({ id: 'depth', title: 'QDEPTH', about: 'Requests that the disk takes at once (queue_depth).', width: 6, rank: 4, missing: '', value: ({ step }) => step?.layer?.queueDepth }),
  totalColumn({ id: 'ioerr', title: 'IOERR', about: 'SCSI commands without success since the disk was found, those of smartctl too (ioerr_cnt).', width: 6, rank: 3, missing: '', zero: '·', value: ({ commands }) => commands?.errors }),
  totalColumn({ id: 'iotmo', title: 'IOTMO', about: 'SCSI commands that ran into their timeout since the disk was found (iotmo_cnt, since v6.1).', width: 6, rank: 3, missing: '', zero: '·', value: ({ commands }) => commands?.timeouts }),
  numberColumn({ id: 'timeout', title: 'TIMEOUT', about: 'Seconds after which a SCSI command is aborted.', width: 7, rank: 4, missing: '', value: ({ commands }) => commands?.timeoutSeconds }),
  textColumn({ id: 'cache', title: 'CACHE', about: 'Write cache of the device as the kernel takes it.', width: 13, rank: 4, value: ({ step }) => step && plain(step.layer?.writeCache ?? '') }),
  numberColumn({ id: 'node', title: 'NODE', about: 'NUMA node of its controller.', width: 4, rank: 3, missing: '', value: ({ node }) => node }),
  textColumn({ id: 'users', title: 'USED BY', about: 'Guests, OSDs, databases, pools, containers and swap that are stored on it.', width: 14, grow: true, rank: 1, value: ({ users }) => plain(few(users)) }),
  textColumn({ id: 'what', title: 'WHERE', about: 'Name of the volume, file of a loop, address of an NVMe path, model, PCI function.', width: 14, grow: true, rank: 2, value: ({ step }) => step && plain([step.path?.target, step.device?.alias, step.device?.model, step.below.length === 0 ? step.device?.pci : undefined].filter(Boolean).join(' ')) }),
]; // prettier-ignore

/** Columns that no row has would cost the room of others. */
function columnsOf(rows: readonly StackRow[]): readonly Column<StackRow>[] {
  const hasUsers = rows.some(({ users }) => users.length > 0);
  const hasCommands = rows.some(({ commands }) => commands !== undefined);
  return columns.filter(({ id }) => (id === 'users' ? hasUsers : hasCommands || !OF_SCSI.has(id)));
}

const OF_SCSI: ReadonlySet<string> = new Set(['ioerr', 'iotmo', 'timeout']);

export const stackSection = (
  rows: readonly StackRow[],
  state: ReadingState,
  empty: NothingWords,
): TableSection<StackRow> => ({
  kind: 'table',
  id: 'stack',
  title: 'Stack',
  note: `${count(numberKnown(rows.length, state)) || NONE} steps`,
  sources: ['block-stack', 'block-devices', 'mapped-devices', 'mdstat', 'diskstats', 'filesystems', 'scsi-counters'],
  columns: columnsOf(rows),
  rows,
  key: ({ key }) => key,
  sort: { column: 'name', descending: false },
  entity: ({ mount, step }) =>
    mount ? entityRef('mount', mount.filesystem.target) : entityRef('disk', step?.name ?? ''),
  name: ({ name }) => name,
  empty,
});
