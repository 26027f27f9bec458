import { plain } from '../../lib/plain.ts';
import { bytes, count, NONE, percent } from '../../lib/units.ts';
import type { FilesSample, OpenFile } from '../../sources/processes/files.ts';
import type { Socket } from '../../sources/processes/sockets.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { bytesColumn, numberColumn } from '../../ui/kit/columns.ts';

/** Limit of a glob: a process with this many open files may have more. */
const MOST_FILES = 16_384;

const fileColumns: readonly Column<OpenFile>[] = [
  numberColumn({
    id: 'fd',
    title: 'FD',
    about: 'File descriptor.',
    width: 6,
    rank: 0,
    value: (row) => row.fd,
  }),
  {
    id: 'kind',
    title: 'TYPE',
    about: 'Type of file; a deleted file keeps its disk space until closed.',
    width: 9,
    rank: 0,
    value: (row) => row.kind,
    role: (row) => (row.kind === 'deleted' ? 'warn' : 'text'),
  },
  {
    id: 'target',
    title: 'NAME',
    about: 'Target of /proc/PID/fd/FD.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => row.target,
    text: (row) => plain(row.target),
  },
];

/** `412 of 20k, 2.1% · 380 socket · 20 file`, with the share of the limit. */
function filesNote({ files, softLimit }: FilesSample): string {
  if (files === undefined) return '';
  const kinds = new Map<string, number>();
  for (const { kind } of files) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const most = [...kinds].toSorted(([, a], [, b]) => b - a).map(([kind, number]) => `${number} ${kind}`);
  const least = files.length >= MOST_FILES ? 'at least ' : '';
  const of =
    softLimit === undefined || softLimit === 0
      ? ''
      : ` of ${count(softLimit)}, ${percent((100 * files.length) / softLimit)}`;
  return [`${least}${files.length}${of}`, ...most.slice(0, 3)].join(' · ');
}

export const filesSection = (sample: FilesSample | undefined, empty: NothingWords): TableSection<OpenFile> => ({
  kind: 'table',
  id: 'files',
  title: 'Open files',
  note: sample === undefined ? '' : filesNote(sample),
  sources: ['process-files'],
  columns: fileColumns,
  rows: sample?.files ?? [],
  key: (row) => String(row.fd),
  sort: { column: 'fd', descending: false },
  empty,
});

interface SocketRow {
  readonly fd: number;
  readonly socket: Socket;
}

const socketColumns: readonly Column<SocketRow>[] = [
  numberColumn({
    id: 'fd',
    title: 'FD',
    about: 'File descriptor.',
    width: 6,
    rank: 1,
    value: (row) => row.fd,
  }),
  {
    id: 'protocol',
    title: 'NETID',
    about: 'Socket type, as in ss.',
    width: 5,
    rank: 0,
    value: (row) => row.socket.protocol,
  },
  {
    id: 'state',
    title: 'STATE',
    about: 'State, as in ss.',
    width: 10,
    rank: 0,
    value: (row) => row.socket.state,
    text: (row) => plain(row.socket.state),
    role: (row) => (row.socket.state === 'CLOSE-WAIT' ? 'warn' : 'text'),
  },
  {
    id: 'receive',
    title: 'RECV-Q',
    about: 'Bytes received and not read yet; of a listening socket, connections in the accept queue.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.socket.receiveBytes,
    text: (row) => (row.socket.state === 'LISTEN' ? count : bytes)(row.socket.receiveBytes),
    role: (row) => ((row.socket.receiveBytes ?? 0) > 0 ? 'warn' : 'text'),
  },
  bytesColumn({
    id: 'send',
    title: 'SEND-Q',
    about: 'Bytes written and not acknowledged by the peer.',
    width: 6,
    rank: 0,
    value: (row) => row.socket.sendBytes,
    role: (row) => ((row.socket.sendBytes ?? 0) > 0 ? 'warn' : 'text'),
  }),
  {
    id: 'local',
    title: 'LOCAL',
    about: 'Local address and port, or path of a unix socket.',
    width: 22,
    grow: true,
    rank: 0,
    value: (row) => row.socket.local,
    text: (row) => plain(row.socket.local) || NONE,
  },
  {
    id: 'remote',
    title: 'PEER',
    about: 'Address and port of the peer.',
    width: 22,
    grow: true,
    rank: 0,
    value: (row) => row.socket.remote,
  },
];

export function socketsSection(
  files: FilesSample | undefined,
  sockets: ReadonlyMap<number, Socket> | undefined,
  empty: NothingWords,
): TableSection<SocketRow> {
  const open = files?.files?.filter(({ kind }) => kind === 'socket') ?? [];
  const rows = open.flatMap(({ fd, inode }) => {
    const socket = inode === undefined ? undefined : sockets?.get(inode);
    return socket ? [{ fd, socket }] : [];
  });
  const others = open.length - rows.length;
  return {
    kind: 'table',
    id: 'sockets',
    title: 'Sockets',
    note:
      files?.files === undefined
        ? ''
        : others > 0
          ? `${rows.length} · ${others} more: netlink, packet or other namespace`
          : `${rows.length}`,
    sources: ['process-sockets', 'process-files'],
    columns: socketColumns,
    rows,
    key: (row) => String(row.fd),
    sort: { column: 'receive', descending: true },
    empty,
  };
}
