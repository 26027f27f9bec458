import {
  entriesBehind,
  isLeader,
  isLeaderless,
  isUnreachable,
  quorumWords,
  spareMembers,
} from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration } from '../../lib/units.ts';
import type { RaftMember, RaftView } from '../../sources/ovn/raft.ts';
import type { Role } from '../../theme.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { part, type Line } from './line.ts';

/** Line of one clustered database: leader, role of this server, unreachable members, term. */
export function raftLine(view: RaftView): Line {
  const lost = view.members.filter((member) => isUnreachable(member, view));
  const spare = spareMembers(view);
  return {
    label: `${view.database.slice(0, 5)} RAFT`,
    parts: [
      isLeaderless(view) ? part('NO LEADER', 'crit') : part(`leader ${view.leader}`),
      part(`${view.role ?? '—'} of ${view.members.length}`, view.role === 'candidate' ? 'warn' : 'text'),
      ...(lost.length === 0
        ? []
        : [
            part(
              `${lost.map(({ id }) => id).join(' ')} unreachable, ${quorumWords(spare)}`,
              spare < 0 ? 'crit' : 'warn',
            ),
          ]),
      part(`term ${count(view.term)}`),
      part(`uncommitted ${count(view.notCommitted)}`, (view.notCommitted ?? 0) > 0 ? 'warn' : 'text'),
      part(`disconnections ${count(view.disconnections)}`),
      ...(view.status === 'cluster member' ? [] : [part(view.status ?? '—', 'warn')]),
    ],
  };
}

export interface RaftRow {
  readonly view: RaftView;
  readonly member: RaftMember;
  readonly unreachable: boolean;
}

/** Rows by database, the leader on top. */
export const raftRows = (views: readonly RaftView[]): readonly RaftRow[] =>
  views.flatMap((view) =>
    view.members
      .map((member) => ({ view, member, unreachable: isUnreachable(member, view) }))
      .toSorted((a, b) => Number(isLeader(b.member, view)) - Number(isLeader(a.member, view))),
  );

const roleWord = ({ view, member, unreachable }: RaftRow): string => {
  if (unreachable) return 'unreachable';
  if (isLeader(member, view)) return 'leader';
  if (member.self) return view.role ?? '';
  return view.role === 'leader' ? 'follower' : '';
};
const roleOf = ({ unreachable, view, member }: RaftRow): Role =>
  unreachable ? 'crit' : member.self && isLeaderless(view) ? 'warn' : 'text';

const columns: readonly Column<RaftRow>[] = [
  {
    id: 'database',
    title: 'DATABASE',
    about: 'northbound: the configuration; southbound: what ovn-northd made of it.',
    width: 10,
    rank: 0,
    value: ({ view }) => view.database,
  },
  {
    id: 'member',
    title: 'MEMBER',
    about: 'Server id, first 4 digits; *: this host.',
    width: 6,
    rank: 0,
    value: ({ member }) => member.id,
    text: ({ member }) => `${member.self ? '*' : ''}${member.id}`,
  },
  {
    id: 'role',
    title: 'ROLE',
    about:
      'leader, follower, candidate; unreachable: no message for two election timers, min 5 s. A follower gets messages from the leader only.',
    width: 11,
    rank: 0,
    value: (row) => roleWord(row) || undefined,
    text: roleWord,
    role: roleOf,
  },
  {
    id: 'lastMessage',
    title: 'LAST MSG',
    about: 'Time since its last message to this server; the leader sends three heartbeats per election timer.',
    width: 8,
    align: 'right',
    rank: 0,
    value: ({ member }) => member.lastMessageMs,
    text: ({ member }) =>
      member.self ? '' : member.lastMessageMs === undefined ? '—' : duration(member.lastMessageMs / 1000),
    role: ({ unreachable }) => (unreachable ? 'crit' : 'text'),
  },
  {
    id: 'behind',
    title: 'BEHIND',
    about: 'RAFT log entries behind the leader; known on the leader only.',
    width: 6,
    align: 'right',
    rank: 1,
    value: ({ member, view }) => entriesBehind(member, view),
    text: ({ member, view }) => (member.self ? '' : count(entriesBehind(member, view))),
    role: ({ member, view }) => ((entriesBehind(member, view) ?? 0) > 0 ? 'warn' : 'text'),
  },
  {
    id: 'address',
    title: 'ADDRESS',
    about: 'RAFT address of the member.',
    width: 24,
    grow: true,
    rank: 0,
    value: ({ member }) => plain(member.address),
  },
];

export const raftSection = (rows: readonly RaftRow[]): TableSection<RaftRow> => ({
  kind: 'table',
  id: 'raft',
  title: 'Clustered databases',
  note: `${rows.length} members`,
  sources: ['ovn-daemons'],
  columns,
  rows,
  key: ({ view, member }) => `${view.database} ${member.id}`,
  sort: { column: 'database', descending: false },
  first: ({ unreachable }) => unreachable,
  empty: ownWords('not present: no clustered database'),
  minRows: 6,
});
