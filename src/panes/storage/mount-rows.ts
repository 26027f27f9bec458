import {
  onceWritable,
  readOnlyReason,
  unresponsiveMounts,
  type ReadOnlyReason,
  type Unresponsive,
} from '../../entities/storage/mount-state.ts';
import { fillings, inodeGrade, inodesPct, spaceGrade, usedPct, type Filling } from '../../entities/storage/space.ts';
import { devicesOf, stackOf, wayText, type StackParts, type StackStep } from '../../entities/storage/stack.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { isRemote, type Filesystem, type filesystems } from '../../sources/storage/filesystems.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { ageColumn, bytesColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import { mountDetail } from './mount-detail.ts';
import { spaceRole, stateRole, stateText } from './mount-texts.ts';

export interface MountRow {
  readonly filesystem: Filesystem;
  readonly name: string;
  readonly usedPct: number | undefined;
  readonly inodesPct: number | undefined;
  readonly filling: Filling | undefined;
  readonly unresponsive: Unresponsive | undefined;
  readonly readOnly: ReadOnlyReason | undefined;
  readonly steps: readonly StackStep[];
}

/** Mounted filesystems, those in trouble first, then by use. */
export function mountRows(seen: Seen<SampleOf<typeof filesystems>>, parts: StackParts): readonly MountRow[] {
  const { now } = seen;
  if (now === undefined) return [];
  const filling = fillings(seen);
  const unresponsive = new Map(unresponsiveMounts(seen).map((one) => [one.filesystem.target, one]));
  const writable = onceWritable(seen);
  return now.filesystems.map((filesystem) => ({
    filesystem,
    name: plain(filesystem.target),
    usedPct: usedPct(filesystem),
    inodesPct: inodesPct(filesystem),
    filling: filling.get(filesystem.target),
    unresponsive: unresponsive.get(filesystem.target),
    readOnly: readOnlyReason(filesystem, now, writable.has(filesystem.target)),
    steps: devicesOf(filesystem, parts).map((name) => stackOf(name, parts)),
  }));
}

const columns: readonly Column<MountRow>[] = [
  { id: 'mount', title: 'MOUNT', about: 'Mount point.', width: 18, widest: 40, rank: 0, value: (row) => row.name },
  textColumn({ id: 'type', title: 'TYPE', about: 'Type of the filesystem.', width: 6, widest: 12, rank: 0, value: ({ filesystem }) => plain(filesystem.type) }),
  percentColumn({ id: 'used', title: 'USE%', about: 'Space in use, without blocks reserved for root, as df has it.', width: 5, rank: 0, value: (row) => row.usedPct, role: spaceRole }),
  bytesColumn({ id: 'available', title: 'AVAIL', about: 'Space available to users.', width: 6, rank: 0, value: ({ filesystem }) => filesystem.availableBytes }),
  bytesColumn({ id: 'size', title: 'SIZE', about: 'Size of the filesystem.', width: 6, rank: 1, value: ({ filesystem }) => filesystem.sizeBytes }),
  percentColumn({ id: 'inodes', title: 'INODE%', about: 'Inodes in use; a dash where they are made as needed.', width: 6, rank: 0, value: (row) => row.inodesPct, role: (row) => inodeGrade(row.filesystem) ?? 'text' }),
  ageColumn({ id: 'full', title: 'FULL IN', about: 'Time until it is full at the rate of the last minutes.', width: 7, rank: 1, missing: '', value: ({ filling }) => filling?.secondsLeft }),
  textColumn({ id: 'state', title: 'STATE', about: 'rw or ro and why; unresponsive, frozen or the error of statfs.', vocabulary: 'fixed', width: 16, widest: 22, rank: 0, value: stateText, role: stateRole }),
  textColumn({ id: 'source', title: 'SOURCE', about: 'Device, server or program that it is mounted from.', width: 12, widest: 32, rank: 2, value: ({ filesystem }) => plain(filesystem.source) }),
  textColumn({ id: 'stack', title: 'STACK', about: 'Volumes and disks below it, from the top.', width: 14, grow: true, rank: 3, value: ({ steps }) => plain(steps.map(wayText).join(', ')) }),
]; // prettier-ignore

export const mountsSection = (
  rows: readonly MountRow[],
  counts: ReadonlyMap<string, number> | undefined,
  state: ReadingState,
  empty: NothingWords,
): TableSection<MountRow> => ({
  kind: 'table',
  id: 'filesystems',
  title: 'Filesystems',
  note: noteOf(rows.length, counts, state),
  sources: ['filesystems', 'block-stack', 'block-devices', 'mapped-devices'],
  columns,
  rows,
  key: ({ filesystem }) => filesystem.target,
  sort: { column: 'used', descending: true },
  first: ({ filesystem, filling, unresponsive, readOnly }) =>
    unresponsive !== undefined ||
    (readOnly !== undefined && readOnly !== 'fstab') ||
    (spaceGrade(filesystem, filling) ?? inodeGrade(filesystem)) !== undefined,
  entity: ({ filesystem }) => entityRef('mount', filesystem.target),
  name: ({ name }) => name,
  rowRole: ({ filesystem }) => (filesystem.type === 'tmpfs' && !isRemote(filesystem) ? 'dim' : undefined),
  detail: (row) => mountDetail(row),
  empty,
  minRows: 8,
});

/** `12, 80 overlay, 120 of containers not listed`: mounts without a row, of 4 000 on a node of pods. */
function noteOf(listed: number, counts: ReadonlyMap<string, number> | undefined, state: ReadingState): string {
  const hidden = [
    ['overlay', 'overlay'],
    ['container', 'tmpfs of containers'],
    ['bind', 'bind'],
    ['left', 'beyond the limit'],
  ].flatMap(([name = '', words]) => {
    const number = counts?.get(name) ?? 0;
    return number === 0 ? [] : [`${count(number)} ${words}`];
  });
  const all = count(numberKnown(listed, state));
  return hidden.length === 0 ? all : `${all}, not listed: ${hidden.join(', ')}`;
}
