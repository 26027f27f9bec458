import { lines, toCount } from '../../lib/lines.ts';

/** Clustered database as the server on this host sees it. */
export interface RaftView {
  readonly database: 'northbound' | 'southbound';
  /** `cluster member`, `joining cluster`, `disconnected from the cluster (election timeout)`… */
  readonly status: string | undefined;
  /** `leader`, `follower`, `candidate`. */
  readonly role: string | undefined;
  /** `self`, or four digits of its id; `unknown` without one. */
  readonly leader: string | undefined;
  /** RAFT term; each election raises it. */
  readonly term: number | undefined;
  /** Time without a message from the leader after which a follower starts an election. */
  readonly electionTimerMs: number | undefined;
  /** Time since this server last started an election. */
  readonly lastElectionMs: number | undefined;
  readonly notCommitted: number | undefined;
  readonly notApplied: number | undefined;
  readonly disconnections: number | undefined;
  readonly members: readonly RaftMember[];
}

export interface RaftMember {
  /** Four hexadecimal digits. */
  readonly id: string;
  readonly address: string;
  readonly self: boolean;
  /** Time since its last message; followers get messages from the leader only. Undefined before the first. */
  readonly lastMessageMs: number | undefined;
  /** Last log entry known to be on it; the leader only. */
  readonly matchIndex: number | undefined;
}

/**
 * `cluster/status` of ovsdb-server: ovsdb-server(1). A database that is not clustered refuses the request.
 *
 *     Role: candidate
 *     Leader: unknown
 *     Last Election started 1353 ms ago, reason: timeout
 *     Election timer: 1000
 *     Servers:
 *         20eb (20eb at tcp:127.0.0.1:16642) next_index=5 match_index=4 last msg 215 ms ago
 *         656a (656a at tcp:127.0.0.1:16641) (self) (voted for 656a)
 */
export function raftOf(database: RaftView['database'], text: string | undefined): readonly RaftView[] {
  if (text === undefined || !/^Role: /m.test(text)) return [];
  const field = (label: string) => new RegExp(String.raw`^${label}: (.*)$`, 'm').exec(text)?.[1]?.trim();
  const servers = text.indexOf('\nServers:\n');
  return [
    {
      database,
      status: field('Status'),
      role: field('Role'),
      leader: field('Leader'),
      term: toCount(field('Term')),
      electionTimerMs: toCount(field('Election timer')),
      lastElectionMs: toCount(/^Last Election started (\d+) ms ago/m.exec(text)?.[1]),
      notCommitted: toCount(field('Entries not yet committed')),
      notApplied: toCount(field('Entries not yet applied')),
      disconnections: toCount(field('Disconnections')),
      members: servers < 0 ? [] : lines(text.slice(servers + 10)).flatMap(memberOf),
    },
  ];
}

function memberOf(line: string): readonly RaftMember[] {
  const [head, id, address] = /^\s+([0-9a-f]{4}) \(\S+ at ([^)]*)\)/.exec(line) ?? [];
  if (head === undefined || id === undefined || address === undefined) return [];
  const rest = line.slice(head.length);
  return [
    {
      id,
      address,
      self: rest.includes(' (self)'),
      lastMessageMs: toCount(/ last msg (\d+) ms ago/.exec(rest)?.[1]),
      matchIndex: toCount(/ match_index=(\d+)/.exec(rest)?.[1]),
    },
  ];
}
