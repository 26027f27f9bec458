import { connectionsSeverity } from '../../entities/databases/connections.ts';
import { lineSeverity } from '../../entities/databases/haproxy.ts';
import { gradeOf, QUEUED_REQUESTS } from '../../entities/databases/limits.ts';
import { serversRead, type SeenServers } from '../../entities/databases/seen-servers.ts';
import { databaseRef } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { HaproxyProcess } from '../../sources/databases/haproxy.ts';
import { delta } from '../../timeline/moment.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, countColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';
import { unreadServers } from './server-table.ts';

/** Process of HAProxy, or one of its frontends, backends and servers. */
export interface HaproxyRow {
  /** Process by its stats socket: `haproxy:admin.sock`. */
  readonly process: string;
  readonly kind: 'process' | 'frontend' | 'backend' | 'server';
  readonly proxy: string;
  readonly name: string;
  readonly status: string | undefined;
  readonly severity: 'crit' | 'warn' | undefined;
  readonly check: string | undefined;
  readonly stateSeconds: number | undefined;
  readonly queue: number | undefined;
  readonly sessions: number | undefined;
  readonly limit: number | undefined;
  readonly requestsPerSec: number | undefined;
  readonly errorsPerSec: number | undefined;
}

export const haproxyRows = (seen: SeenServers<HaproxyProcess>): readonly HaproxyRow[] => [
  ...serversRead(seen).flatMap(({ server, state, before, seconds }): readonly HaproxyRow[] => {
    const earlier = new Map(before?.lines.map((line) => [`${line.proxy} ${line.name}`, line]));
    return [
      { ...NOTHING, process: server, kind: 'process', proxy: '', name: state.version === undefined ? '' : `version ${state.version}`, status: 'UP', stateSeconds: state.upSeconds, sessions: state.connections, limit: state.maxConnections },
      ...state.lines.map((line): HaproxyRow => {
        const was = earlier.get(`${line.proxy} ${line.name}`);
        const errors = (of: typeof was) => of && (of.connectErrors ?? 0) + (of.replyErrors ?? 0) + (of.serverErrors ?? 0);
        return {
          process: server,
          kind: line.kind,
          proxy: line.proxy,
          name: line.name,
          status: line.status,
          severity: lineSeverity(line),
          check: line.check,
          stateSeconds: line.kind === 'frontend' ? undefined : line.stateSeconds,
          queue: line.queue,
          sessions: line.sessions,
          limit: line.limit,
          requestsPerSec: delta(line.requests ?? line.totalSessions, was && (was.requests ?? was.totalSessions), seconds),
          errorsPerSec: delta(errors(line), errors(was), seconds),
        };
      }),
    ];
  }),
  ...unreadServers(seen).map(({ server, problem }): HaproxyRow => ({ ...NOTHING, process: server, kind: 'process', proxy: '', name: '', status: problem })),
]; // prettier-ignore

/** Lines that are not listed. */
export const linesLeft = (seen: SeenServers<HaproxyProcess>): number =>
  serversRead(seen).reduce((sum, { state }) => sum + state.left, 0);

const NOTHING = {
  severity: undefined,
  check: undefined,
  stateSeconds: undefined,
  queue: undefined,
  sessions: undefined,
  limit: undefined,
  requestsPerSec: undefined,
  errorsPerSec: undefined,
};

const columns: readonly Column<HaproxyRow>[] = [
  textColumn({ id: 'proxy', title: 'PROXY', about: 'Name of the proxy; blank for the process.', width: 14, widest: 30, rank: 0, value: ({ proxy }) => plain(proxy) }),
  textColumn({ id: 'name', title: 'NAME', about: 'FRONTEND, BACKEND, or the server; of the process its version.', width: 14, widest: 30, rank: 0, value: ({ name }) => plain(name) }),
  textColumn({ id: 'status', title: 'STATUS', about: 'OPEN, UP, DOWN, MAINT, no check.', vocabulary: 'fixed', width: 9, widest: 24, rank: 0, role: ({ severity }) => severity ?? 'text', value: ({ status }) => status && label(status) }),
  textColumn({ id: 'check', title: 'CHECK', about: 'Result of the health check: L4CON refused, L4TOUT timeout, L7STS status.', vocabulary: 'fixed', width: 7, rank: 1, value: ({ check }) => check && label(check) }),
  ageColumn({ id: 'since', title: 'FOR', about: 'Time in that status.', width: 6, rank: 1, missing: '', value: ({ stateSeconds }) => stateSeconds }),
  totalColumn({ id: 'queue', title: 'QUEUE', about: 'Requests that wait for a connection.', width: 5, rank: 0, missing: '', zero: '·', role: ({ kind, queue }) => (kind === 'backend' || kind === 'server' ? (gradeOf(queue, QUEUED_REQUESTS) ?? 'text') : 'text'), value: ({ queue }) => queue }),
  totalColumn({ id: 'sessions', title: 'SESSIONS', about: 'Sessions; of the process connections.', width: 8, rank: 0, role: ({ kind, sessions, limit }) => (kind === 'process' || kind === 'frontend' ? (connectionsSeverity(sessions, limit) ?? 'text') : 'text'), value: ({ sessions }) => sessions }),
  totalColumn({ id: 'limit', title: 'LIMIT', about: 'maxconn.', width: 7, rank: 2, missing: '', value: ({ limit }) => limit }),
  countColumn({ id: 'requests', title: 'REQ/s', about: 'Requests per second; of TCP proxies sessions.', width: 6, rank: 1, value: ({ requestsPerSec }) => requestsPerSec }),
  countColumn({ id: 'errors', title: 'ERR/s', about: 'Failed connections and replies, and replies 5xx, per second.', width: 6, rank: 0, zero: '·', value: ({ errorsPerSec }) => errorsPerSec }),
  { id: 'process', title: 'PROCESS', about: 'HAProxy by its stats socket.', vocabulary: 'fixed', width: 18, grow: true, rank: 3, value: ({ process }) => process },
]; // prettier-ignore

export const haproxySection = (
  rows: readonly HaproxyRow[],
  left: number,
  empty: NothingWords,
): TableSection<HaproxyRow> => ({
  kind: 'table',
  id: 'haproxy',
  title: 'HAProxy',
  note: left > 0 ? `${count(rows.length)}, ${count(left)} more` : count(rows.length),
  sources: ['haproxy-processes'],
  columns,
  rows,
  key: ({ process, proxy, name, kind }) => `${process} ${kind} ${proxy}/${name}`,
  sort: { column: 'proxy', descending: false },
  first: ({ severity }) => severity !== undefined,
  entity: ({ process, kind }) => (kind === 'process' ? databaseRef(process) : undefined),
  name: ({ process }) => process,
  empty,
});
