import { itemsOf, type RespValue } from './resp.ts';

/** Figures of INFO that are kept: no path, command line or name of a key is among them. https://redis.io/docs/latest/commands/info/ */
const FIGURES = new Set(
  `redis_version valkey_version server_name redis_mode tcp_port uptime_in_seconds server_time_usec
  connected_clients maxclients blocked_clients
  used_memory used_memory_rss used_memory_peak maxmemory maxmemory_policy mem_fragmentation_ratio
  loading loading_eta_seconds loading_loaded_perc rdb_changes_since_last_save rdb_bgsave_in_progress rdb_last_save_time rdb_last_bgsave_status
  aof_enabled aof_last_write_status aof_last_bgrewrite_status aof_rewrite_in_progress
  total_connections_received total_commands_processed rejected_connections evicted_keys expired_keys keyspace_hits keyspace_misses
  latest_fork_usec total_forks
  role master_host master_port master_link_status master_link_down_since_seconds master_last_io_seconds_ago master_sync_in_progress
  connected_slaves errorstat_OOM errorstat_MISCONF cluster_enabled
  cluster_state cluster_slots_fail cluster_slots_pfail cluster_known_nodes cluster_size`.split(/\s+/),
);
/** Replicas, databases, and of a sentinel its masters: numbered. */
const NUMBERED = /^(?:slave|db|master)\d+$/;
const MOST_FIGURES = 400;

/** `name:value` lines of INFO and CLUSTER INFO. */
export function pickedInfo(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  let left = MOST_FIGURES;
  for (const line of text.split(/\r?\n/)) {
    const [, name, value] = /^(\w+):(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !(FIGURES.has(name) || NUMBERED.test(name)) || left-- <= 0)
      continue;
    found[name] = value.slice(0, 400);
  }
  return found;
}

/** Slow command without its arguments, which are data of the customer. */
interface SlowCommand {
  readonly id: number;
  readonly at: number;
  readonly us: number;
  readonly command: string;
  readonly arguments: number;
}

/** Entries of SLOWLOG GET: id, Unix time, microseconds, command with arguments, client, its name. */
export const slowCommandsOf = (reply: RespValue): readonly SlowCommand[] =>
  itemsOf(reply).flatMap((entry) => {
    const [id, at, us, given] = itemsOf(entry);
    const words = itemsOf(given);
    if (typeof id !== 'number' || typeof at !== 'number' || typeof us !== 'number' || words.length === 0) return [];
    const [command] = words;
    const name = typeof command === 'string' && /^[\w.|-]{1,40}$/.test(command) ? command.toUpperCase() : 'unknown';
    return [{ id, at, us, command: name, arguments: words.length - 1 }];
  });

/** Entries of LATENCY LATEST: event, Unix time, last and longest, milliseconds. */
export const latencyOf = (reply: RespValue): readonly object[] =>
  itemsOf(reply).flatMap((entry) => {
    const [event, at, ms, maxMs] = itemsOf(entry);
    return typeof event === 'string' && typeof ms === 'number' ? [{ event: event.slice(0, 40), at, ms, maxMs }] : [];
  });

const MOST_ADDRESSES = 20;

/** Number of clients by address, of CLIENT LIST, most first; a unix socket has none. */
export function clientsByAddress(text: string): readonly { readonly address: string; readonly clients: number }[] {
  const numbers = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, address] = /(?:^| )addr=(\S*):\d+(?: |$)/.exec(line) ?? [];
    if (address === undefined) continue;
    const key = address.startsWith('/') ? 'unix socket' : address;
    numbers.set(key, (numbers.get(key) ?? 0) + 1);
  }
  return [...numbers]
    .map(([address, clients]) => ({ address, clients }))
    .toSorted((a, b) => b.clients - a.clients)
    .slice(0, MOST_ADDRESSES);
}
