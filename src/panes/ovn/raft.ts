import { entriesBehind, isLeader, isLeaderless, isSilent, spareMembers } from '../../entities/ovn/raft.ts';
import { plain } from '../../lib/plain.ts';
import { count, duration } from '../../lib/units.ts';
import type { RaftMember, RaftView } from '../../sources/ovn/raft.ts';
import type { Role } from '../../theme.ts';
import type { Column, TableSection } from '../pane.ts';
import { part, type Line } from './line.ts';

/** One line for a clustered database: what this server is in it, and whether it takes changes. */
export function raftLine(view: RaftView): Line {
  const silent = view.members.filter((member) => isSilent(member, view));
  const spare = spareMembers(view);
  return {
    label: `${view.database.slice(0, 5)} RAFT`,
    parts: [
      isLeaderless(view) ? part('NO LEADER', 'crit') : part(view.leader === 'self' ? 'leads' : `led by ${view.leader}`),
      part(`${view.role ?? '—'} of ${view.members.length}`, view.role === 'candidate' ? 'warn' : 'text'),
      ...(silent.length === 0
        ? []
        : [
            part(
              `${silent.map(({ id }) => id).join(' ')} silent, ${spare < 0 ? 'NO MAJORITY' : spare === 0 ? 'no other may be lost' : `${spare} more may be lost`}`,
              spare < 0 ? 'crit' : 'warn',
            ),
          ]),
      part(`term ${count(view.term)}`),
      part(`not committed ${count(view.notCommitted)}`, (view.notCommitted ?? 0) > 0 ? 'warn' : 'text'),
      part(`disconnections ${count(view.disconnections)}`),
      ...(view.status === 'cluster member' ? [] : [part(view.status ?? '—', 'warn')]),
    ],
  };
}

export interface RaftRow {
  readonly view: RaftView;
  readonly member: RaftMember;
  readonly silent: boolean;
}

/** Silent ones first, then by database, the leader on top. */
export const raftRows = (views: readonly RaftView[]): readonly RaftRow[] =>
  views.flatMap((view) =>
    view.members
      .map((member) => ({ view, member, silent: isSilent(member, view) }))
      .toSorted((a, b) => Number(isLeader(b.member, view)) - Number(isLeader(a.member, view))),
  );

const roleWord = ({ view, member, silent }: RaftRow): string => {
  if (silent) return 'SILENT';
  if (isLeader(member, view)) return 'leader';
  if (member.self) return view.role ?? '';
  return view.role === 'leader' ? 'follower' : '';
};
const roleOf = ({ silent, view, member }: RaftRow): Role =>
  silent ? 'crit' : member.self && isLeaderless(view) ? 'warn' : 'text';

const columns: readonly Column<RaftRow>[] = [
  {
    id: 'database',
    title: 'DATABASE',
    about: 'The northbound database holds what is configured, the southbound one what was made of it.',
    width: 10,
    rank: 0,
    value: ({ view }) => view.database,
  },
  {
    id: 'member',
    title: 'MEMBER',
    about: 'Begin of its id; * is the server on this host.',
    width: 6,
    rank: 0,
    value: ({ member }) => member.id,
    text: ({ member }) => `${member.self ? '*' : ''}${member.id}`,
  },
  {
    id: 'role',
    title: 'IS',
    about:
      'leader, follower, candidate (asks for votes); SILENT: not heard for two election timers, 5 s at least. A follower hears from the leader alone.',
    width: 9,
    rank: 0,
    value: (row) => roleWord(row) || undefined,
    text: roleWord,
    role: roleOf,
  },
  {
    id: 'heard',
    title: 'HEARD',
    about: 'Since this server last heard from it; the leader is heard from three times in an election timer.',
    width: 6,
    align: 'right',
    rank: 0,
    value: ({ member }) => member.heardMs,
    text: ({ member }) => (member.self ? '' : member.heardMs === undefined ? '—' : duration(member.heardMs / 1000)),
    role: ({ silent }) => (silent ? 'crit' : 'text'),
  },
  {
    id: 'behind',
    title: 'BEHIND',
    about: 'Entries of the log that it is not known to have; only the leader knows.',
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
    about: 'Where the others reach it.',
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
  first: ({ silent }) => silent,
  empty: 'none is clustered',
  minRows: 6,
});
