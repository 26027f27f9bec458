import { connectionsSeverity, shareOf } from '../../entities/databases/connections.ts';
import { backendsOf, type HaproxyBackend } from '../../entities/databases/haproxy.ts';
import { CONNECT_ERRORS_PER_SEC, gradeOf, QUEUED_REQUESTS, SERVER_ERRORS_PCT } from '../../entities/databases/limits.ts'; // prettier-ignore
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { haproxyProcesses, type HaproxyLine, type HaproxyProcess } from '../../sources/databases/haproxy.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { haproxyProcesses };
const STAT = 'show stat';

const conditionOf = (what: string, { proxy }: HaproxyLine): string => `${what}-${proxy.replaceAll(/\s/g, '_')}`;

/** A process that does not reply. */
export const haproxyUnresponsive = defineFinding({
  id: 'haproxy-unresponsive',
  title: 'HAProxy that does not respond',
  needs,
  authority: '[own]: no reply of the stats socket within 4 s',
  judge: ({ haproxyProcesses: seen }): readonly Found[] => unresponsiveFound(seen, 'haproxy'),
});

/** A backend without a server, or with fewer than it has. */
export const haproxyBackend = defineFinding({
  id: 'haproxy-backend',
  title: 'Backend or server of HAProxy down',
  needs,
  authority: 'awesome-prometheus-alerts HaproxyBackendDown, HaproxyServerHealthcheckFailure; status of the check',
  judge: ({ haproxyProcesses: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }) => backendsOf(state).flatMap((one) => backendFound(server, one))),
});

function backendFound(process: string, { backend, servers, down, severity }: HaproxyBackend): readonly Found[] {
  if (severity === undefined) return [];
  const checks = [...new Set(down.flatMap(({ check }) => check ?? []))].slice(0, 2).map((one) => plain(one));
  const why = checks.length === 0 ? '' : ` (${checks.join(', ')})`;
  const proxy = plain(backend.proxy);
  const [first] = down;
  const since = severity === 'crit' ? backend.stateSeconds : first?.stateSeconds;
  return [
    {
      ...aboutServer(process, conditionOf('backend', backend)),
      severity,
      sentence:
        severity === 'crit'
          ? `backend ${proxy} DOWN, ${servers.length - down.length} of ${plural(servers.length, 'server')} up${why}`
          : `${down.length} of ${plural(servers.length, 'server')} of ${proxy} DOWN${why}: ${down.slice(0, 2).map(({ name }) => plain(name)).join(', ')}`,
      evidence: down.slice(0, 3).map((one) => ({ what: plain(one.name), value: `${plain(one.status)}, ${plain(one.check ?? 'no check')}, for ${span(one.stateSeconds)}`, source: STAT })),
      next: 'check the servers: process, port and firewall (L4CON, L4TOUT), health check (L7STS); open Databases, HAProxy',
      ...onsetAgo(since, 'lastchg'),
    },
  ];
} // prettier-ignore

/** Requests that wait for a connection to a server. */
export const haproxyQueue = defineFinding({
  id: 'haproxy-queue',
  title: 'Queue of HAProxy',
  needs,
  authority: 'awesome-prometheus-alerts HaproxyPendingRequests: any; 100 are [own]',
  judge: ({ haproxyProcesses: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }) =>
      backendsOf(state).flatMap(({ backend, servers }): Found[] => {
        const queued = [backend, ...servers].reduce((sum, { queue }) => sum + (queue ?? 0), 0);
        const severity = gradeOf(queued, QUEUED_REQUESTS);
        if (severity === undefined) return [];
        return [
          {
            ...aboutServer(server, conditionOf('queue', backend)),
            severity,
            sentence: `${plural(queued, 'request')} queued in ${plain(backend.proxy)}, ${count(backend.sessions)} sessions`,
            evidence: servers.slice(0, 3).map(({ name, sessions, limit, queue }) => ({ what: plain(name), value: `${count(sessions)} of ${count(limit)} sessions, queue ${count(queue)}`, source: STAT })),
            next: 'open the servers of that backend: their latency; then maxconn of the servers',
          },
        ];
      }),
    ),
}); // prettier-ignore

/** Connections near maxconn of the process or of a frontend. */
export const haproxyConnections = defineFinding({
  id: 'haproxy-connections',
  title: 'Connections of HAProxy near maxconn',
  needs,
  authority: 'as of databases: 80 %, 95 % critical; further connections wait in the backlog of the kernel',
  judge: ({ haproxyProcesses: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state }) =>
      [
        { name: 'process', used: state.connections, limit: state.maxConnections },
        ...state.lines
          .filter(({ kind }) => kind === 'frontend')
          .map(({ proxy, sessions, limit }) => ({ name: `frontend ${proxy}`, used: sessions, limit })),
      ].flatMap(({ name, used, limit }): Found[] => {
        const severity = connectionsSeverity(used, limit);
        if (severity === undefined) return [];
        return [
          {
            ...aboutServer(server, `connections-${name.replaceAll(/\s/g, '_')}`),
            severity,
            sentence: `${plain(name)}: ${used ?? '—'} of ${limit ?? '—'} connections, ${percent(shareOf(used, limit))}`,
            evidence: [{ what: 'maxconn', value: String(limit ?? '—'), source: name === 'process' ? 'show info' : STAT }],
            next: 'open Network: peers of its ports; slow servers hold connections: their queue and latency; then maxconn',
          },
        ];
      }),
    ),
}); // prettier-ignore

/** Replies 5xx and failed connections of backends. */
export const haproxyErrors = defineFinding({
  id: 'haproxy-errors',
  title: 'Errors of HAProxy',
  needs,
  authority: 'awesome-prometheus-alerts: 5xx above 5 %, 100 connection errors/s critical; 1/s and 50 % are [own]',
  judge: ({ haproxyProcesses: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before, seconds }) => {
      const earlier = new Map(before === undefined ? [] : backendLines(before).map((line) => [line.proxy, line]));
      return backendLines(state).flatMap((line): Found[] => {
        const was = earlier.get(line.proxy);
        const requests = delta(line.requests, was?.requests, seconds);
        const failed = delta(line.serverErrors, was?.serverErrors, seconds);
        const connects = delta(line.connectErrors, was?.connectErrors, seconds);
        const pct = requests ? (100 * (failed ?? 0)) / requests : undefined;
        const byShare = gradeOf(pct, SERVER_ERRORS_PCT);
        const severity = byShare ?? gradeOf(connects, CONNECT_ERRORS_PER_SEC);
        if (severity === undefined) return [];
        return [
          {
            ...aboutServer(server, conditionOf('errors', line)),
            severity,
            sentence:
              byShare === undefined
                ? `${count(connects)} connection errors/s in ${plain(line.proxy)}`
                : `${percent(pct)} of requests to ${plain(line.proxy)} fail (5xx), ${count(failed)}/s`,
            evidence: [
              { what: 'connection errors', value: count(line.connectErrors), source: STAT },
              { what: 'reply errors', value: count(line.replyErrors), source: STAT },
            ],
            next: 'open its log: termination states (SC, SH, sQ); then the log of the servers of that backend',
          },
        ];
      });
    }),
}); // prettier-ignore

const backendLines = ({ lines }: HaproxyProcess): readonly HaproxyLine[] =>
  lines.filter(({ kind }) => kind === 'backend');
