import { lines, toCount } from '../../lib/lines.ts';

/** A clustered database as the server on this host sees it. */
export interface RaftView {
  readonly database: 'northbound' | 'southbound';
  /** `cluster member`, `joining cluster`, `disconnected from the cluster (election timeout)`… */
  readonly status: string | undefined;
  /** `leader`, `follower`, `candidate`. */
  readonly role: string | undefined;
  /** `self`, or four digits of its id; `unknown` without one. */
  readonly leader: string | undefined;
  /** Goes up with each election. */
  readonly term: number | undefined;
  /** Without a word from the leader for so long a follower calls an election. */
  readonly electionTimerMs: number | undefined;
  /** Since this server last called one. */
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
  /** Since it was last heard; followers hear from the leader alone. Undefined when it never was. */
  readonly heardMs: number | undefined;
  /** Last entry of the log that it is known to have; only the leader knows. */
  readonly matchIndex: number | undefined;
}

/**
 * `cluster/status` of ovsdb-server: ovsdb-server(1). A database that is not clustered refuses the question.
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
      heardMs: toCount(/ last msg (\d+) ms ago/.exec(rest)?.[1]),
      matchIndex: toCount(/ match_index=(\d+)/.exec(rest)?.[1]),
    },
  ];
}
