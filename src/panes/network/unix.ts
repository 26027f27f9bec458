import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { Dump } from '../../sources/network/dump.ts';
import type { UnixListener } from '../../sources/network/queues.ts';
import type { SocketPeers, UnixClient, UnixUse } from '../../sources/processes/socket-peers.ts';
import { grade, limits } from '../../thresholds.ts';
import { nothingWords, numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { fillPct, ownerText } from './tables.ts';

export interface UnixRow extends UnixListener {
  /** Undefined where it was not read since the socket was opened. */
  readonly use: UnixUse | undefined;
}

export const unixRows = (all: Dump<UnixListener> | undefined, peers: SocketPeers | undefined): readonly UnixRow[] =>
  (all?.items ?? []).map((listener) => ({ ...listener, use: peers?.unix.get(listener.inode) }));

/** `kubelet[2395] 3, dockerd[1968]`. */
const clientsText = ({ use }: UnixRow): string | undefined =>
  use?.clients.map((client) => `${ownerText(client)}${client.connections === 1 ? '' : ` ${client.connections}`}`).join(', '); // prettier-ignore

const columns: readonly Column<UnixRow>[] = [
  textColumn({ id: 'name', title: 'SOCKET', about: 'Path of the socket; @ and a name: abstract.', width: 24, widest: 48, rank: 0, value: ({ name }) => name && plain(name) }),
  totalColumn({ id: 'waiting', title: 'RECV-Q', about: 'Connections that wait for accept (Recv-Q of ss -lx).', width: 7, rank: 0, value: ({ waiting }) => waiting }),
  totalColumn({ id: 'backlog', title: 'BACKLOG', about: 'Limit of that queue (Send-Q of ss -lx): connect blocks while more wait.', width: 7, rank: 1, value: ({ backlog }) => backlog }),
  percentColumn({ id: 'fill', title: 'FULL%', about: 'Waiting connections of the backlog.', width: 6, rank: 0, value: fillPct, role: (row) => grade(fillPct(row), limits.acceptQueuePct) }),
  textColumn({ id: 'process', title: 'PROCESS', about: 'Process that listens, read once a minute.', width: 18, widest: 28, rank: 0, value: ({ use }) => ownerText(use?.owner) }),
  totalColumn({ id: 'connections', title: 'CONNS', about: 'Accepted connections, read once a minute.', width: 5, rank: 1, value: ({ use }) => use?.connections }),
  textColumn({ id: 'clients', title: 'CLIENTS', about: 'Processes at their other ends with their connections, up to 20.', width: 16, grow: true, rank: 1, value: clientsText }),
  numberColumn({ id: 'uid', title: 'UID', about: 'User of the socket.', width: 6, rank: 2, value: ({ uid }) => uid }),
  numberColumn({ id: 'inode', title: 'INODE', about: 'Inode of the socket, as in the open files of its process.', width: 10, rank: 3, value: ({ inode }) => inode }),
]; // prettier-ignore

const clientColumns: readonly Column<UnixClient>[] = [
  numberColumn({ id: 'pid', title: 'PID', about: 'Process at the other end.', width: 8, rank: 0, value: ({ pid }) => pid }),
  textColumn({ id: 'command', title: 'COMMAND', about: 'Its command.', width: 16, grow: true, rank: 0, value: ({ command }) => plain(command) }),
  totalColumn({ id: 'connections', title: 'CONNS', about: 'Its connections that the socket accepted, read once a minute.', width: 6, rank: 0, value: ({ connections }) => connections }),
]; // prettier-ignore

/** Processes that are connected to a socket, of the reading that the table has; it reads nothing more. */
function unixDetail({ name, inode, use }: UnixRow): Detail | undefined {
  if (!use) return undefined;
  const clients: TableSection<UnixClient> = {
    kind: 'table',
    id: 'unix-clients',
    title: 'Clients',
    note: `${count(use.clients.length)} of ${count(use.connections)} connections`,
    sources: ['socket-peers'],
    columns: clientColumns,
    rows: use.clients,
    key: ({ pid }) => String(pid),
    sort: { column: 'connections', descending: true },
    // Connections whose processes ss does not show.
    empty: nothingWords('none', use.connections > 0 ? { state: 'not readable', why: 'needs root' } : { state: 'read' }),
  };
  return { id: `unix-${inode}`, title: `clients of ${plain(name ?? `inode ${inode}`)}`, sources: {}, everySeconds: 60, sections: () => [clients] }; // prettier-ignore
}

export const unixSection = (
  rows: readonly UnixRow[],
  all: number | undefined,
  state: ReadingState,
  empty: NothingWords,
): TableSection<UnixRow> => ({
  kind: 'table',
  id: 'unix',
  title: 'Unix listeners',
  note: all !== undefined && all > rows.length ? `${count(rows.length)} of ${count(all)}` : count(numberKnown(rows.length, state)), // prettier-ignore
  sources: ['unix-listeners', 'socket-peers'],
  columns,
  rows: rows.toSorted(
    (a, b) => b.waiting - a.waiting || (b.use?.connections ?? 0) - (a.use?.connections ?? 0) || a.inode - b.inode,
  ),
  key: ({ inode, name }) => `${inode} ${name}`,
  sort: { column: 'fill', descending: true },
  detail: unixDetail,
  empty,
});
