import type { StackStep } from '../../entities/storage/stack.ts';
import { plain } from '../../lib/plain.ts';
import { binaryBytes, bytes, count, NONE } from '../../lib/units.ts';
import { FOLDERS_SECONDS, mountFolders, type Folder } from '../../sources/storage/mount-folders.ts';
import { mountUsers, type MountUser } from '../../sources/storage/mount-users.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { nothingWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { bytesColumn, numberColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import { onDemandSection } from '../../ui/kit/on-demand.ts';
import { drawFigures, figure } from '../../ui/kit/figure-lines.ts';
import { cut } from '../../lib/text-width.ts';
import type { Column, Detail, LinesSection, TableSection } from '../pane.ts';
import type { MountRow } from './mount-rows.ts';
import { stepText } from './stack-rows.ts';

/** Page of one mount: its figures, what it stands on, and who uses it. Nothing on it touches a mount that does not respond. */
export const mountDetail = (row: MountRow): Detail => ({
  id: 'mount',
  title: `mount ${row.name}`,
  sources: { users: bindDetail(mountUsers, { target: row.filesystem.target }) },
  everySeconds: 10,
  sections: (samples, missing) => {
    // A sample of mountUsers by bindDetail, or undefined before the first read.
    const users = samples['users'] as SampleOf<typeof mountUsers>;
    const state = stateOfDetail(users, missing['users']);
    return [
      factsSection(row),
      usersSection(users?.users ?? [], users?.all, nothingWords('no process has files on it', state)),
      ...(row.unresponsive
        ? []
        : [
            onDemandSection(
              {
                what: 'biggest folders',
                cost: `du reads every folder, idle I/O priority, up to ${FOLDERS_SECONDS} s`,
              },
              () => foldersDetail(row.filesystem.target, row.name),
            ),
          ]),
    ];
  },
});

function factsSection({ filesystem, steps, usedPct, filling, name }: MountRow): LinesSection {
  const lines = [
    { label: 'space', figures: [figure(`${bytes(filesystem.usedBytes)} used of ${bytes(filesystem.sizeBytes)}`), figure(`${bytes(filesystem.availableBytes)} available`), ...(usedPct === undefined ? [] : [figure(`${usedPct.toFixed(1)}%`)]), ...(filling ? [figure(`grows ${binaryBytes(filling.bytesPerSec)}/s`)] : [])] },
    { label: 'inodes', figures: [figure(`${count(filesystem.inodesUsed)} used of ${count(filesystem.inodes)}`)] },
    { label: 'source', figures: [figure(plain(`${filesystem.source} (${filesystem.type}), device ${filesystem.device}`))] },
    { label: 'mount', figures: [figure(plain(filesystem.options.join(',')))] },
    { label: 'options', figures: [figure(plain(filesystem.superOptions.join(',')))] },
  ]; // prettier-ignore
  const tree = steps.flatMap((step) => treeLines(step));
  return {
    kind: 'lines',
    id: 'mount',
    title: `Mount ${name}`,
    sources: ['filesystems', 'block-stack', 'block-devices', 'mapped-devices'],
    minColumns: 60,
    wantRows: () => lines.length + tree.length,
    draw: (width, rows, theme) =>
      [
        ...lines.map((line) => drawFigures(line, width, theme)),
        ...tree.map((text, i) => `${theme.paint('label', i === 0 ? 'stack    ' : '         ')}${theme.paint('text', cut(text, width - 9))}`),
      ].slice(0, rows), // prettier-ignore
  };
}

/** Steps from the mount down, each below the one that stands on it. */
const treeLines = (step: StackStep, depth = 0): readonly string[] => [
  `${'  '.repeat(depth)}${stepText(step)}`,
  ...step.below.flatMap((one) => treeLines(one, depth + 1)),
];

const userColumns: readonly Column<MountUser>[] = [
  numberColumn({ id: 'pid', title: 'PID', about: 'Process.', width: 8, rank: 0, value: ({ pid }) => pid }),
  textColumn({ id: 'command', title: 'COMMAND', about: 'Name of the process.', width: 15, rank: 0, value: ({ command }) => plain(command) }),
  totalColumn({ id: 'files', title: 'FILES', about: 'Open files, working directory and program on this mount.', width: 6, rank: 0, value: ({ files }) => files }),
  totalColumn({ id: 'deleted', title: 'DELETED', about: 'Open files that were deleted.', width: 7, rank: 0, value: ({ deleted }) => deleted }),
  bytesColumn({ id: 'held', title: 'HELD', about: 'Space of deleted files: it is free once they are closed.', width: 6, rank: 0, zero: '·', value: ({ deletedBytes }) => deletedBytes }),
  textColumn({ id: 'file', title: 'FILE', about: 'Largest deleted file, else the first one.', width: 20, grow: true, rank: 1, value: ({ file }) => plain(file) }),
]; // prettier-ignore

const usersSection = (
  rows: readonly MountUser[],
  all: number | undefined,
  empty: TableSection['empty'],
): TableSection<MountUser> => {
  const held = rows.reduce((sum, { deletedBytes }) => sum + deletedBytes, 0);
  return {
    kind: 'table',
    id: 'mount-users',
    title: 'Processes with files on it',
    note: `${all === undefined ? NONE : count(all)}${held === 0 ? '' : `, deleted files hold ${binaryBytes(held)}`}`,
    sources: ['mount-users'],
    columns: userColumns,
    rows,
    key: ({ pid }) => String(pid),
    sort: { column: 'held', descending: true },
    process: ({ pid, command }) => ({ pid, startTicks: undefined, name: command }),
    empty,
  };
};

const foldersDetail = (target: string, name: string): Detail => ({
  id: 'mount-folders',
  title: `folders of ${name}`,
  sources: { folders: bindDetail(mountFolders, { target }) },
  everySeconds: 60,
  sections: (samples, missing) => {
    // A sample of mountFolders by bindDetail, or undefined before the first read.
    const folders = samples['folders'] as SampleOf<typeof mountFolders>;
    return [
      {
        kind: 'table',
        id: 'folders',
        title: 'Folders',
        note: folders ? `${count(folders.folders.length)}${folders.isCut ? `, cut after ${FOLDERS_SECONDS} s: others are missing` : ''}` : `du runs, up to ${FOLDERS_SECONDS} s`,
        sources: ['mount-folders'],
        columns: [
          bytesColumn<Folder>({ id: 'size', title: 'SIZE', about: 'Space below it, on this filesystem.', width: 6, rank: 0, value: ({ bytes: size }) => size }),
          textColumn<Folder>({ id: 'path', title: 'FOLDER', about: 'Folder.', width: 40, grow: true, rank: 0, value: ({ path }) => plain(path) }),
        ],
        rows: folders?.folders ?? [],
        key: ({ path }: Folder) => path,
        sort: { column: 'size', descending: true },
        empty: nothingWords('no folders', stateOfDetail(folders, missing['folders'])),
      } satisfies TableSection<Folder>,
    ]; // prettier-ignore
  },
});
