import { plain } from '../../lib/plain.ts';
import type { Column, TableSection } from '../../panes/pane.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { textColumn, totalColumn } from './columns.ts';

/** BFD session of an interface of Open vSwitch, or of a logical router port of OVN. */
export interface BfdRow {
  readonly name: string;
  readonly peer: string;
  readonly state: string;
  readonly remoteState: string | undefined;
  readonly diagnostic: string | undefined;
  readonly flaps: number | undefined;
}

const columns: readonly Column<BfdRow>[] = [
  textColumn({
    id: 'name',
    title: 'PORT',
    about: 'Interface, or logical router port of OVN.',
    width: 18,
    grow: true,
    rank: 0,
    value: (row) => plain(row.name),
  }),
  textColumn({
    id: 'peer',
    title: 'PEER',
    about: 'Remote end of the tunnel, peer of the patch, or next hop.',
    width: 16,
    grow: true,
    rank: 0,
    value: (row) => plain(row.peer),
  }),
  textColumn({
    id: 'state',
    title: 'STATE',
    about: 'State of the session here: up, down, init, admin_down.',
    width: 10,
    rank: 0,
    value: (row) => plain(row.state),
    role: (row) => (row.state === 'up' ? 'text' : 'info'),
  }),
  textColumn({
    id: 'remote',
    title: 'REMOTE',
    about: 'State of the session at the peer, as it reports.',
    width: 10,
    rank: 0,
    value: (row) => plain(row.remoteState ?? ''),
  }),
  totalColumn({
    id: 'flaps',
    title: 'FLAPS',
    about: 'Changes of forwarding since BFD was enabled (flap_count).',
    width: 5,
    rank: 0,
    value: (row) => row.flaps,
    missing: '',
  }),
  textColumn({
    id: 'diagnostic',
    title: 'DIAGNOSTIC',
    about: 'Reason of the last change of state, here and at the peer.',
    width: 30,
    grow: true,
    rank: 1,
    value: (row) => plain(row.diagnostic ?? ''),
  }),
];

/** Table of BFD sessions, those that are not up first. */
export const bfdSection = (rows: readonly BfdRow[], sources: readonly string[]): TableSection<BfdRow> => ({
  kind: 'table',
  id: 'bfd',
  title: 'BFD sessions',
  note: `${rows.filter(({ state }) => state === 'up').length} of ${rows.length} up`,
  sources,
  columns,
  rows,
  key: (row) => `${row.name} ${row.peer}`,
  sort: { column: 'name', descending: false },
  first: (row) => row.state !== 'up',
  empty: ownWords('none'),
  minRows: 2,
});
