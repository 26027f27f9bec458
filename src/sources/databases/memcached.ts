import { fields, json, textsOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';
import { figureOf, listenerServers, listening, type ListenerServers } from './listeners.ts';

export interface MemcachedServer {
  readonly version: string | undefined;
  readonly connections: number | undefined;
  readonly maxConnections: number | undefined;
  /** Times that it stopped accepting because of the limit, since its start. */
  readonly listenDisabled: number | undefined;
  readonly isAccepting: boolean | undefined;
  readonly usedBytes: number | undefined;
  readonly maxBytes: number | undefined;
  readonly items: number | undefined;
  readonly evictions: number | undefined;
  readonly outOfMemory: number | undefined;
  readonly hits: number | undefined;
  readonly misses: number | undefined;
}

/**
 * `stats` and `stats settings` of each server:
 *
 *     STAT curr_connections 12
 *     STAT listen_disabled_num 0
 *     STAT evictions 512
 *
 * https://github.com/memcached/memcached/blob/master/doc/protocol.txt
 */
export const memcachedServers = defineSource({
  id: 'memcached-servers',
  title: 'memcached servers',
  why: 'Shows connections, memory, evictions and hit rate of memcached.',
  everySeconds: 5,
  reads: { memcached: listening('memcached', 'memcached', 'server') },
  parse: ({ memcached }): MemcachedServersSample | undefined => {
    const servers = listenerServers('memcached', [memcached], serverOf);
    return servers && { servers };
  },
});

export interface MemcachedServersSample {
  readonly servers: ListenerServers<MemcachedServer>;
}

function serverOf(text: string): MemcachedServer {
  const reply = fields(json(text));
  const [stats, settings] = [textsOf(reply['stats']), textsOf(reply['settings'])];
  const number = (name: string): number | undefined => figureOf(stats.get(name));
  const accepting = stats.get('accepting_conns');
  return {
    version: stats.get('version'),
    connections: number('curr_connections'),
    maxConnections: number('max_connections') ?? figureOf(settings.get('maxconns')),
    listenDisabled: number('listen_disabled_num'),
    isAccepting: accepting === undefined ? undefined : accepting === '1',
    usedBytes: number('bytes'),
    maxBytes: number('limit_maxbytes') || undefined,
    items: number('curr_items'),
    evictions: number('evictions'),
    // Stores that found no room although items may be evicted.
    outOfMemory: number('store_no_memory'),
    hits: number('get_hits'),
    misses: number('get_misses'),
  };
}
