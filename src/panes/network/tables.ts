import { gatewaySeverity, type Gateway } from '../../entities/network/routes.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE, percent, plural } from '../../lib/units.ts';
import type { Listener } from '../../sources/network/queues.ts';
import type { SocketOwners } from '../../sources/processes/socket-peers.ts';
import type { SocketOwner } from '../../sources/processes/ss-sockets.ts';
import { grade, limits } from '../../thresholds.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

export const fillPct = ({ waiting, backlog }: Pick<Listener, 'waiting' | 'backlog'>): number | undefined =>
  backlog === 0 ? undefined : (100 * waiting) / backlog;

export interface ListenerRow extends Listener {
  /** Undefined where it was not read since the socket was opened. */
  readonly owner: SocketOwner | undefined;
}

export const listenerRows = (
  listeners: readonly Listener[],
  owners: SocketOwners | undefined,
): readonly ListenerRow[] =>
  listeners.map((listener) => ({ ...listener, owner: owners?.listeners.get(`${listener.address}:${listener.port}`) }));

export const ownerText = (owner: SocketOwner | undefined): string | undefined =>
  owner && `${plain(owner.command)}[${owner.pid}]`;

const listenerColumns: readonly Column<ListenerRow>[] = [
  textColumn({ id: 'address', title: 'ADDRESS', about: 'Local address; 0.0.0.0 and ::: all.', width: 16, widest: 39, rank: 0, value: ({ address }) => plain(address) }),
  numberColumn({ id: 'port', title: 'PORT', about: 'Local port.', width: 5, rank: 0, value: ({ port }) => port }),
  totalColumn({ id: 'waiting', title: 'RECV-Q', about: 'Connections that wait for accept (Recv-Q of ss -lt).', width: 7, rank: 0, value: ({ waiting }) => waiting }),
  totalColumn({ id: 'backlog', title: 'BACKLOG', about: 'Limit of that queue (Send-Q of ss -lt): min(listen backlog, somaxconn).', width: 7, rank: 1, value: ({ backlog }) => backlog }),
  percentColumn({ id: 'fill', title: 'FULL%', about: 'Waiting connections of the backlog.', width: 6, rank: 0, value: fillPct, role: (row) => grade(fillPct(row), limits.acceptQueuePct) }),
  textColumn({ id: 'process', title: 'PROCESS', about: 'Process that listens, read once a minute.', width: 18, widest: 28, rank: 1, value: ({ owner }) => ownerText(owner) }),
  numberColumn({ id: 'uid', title: 'UID', about: 'User of the socket.', width: 6, rank: 2, value: ({ uid }) => uid }),
  numberColumn({ id: 'inode', title: 'INODE', about: 'Inode of the socket, as in the open files of its process.', width: 10, rank: 3, value: ({ inode }) => inode }),
]; // prettier-ignore

export const listenersSection = (
  rows: readonly ListenerRow[],
  state: ReadingState,
  empty: NothingWords,
): TableSection<ListenerRow> => ({
  kind: 'table',
  id: 'listeners',
  title: 'Listeners',
  note: count(numberKnown(rows.length, state)),
  sources: ['listeners', 'socket-peers'],
  columns: listenerColumns,
  rows: rows.toSorted((a, b) => (fillPct(b) ?? 0) - (fillPct(a) ?? 0) || a.port - b.port),
  key: ({ address, port, inode }) => `${address}:${port} ${inode}`,
  sort: { column: 'fill', descending: true },
  empty,
});

const gatewayColumns = (all: readonly Gateway[]): readonly Column<Gateway>[] => [
  textColumn({ id: 'gateway', title: 'GATEWAY', about: 'Gateway of a default route of the main table.', width: 16, widest: 39, rank: 0, value: ({ address }) => plain(address) }),
  textColumn({ id: 'link', title: 'LINK', about: 'Interface to it.', width: 12, rank: 0, value: ({ link }) => link && plain(link.name) }),
  { id: 'state', title: 'STATE', about: 'State in the neighbour table; —: no entry, nothing was sent to it.', vocabulary: 'fixed', width: 10, rank: 0, value: ({ state }) => state, text: ({ state }) => state ?? NONE, role: (row) => gatewaySeverity(row, all) ?? 'text' },
  numberColumn({ id: 'metric', title: 'METRIC', about: 'Metric of the route: the lowest is used.', width: 6, rank: 1, value: ({ metric }) => metric }),
]; // prettier-ignore

export const gatewaysSection = (
  rows: readonly Gateway[],
  neighbours: string,
  empty: NothingWords,
): TableSection<Gateway> => ({
  kind: 'table',
  id: 'gateways',
  title: 'Default routes',
  note: neighbours,
  sources: ['routes', 'neighbours'],
  columns: gatewayColumns(rows),
  rows,
  key: ({ address, link }) => `${address} ${link?.name}`,
  sort: { column: 'metric', descending: false },
  empty,
  minRows: 2,
});

/** `12 neighbours, 1.2% of gc_thresh3`. */
export const neighboursNote = (all: number | undefined, limit: number | undefined): string =>
  all === undefined
    ? NONE
    : `${plural(all, 'neighbour')}${limit === undefined || limit === 0 ? '' : `, ${percent((100 * all) / limit)} of gc_thresh3`}`;
