import { namespaceNeeds, ownedNamespaces, type OwnedNamespace } from '../../entities/network/namespace-owners.ts';
import { retransmits } from '../../entities/network/tcp.ts';
import { thisHost } from '../../findings/entity-ref.ts';
import { count } from '../../lib/units.ts';
import { conntrack } from '../../sources/machine/conntrack.ts';
import { protocolRate } from '../../sources/network/protocols.ts';
import { grade, limits } from '../../thresholds.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { countColumn, numberColumn, percentColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

export const namespaceTableNeeds = { ...namespaceNeeds, conntrack };

export interface NamespaceRow extends OwnedNamespace {
  readonly retransmitPct: number | undefined;
  readonly retransmitsPerSec: number | undefined;
  readonly conntrackPct: number | undefined;
  readonly conntrackDropsPerSec: number | undefined;
  readonly insertFailedPerSec: number | undefined;
}

export function namespaceRows(moment: Moment<typeof namespaceTableNeeds>): readonly NamespaceRow[] {
  const { namespaces: seen, conntrack: host } = moment;
  return ownedNamespaces(moment).map((one) => {
    const { entries, dropped, insertFailed } = one.space.conntrack;
    const before = seen.before?.spaces.get(one.space.id)?.conntrack;
    const again = retransmits(one.counters);
    const most = host.now?.most;
    return {
      ...one,
      retransmitPct: again?.sharePct,
      retransmitsPerSec: again?.perSec,
      conntrackPct: entries === undefined || !most ? undefined : (100 * entries) / most,
      conntrackDropsPerSec: delta(dropped, before?.dropped, seen.seconds),
      insertFailedPerSec: delta(insertFailed, before?.insertFailed, seen.seconds),
    };
  });
}

const columns: readonly Column<NamespaceRow>[] = [
  textColumn({ id: 'owner', title: 'OWNER', about: 'Container, pod or guest of the namespace, else its first process.', width: 18, widest: 30, rank: 0, value: ({ name }) => name }),
  numberColumn({ id: 'pid', title: 'PID', about: 'First process in it, through which it is read.', width: 8, rank: 4, value: ({ space }) => space.pid }),
  totalColumn({ id: 'established', title: 'ESTAB', about: 'Established TCP connections.', width: 6, rank: 1, value: ({ counters }) => counters.now?.get('Tcp CurrEstab') }),
  countColumn({ id: 'retransmits', title: 'RETR/s', about: 'TCP segments per second that were sent again.', width: 6, rank: 0, zero: '·', value: ({ retransmitsPerSec }) => retransmitsPerSec, role: ({ retransmitPct }) => grade(retransmitPct, limits.tcpRetransmitPct) }),
  countColumn({ id: 'listen', title: 'LISTEN DROP/s', about: 'Connections per second that a full accept queue dropped.', width: 13, rank: 1, zero: '·', value: ({ counters }) => protocolRate(counters, 'TcpExt ListenDrops') }),
  countColumn({ id: 'udp', title: 'UDP DROP/s', about: 'Datagrams per second that a full receive buffer dropped.', width: 10, rank: 1, zero: '·', value: ({ counters }) => protocolRate(counters, 'Udp RcvbufErrors') }),
  countColumn({ id: 'conntrack', title: 'CONNTRACK', about: 'Connections that the kernel tracks in the namespace.', width: 9, rank: 2, value: ({ space }) => space.conntrack.entries }),
  percentColumn({ id: 'conntrack-pct', title: 'CT%', about: 'Of nf_conntrack_max of the host, which holds in each namespace by itself.', width: 5, rank: 0, value: ({ conntrackPct }) => conntrackPct, role: ({ conntrackPct }) => grade(conntrackPct, limits.conntrackUsedPct) }),
  countColumn({ id: 'conntrack-drops', title: 'CT DROP/s', about: 'Packets per second dropped since a connection could not be added.', width: 9, rank: 1, zero: '·', value: ({ conntrackDropsPerSec }) => conntrackDropsPerSec }),
  countColumn({ id: 'insert-failed', title: 'INSERT FAIL/s', about: 'Connections per second that clashed with another of the same addresses and ports (insert_failed).', width: 13, rank: 3, zero: '·', value: ({ insertFailedPerSec }) => insertFailedPerSec }),
  textColumn({ id: 'ports', title: 'LISTENS ON', about: 'TCP ports of its listeners; connections that wait for accept in parentheses.', width: 10, grow: true, rank: 3, value: ({ space }) => space.listeners.map(({ port, waiting }) => (waiting > 0 ? `${port} (${waiting})` : String(port))).join(' ') }),
]; // prettier-ignore

export const namespacesSection = (
  rows: readonly NamespaceRow[],
  all: number | undefined,
  state: ReadingState,
  empty: NothingWords,
): TableSection<NamespaceRow> => ({
  kind: 'table',
  id: 'namespaces',
  title: 'Network namespaces',
  note: all !== undefined && all > rows.length ? `${rows.length} of ${all}` : count(numberKnown(rows.length, state)),
  sources: ['namespaces', 'conntrack'],
  columns,
  rows,
  key: ({ space }) => space.id,
  sort: { column: 'retransmits', descending: true },
  entity: ({ entity }) => (entity === thisHost ? undefined : entity),
  name: ({ name }) => name,
  empty,
  minRows: 3,
});
