import { countOf, fields, type Fields } from '../../lib/json.ts';

/** Number of ended ops and their total time, since the daemon started. */
export interface Latency {
  readonly count: number;
  readonly seconds: number;
}

/**
 * Latencies in use: group and counter in `perf dump`, newest name first. Definitions: src/osd/osd_perf_counters.cc and src/os/bluestore/BlueStore.cc of Ceph.
 */
const LATENCIES = {
  /** Client ops at the primary, including queue and replicas. */
  opRead: ['osd', 'op_r_latency'],
  opWrite: ['osd', 'op_w_latency'],
  opReadWrite: ['osd', 'op_rw_latency'],
  /** The same without the queue. */
  opReadProcess: ['osd', 'op_r_process_latency'],
  opWriteProcess: ['osd', 'op_w_process_latency'],
  /** Replica write: from its arrival until its commit was sent, spent on this OSD only. */
  subopWrite: ['osd', 'subop_w_latency'],
  /** From the arrival of a message until it is queued: the messenger, or a network that delivers it in pieces. */
  beforeQueue: ['osd', 'op_before_queue_op_lat'],
  /** From the arrival until the op has left the queue and holds the PG lock. */
  beforeDequeue: ['osd', 'op_before_dequeue_op_lat'],
  /** Object store: from the submission of a transaction until it is on the device. */
  commit: ['bluestore', 'txc_commit_lat', 'commit_lat'],
  kvSync: ['bluestore', 'kv_sync_lat'],
  kvFlush: ['bluestore', 'kv_flush_lat'],
  kvCommit: ['bluestore', 'kv_commit_lat'],
  kvQueued: ['bluestore', 'state_kv_queued_lat'],
  /** The misspelling is Ceph's. */
  kvCommitting: ['bluestore', 'state_kv_commiting_lat'],
  aioWait: ['bluestore', 'state_aio_wait_lat'],
  deferredAioWait: ['bluestore', 'state_deferred_aio_wait_lat'],
  throttled: ['bluestore', 'txc_throttle_lat', 'throttle_lat'],
  storeRead: ['bluestore', 'read_lat'],
} as const satisfies Record<string, readonly [string, string, string?]>;

const COUNTS = {
  /** Client ops in progress. */
  opsNow: ['osd', 'op_wip'],
  ops: ['osd', 'op'],
  reads: ['osd', 'op_r'],
  writes: ['osd', 'op_w'],
  readBytes: ['osd', 'op_out_bytes'],
  writtenBytes: ['osd', 'op_in_bytes'],
  subopWrites: ['osd', 'subop_w'],
  recoveryOps: ['osd', 'recovery_ops'],
  recoveryBytes: ['osd', 'recovery_bytes'],
  pgs: ['osd', 'numpg'],
  primaryPgs: ['osd', 'numpg_primary'],
  storeBytes: ['osd', 'stat_bytes'],
  storeUsedBytes: ['osd', 'stat_bytes_used'],
  dbBytes: ['bluefs', 'db_total_bytes'],
  dbUsedBytes: ['bluefs', 'db_used_bytes'],
  /** BlueFS spillover: DB on the slow device. */
  spilledBytes: ['bluefs', 'slow_used_bytes'],
  slowDeviceBytes: ['bluefs', 'slow_total_bytes'],
  fragmentationMicros: ['bluestore', 'fragmentation_micros', 'bluestore_fragmentation_micros'],
} as const satisfies Record<string, readonly [string, string, string?]>;

export type LatencyName = keyof typeof LATENCIES;
export type CountName = keyof typeof COUNTS;

export interface Throttle {
  readonly name: string;
  readonly now: number;
  readonly max: number;
  /** Number and total time of waits for it. */
  readonly wait: Latency | undefined;
}

/** Counters of one OSD, from `perf dump`. */
export interface OsdPerf {
  readonly latencies: Readonly<Partial<Record<LatencyName, Latency>>>;
  readonly counts: Readonly<Partial<Record<CountName, number>>>;
  readonly throttles: readonly Throttle[];
  /** Sum of its mempools; the RSS is larger. */
  readonly poolBytes: number | undefined;
}

/** `{"avgcount":121738,"sum":48.359999230,"avgtime":0.000397246}`; avgtime is the mean since the start and not used. */
function latencyOf(value: unknown): Latency | undefined {
  const { avgcount, sum } = fields(value);
  const [count, seconds] = [countOf(avgcount), countOf(sum)];
  return count === undefined || seconds === undefined ? undefined : { count, seconds };
}

const pick = (dump: Fields, [group, ...names]: readonly [string, string, string?]): unknown => {
  const counters = fields(dump[group]);
  return names.map((name) => counters[name ?? '']).find((value) => value !== undefined);
};

/** Counters of a parsed `perf dump`; undefined when it is not one of an OSD. */
export function osdPerfOf(value: unknown): OsdPerf | undefined {
  const dump = fields(value);
  if (dump['osd'] === undefined) return undefined;
  const latencies: Partial<Record<LatencyName, Latency>> = {};
  for (const [name, place] of Object.entries(LATENCIES)) {
    const latency = latencyOf(pick(dump, place));
    // Object.entries forgets what the keys are.
    if (latency) latencies[name as LatencyName] = latency;
  }
  const counts: Partial<Record<CountName, number>> = {};
  for (const [name, place] of Object.entries(COUNTS)) {
    const count = countOf(pick(dump, place));
    if (count !== undefined) counts[name as CountName] = count;
  }
  return { latencies, counts, throttles: throttlesOf(dump), poolBytes: poolBytesOf(fields(dump['mempool'])) };
}

function throttlesOf(dump: Fields): readonly Throttle[] {
  return Object.entries(dump).flatMap(([group, value]): Throttle[] => {
    if (!group.startsWith('throttle-')) return [];
    const { val, max, wait } = fields(value);
    const [now, most] = [countOf(val), countOf(max)];
    // A throttle without a max never holds ops back.
    if (now === undefined || most === undefined || most === 0) return [];
    return [{ name: group.slice('throttle-'.length), now, max: most, wait: latencyOf(wait) }];
  });
}

function poolBytesOf(pools: Fields): number | undefined {
  let sum: number | undefined;
  for (const [name, value] of Object.entries(pools)) {
    const bytes = name.endsWith('_bytes') ? countOf(value) : undefined;
    if (bytes !== undefined) sum = (sum ?? 0) + bytes;
  }
  return sum;
}

/** Mean latency of the ops that ended between two samples, ms; undefined when none did, or the counter went back. */
export function meanMs(now: Latency | undefined, before: Latency | undefined): number | undefined {
  if (!now || !before) return undefined;
  const [count, seconds] = [now.count - before.count, now.seconds - before.seconds];
  const mean = (seconds / count) * 1000;
  return count > 0 && seconds >= 0 && Number.isFinite(mean) ? mean : undefined;
}

/** Whether a counter went back: the daemon restarted. */
export const restarted = (now: OsdPerf, before: OsdPerf): boolean =>
  (['opWrite', 'opRead', 'subopWrite', 'commit', 'kvSync'] as const).some(
    (name) => (now.latencies[name]?.count ?? 0) < (before.latencies[name]?.count ?? 0),
  );
