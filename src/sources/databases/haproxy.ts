import { defineSource } from '../source.ts';
import { figureOf, listenerServers, listeningUnix, type ListenerServers } from './listeners.ts';

/** Frontend, backend or server of a proxy. */
export interface HaproxyLine {
  readonly proxy: string;
  /** `FRONTEND`, `BACKEND`, or name of a server. */
  readonly name: string;
  readonly kind: 'frontend' | 'backend' | 'server';
  /** `OPEN`, `UP`, `DOWN`, `MAINT`, `NOLB`, `no check`, `UP 1/3`, `DOWN (agent)`. */
  readonly status: string;
  /** Requests that wait for a connection. */
  readonly queue: number | undefined;
  readonly sessions: number | undefined;
  readonly limit: number | undefined;
  readonly totalSessions: number | undefined;
  /** Counters since its start: connections and replies that failed, replies 5xx of all requests. */
  readonly connectErrors: number | undefined;
  readonly replyErrors: number | undefined;
  readonly serverErrors: number | undefined;
  readonly requests: number | undefined;
  /** Servers of a backend that are up, backups among them. */
  readonly active: number | undefined;
  readonly backup: number | undefined;
  readonly stateSeconds: number | undefined;
  /** `L4CON`, `L7STS`, `L4TOUT`. */
  readonly check: string | undefined;
}

export interface HaproxyProcess {
  readonly version: string | undefined;
  readonly upSeconds: number | undefined;
  readonly connections: number | undefined;
  readonly maxConnections: number | undefined;
  readonly lines: readonly HaproxyLine[];
  /** Lines beyond the limit. */
  readonly left: number;
}

/**
 * `show info;show stat -1 7 -1` of each stats socket:
 *
 *     Version: 2.6.12-1+deb12u1
 *     Maxconn: 2000
 *
 *     # pxname,svname,qcur,qmax,scur,smax,slim,stot,…
 *     api,web1,0,0,0,1,,7,…,DOWN,1,…
 *
 * http://docs.haproxy.org/2.6/management.html#9.1
 */
export const haproxyProcesses = defineSource({
  id: 'haproxy-processes',
  title: 'HAProxy',
  why: 'Shows backends and servers that are down, queues, errors and connections of HAProxy.',
  everySeconds: 5,
  reads: { haproxy: listeningUnix('haproxy', 'haproxy', 'state') },
  weightKiB: (sample: HaproxySample | undefined) =>
    [...(sample?.servers.values() ?? [])].reduce((sum, one) => sum + ('state' in one ? one.state.lines.length * 0.4 : 0), 0), // prettier-ignore
  parse: ({ haproxy }): HaproxySample | undefined => {
    const servers = listenerServers('haproxy', [haproxy], processOf);
    return servers && { servers };
  },
});

export interface HaproxySample {
  readonly servers: ListenerServers<HaproxyProcess>;
}

const KINDS: readonly (HaproxyLine['kind'] | undefined)[] = ['frontend', 'backend', 'server'];
const MOST_LINES = 5000;

function processOf(text: string): HaproxyProcess | undefined {
  const info = new Map<string, string>();
  const rows = text.split(/\r?\n/);
  const headAt = rows.findIndex((row) => row.startsWith('# pxname,'));
  for (const row of headAt < 0 ? rows : rows.slice(0, headAt)) {
    const at = row.indexOf(': ');
    if (at > 0) info.set(row.slice(0, at), row.slice(at + 2).trim());
  }
  if (!info.has('Version')) return undefined;
  const names = headAt < 0 ? [] : cellsOf((rows[headAt] ?? '').slice(2));
  const all = headAt < 0 ? [] : rows.slice(headAt + 1).filter((row) => row !== '');
  return {
    version: info.get('Version'),
    upSeconds: figureOf(info.get('Uptime_sec')),
    connections: figureOf(info.get('CurrConns')),
    maxConnections: figureOf(info.get('Maxconn')),
    lines: all.slice(0, MOST_LINES).flatMap((row) => lineOf(names, cellsOf(row)) ?? []),
    left: Math.max(0, all.length - MOST_LINES),
  };
}

/** Cells of a line of CSV; a cell in quotes doubles those within. */
function cellsOf(row: string): readonly string[] {
  if (!row.includes('"')) return row.split(',');
  return [...row.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );
}

function lineOf(names: readonly string[], cells: readonly string[]): HaproxyLine | undefined {
  const cell = (name: string): string | undefined => cells[names.indexOf(name)] || undefined;
  const number = (name: string): number | undefined => figureOf(cell(name));
  const [proxy, name, status, kind] = [cell('pxname'), cell('svname'), cell('status'), KINDS[number('type') ?? -1]];
  if (proxy === undefined || name === undefined || status === undefined || kind === undefined) return undefined;
  return {
    proxy,
    name,
    kind,
    status,
    queue: number('qcur'),
    sessions: number('scur'),
    limit: number('slim') || undefined,
    totalSessions: number('stot'),
    connectErrors: number('econ'),
    replyErrors: number('eresp'),
    serverErrors: number('hrsp_5xx'),
    requests: number('req_tot'),
    active: number('act'),
    backup: number('bck'),
    stateSeconds: number('lastchg'),
    check: cell('check_status'),
  };
}
