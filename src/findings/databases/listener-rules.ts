import type { SeenServers } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { databaseRef } from '../entity-ref.ts';
import type { Found } from '../finding.ts';

/** Fields of a finding about a server. */
export const aboutServer = (server: string, condition: string) => ({
  entity: databaseRef(server),
  condition,
  subject: server,
  pane: 'databases',
});

/** A server that accepts connections and does not reply, or that refuses them for a reason. */
export const unresponsiveFound = (
  seen: SeenServers<unknown>,
  program: string,
  refuses: Readonly<Record<string, RegExp>> = {},
): readonly Found[] =>
  [...(seen.now?.servers ?? [])].flatMap(([server, one]): Found[] => {
    if (!('missing' in one)) return [];
    const { why, detail } = one.missing;
    const [because] = Object.entries({ ...refuses, 'backlog full': /backlog is full/ }).find(([, text]) => text.test(detail)) ?? []; // prettier-ignore
    // Without rights, or without the daemon, nothing is known of it.
    if (why !== 'timeout' && because === undefined) return [];
    return [
      {
        ...aboutServer(server, because === undefined ? 'unresponsive' : 'refuses'),
        severity: 'crit',
        sentence: because === undefined ? 'accepts connections, does not respond' : `refuses requests, ${because}`,
        evidence: [{ what: 'reply', value: plain(detail), source: `${program}[${one.pid}]` }],
        next: `open Processes, state of ${program} (T, D) and its CPU; open Storage: its disk; end of its log`,
      },
    ];
  });
