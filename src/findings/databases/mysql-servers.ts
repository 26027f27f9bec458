import { CONNECTIONS_PCT, gradeOf } from '../../entities/databases/limits.ts';
import { channelSeverity, galeraSeverity, stoppedThreads } from '../../entities/databases/mysql.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent, plural, span } from '../../lib/units.ts';
import { mysqlServers, type MysqlChannel, type MysqlServer } from '../../sources/databases/mysql.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { databaseRef, mysqlName } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const needs = { mysqlServers };
type Servers = Moment<typeof needs>;

const serversOf = ({ mysqlServers: seen }: Servers): readonly (readonly [string, MysqlServer])[] =>
  [...(seen.now?.servers ?? [])].flatMap(([socket, one]) => ('channels' in one ? [[socket, one] as const] : []));

const about = (socket: string, condition: string) => ({
  entity: databaseRef(mysqlName(socket)),
  condition,
  subject: mysqlName(socket),
  pane: 'databases',
});

/** A server that refuses sessions or does not reply. */
export const mysqlUnresponsive = defineFinding({
  id: 'mysql-unresponsive',
  title: 'MySQL that does not respond',
  needs,
  authority: '[own]: no reply within 4 s, error 1040 (too many connections), shutting down',
  judge: ({ mysqlServers: seen }): readonly Found[] =>
    [...(seen.now?.servers ?? [])].flatMap(([socket, one]): Found[] => {
      if (!('missing' in one)) return [];
      const { why, detail } = one.missing;
      const refuses = /^(?:too many connections|shutting down)/.exec(detail)?.[0];
      // Without rights, or without the daemon, nothing is known of it.
      if (why !== 'timeout' && refuses === undefined) return [];
      return [
        {
          ...about(socket, 'unresponsive'),
          severity: 'crit',
          sentence: refuses === undefined ? 'accepts connections, does not respond' : `refuses sessions, ${refuses}`,
          evidence: [{ what: 'reply', value: plain(detail), source: socket }],
          next: 'open Processes, state of mariadbd or mysqld (T, D); open Storage: its disk; end of its error log',
        },
      ];
    }),
});

/** Connections near max_connections, or refused because of it (error 1040). */
export const mysqlConnections = defineFinding({
  id: 'mysql-connections',
  title: 'Connections of MySQL near the limit',
  needs,
  authority: 'awesome-prometheus-alerts MysqlTooManyConnections: 80 %; 95 % critical, as is a refused one',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([socket, server]): Found[] => {
      const { threadsConnected, maxConnections } = server;
      if (threadsConnected === undefined || !maxConnections) return [];
      const earlier = moment.mysqlServers.before?.servers.get(socket);
      const refused = delta(server.refused, earlier && 'channels' in earlier ? earlier.refused : undefined, 1) ?? 0;
      const usedPct = (100 * threadsConnected) / maxConnections;
      const severity = refused > 0 ? 'crit' : gradeOf(usedPct, CONNECTIONS_PCT);
      if (severity === undefined) return [];
      return [
        {
          ...about(socket, 'connections'),
          severity,
          sentence: `${threadsConnected} of ${maxConnections} connections, ${percent(usedPct)}${refused > 0 ? `, ${count(refused)} refused (error 1040)` : ''}`,
          evidence: [
            { what: 'refused since its start', value: String(server.refused ?? '—'), source: 'Connection_errors_max_connections' },
            { what: 'aborted by clients', value: String(server.abortedClients ?? '—'), source: 'Aborted_clients' },
          ],
          next: 'open Databases, Sessions: which user has them; a pool limit of the clients, or a leak of one',
        },
      ];
    }),
}); // prettier-ignore

/** Replication that stopped or is behind. */
export const mysqlReplication = defineFinding({
  id: 'mysql-replication',
  title: 'Replication of MySQL',
  needs,
  authority: 'state of both threads; Coroot: 30 s of lag; 300 s critical',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([socket, { channels }]) =>
      channels.flatMap((one): Found[] => {
        const severity = channelSeverity(one);
        if (severity === undefined) return [];
        return [
          {
            ...about(socket, `replication-${(one.name ?? one.source ?? 'default').replaceAll(/\s/g, '_')}`),
            severity,
            sentence: `${sentenceOf(one)}${one.source === undefined ? '' : `, source ${plain(one.source)}`}`,
            evidence: [
              { what: 'IO thread', value: plain(one.io ?? '—'), source: 'SHOW REPLICA STATUS' },
              { what: 'SQL thread', value: plain(one.sql ?? '—'), source: 'SHOW REPLICA STATUS' },
              { what: 'error', value: String(one.error ?? 'none'), source: 'SHOW REPLICA STATUS' },
            ],
            next: '`SHOW REPLICA STATUS` has the text of the error; then the network and disk of both servers',
          },
        ];
      }),
    ),
});

function sentenceOf(channel: MysqlChannel): string {
  const stopped = stoppedThreads(channel);
  if (stopped === undefined) return `replica is ${span(channel.lagSeconds ?? 0)} behind`;
  return `replication ${stopped.what}${channel.error === undefined ? '' : `, error ${channel.error}`}`;
}

/** Node of Galera outside the primary component: it refuses statements. */
export const mysqlGalera = defineFinding({
  id: 'mysql-galera',
  title: 'Galera node not Primary or not Synced',
  needs,
  authority: 'galeracluster.com, Monitoring: wsrep_cluster_status Primary, wsrep_ready ON, state Synced',
  judge: (moment): readonly Found[] =>
    serversOf(moment).flatMap(([socket, { galera }]): Found[] => {
      if (galera === undefined) return [];
      const severity = galeraSeverity(galera);
      if (severity === undefined) return [];
      const { status, isReady, state, size } = galera;
      const seen = status !== undefined && status !== 'Primary' ? status : (state ?? 'state unknown');
      return [
        {
          ...about(socket, 'galera'),
          severity,
          sentence: `Galera: ${plain(seen)}${isReady === false ? ', statements refused' : ''}${size === undefined ? '' : `, ${plural(size, 'node')}`}`,
          evidence: [
            { what: 'wsrep_local_state_comment', value: plain(state ?? '—'), source: 'SHOW GLOBAL STATUS' },
            { what: 'wsrep_local_recv_queue', value: String(galera.receiveQueue ?? '—'), source: 'SHOW GLOBAL STATUS' },
          ],
          next: 'find the other nodes: network between them (4567/tcp), their error logs; quorum needs a majority',
        },
      ];
    }),
});
