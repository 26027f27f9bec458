import { connectionsSeverity, shareOf } from '../../entities/databases/connections.ts';
import { EVICTIONS_PER_SEC, gradeOf } from '../../entities/databases/limits.ts';
import { serversRead } from '../../entities/databases/seen-servers.ts';
import { binaryBytes, count, percent } from '../../lib/units.ts';
import { memcachedServers } from '../../sources/databases/memcached.ts';
import { delta } from '../../timeline/moment.ts';
import { defineFinding, type Found } from '../finding.ts';
import { aboutServer, unresponsiveFound } from './listener-rules.ts';

const needs = { memcachedServers };

/** A server that does not reply. */
export const memcachedUnresponsive = defineFinding({
  id: 'memcached-unresponsive',
  title: 'memcached that does not respond',
  needs,
  authority: '[own]: no reply within 4 s; at its limit of connections it accepts none',
  judge: ({ memcachedServers: seen }): readonly Found[] =>
    unresponsiveFound(seen, 'memcached', { 'too many open connections': /Too many open connections/ }),
});

/** Connections near the limit, at which it stops accepting. */
export const memcachedConnections = defineFinding({
  id: 'memcached-connections',
  title: 'Connections of memcached near the limit',
  needs,
  authority: 'awesome-prometheus-alerts MemcachedConnectionLimitApproaching: 80 %; 95 % and a stop of accepting are critical',
  judge: ({ memcachedServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before }): Found[] => {
      const stops = delta(state.listenDisabled, before?.listenDisabled, 1) ?? 0;
      const refuses = stops > 0 || state.isAccepting === false;
      const severity = refuses ? 'crit' : connectionsSeverity(state.connections, state.maxConnections);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'connections'),
          severity,
          sentence: `${state.connections ?? '—'} of ${state.maxConnections ?? '—'} connections, ${percent(shareOf(state.connections, state.maxConnections))}${refuses ? ', accepts no more (listen_disabled)' : ''}`,
          evidence: [{ what: 'stops since its start', value: String(state.listenDisabled ?? '—'), source: 'listen_disabled_num' }],
          next: 'open Network: peers of its port; a pool limit of the clients, then -c of memcached',
        },
      ];
    }),
}); // prettier-ignore

/** Items evicted before they expire, or refused. */
export const memcachedEvictions = defineFinding({
  id: 'memcached-evictions',
  title: 'Evictions of memcached',
  needs,
  authority: 'awesome-prometheus-alerts MemcachedEvictionsHigh: 10/s; a store without room is critical',
  judge: ({ memcachedServers: seen }): readonly Found[] =>
    serversRead(seen).flatMap(({ server, state, before, seconds }): Found[] => {
      const perSec = delta(state.evictions, before?.evictions, seconds);
      const refused = delta(state.outOfMemory, before?.outOfMemory, 1) ?? 0;
      const severity = refused > 0 ? 'crit' : gradeOf(perSec, EVICTIONS_PER_SEC);
      if (severity === undefined) return [];
      return [
        {
          ...aboutServer(server, 'evictions'),
          severity,
          sentence: `${refused > 0 ? `${count(refused)} stores refused, out of memory` : `${count(perSec)} evictions/s`}, ${binaryBytes(state.usedBytes)} of ${binaryBytes(state.maxBytes)} used`,
          evidence: [
            { what: 'evicted since its start', value: String(state.evictions ?? '—'), source: 'evictions' },
            { what: 'items', value: count(state.items), source: 'curr_items' },
          ],
          next: 'compare its hit rate in Databases; then -m of memcached, or shorter expiry of the clients',
        },
      ];
    }),
}); // prettier-ignore
