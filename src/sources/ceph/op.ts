import { countOf, fields, items, json, textOf } from '../../lib/json.ts';

/** Stages of an op, in the order it passes through them. */
export type OpStage = 'receive' | 'queue' | 'pg' | 'peers' | 'store' | 'other';

/** One op of an OSD, from dump_ops_in_flight or dump_historic_*. */
export interface CephOp {
  readonly description: string;
  /** `osd_op` (of a client), `osd_repop` (as replica), `osd_repop_reply`, `MOSDPGPush`… */
  readonly kind: string;
  readonly client: string | undefined;
  /** IP address of the client, without port (0) and nonce. */
  readonly clientAddress: string | undefined;
  readonly pg: string | undefined;
  /** Time since it arrived. */
  readonly ageSeconds: number | undefined;
  /** Duration; of an op in flight so far. */
  readonly durationSeconds: number | undefined;
  /** Current state as named by the OSD: `waiting for sub ops`. */
  readonly flagPoint: string | undefined;
  /** Current event; of a historic op the longest one. */
  readonly slowestEvent: string | undefined;
  /** Replicas, from `waiting for subops from 1,2`; of their replies only the number is known. */
  readonly peers: readonly number[];
  readonly peerReplies: number;
  /** Committed on the device of this OSD. */
  readonly committed: boolean;
  readonly stageSeconds: Readonly<Partial<Record<OpStage, number>>>;
}

/**
 * Stage that begins at each event: its duration is the time until the next one. Once all replicas have replied a write waits
 * for the own device. `throttled` is recorded after `initiated` with an earlier time: its duration wraps around 2^32 and is
 * left out.
 */
const STAGES: readonly (readonly [prefix: string, stage: OpStage])[] = [
  ['initiated', 'receive'],
  ['throttled', 'receive'],
  ['header_read', 'receive'],
  ['all_read', 'receive'],
  ['dispatched', 'receive'],
  ['queued_for_pg', 'queue'],
  ['waiting for subops', 'peers'],
  ['sub_op_commit_rec', 'peers'],
  ['op_commit', 'peers'],
  ['waiting for', 'pg'],
  ['reached_pg', 'pg'],
  ['delayed', 'pg'],
  ['started', 'store'],
];

const stageOf = (event: string): OpStage => STAGES.find(([prefix]) => event.startsWith(prefix))?.[1] ?? 'other';

/** Limit of a duration: a longer one has wrapped. */
const MAX_SECONDS = 30 * 86_400;
const MAX_OPS = 200;

export interface OpsDump {
  readonly ops: readonly CephOp[];
  /** Ops in the dump, of which 200 are kept. */
  readonly number: number;
}

/** Ops of a dump; undefined when the text is not one. */
export function opsOf(text: string | undefined): OpsDump | undefined {
  const dump = fields(json(text));
  // `Ops` is how dump_historic_slow_ops spells it.
  const list = dump['ops'] ?? dump['Ops'];
  if (list === undefined) return undefined;
  const all = items(list);
  return { ops: all.slice(0, MAX_OPS).map(opOf), number: all.length };
}

function opOf(value: unknown): CephOp {
  const op = fields(value);
  const about = fields(op['type_data']);
  const info = fields(about['client_info']);
  const description = textOf(op['description']) ?? '';
  const stageSeconds: Partial<Record<OpStage, number>> = {};
  let slowest: { readonly event: string; readonly seconds: number } | undefined;
  let last: string | undefined;
  let peers: readonly number[] = [];
  let peerReplies = 0;
  let committed = false;
  for (const item of items(about['events'])) {
    const { event: name, duration } = fields(item);
    const event = textOf(name);
    if (event === undefined) continue;
    const waited = /^waiting for subops from ([\d,]+)/.exec(event)?.[1];
    if (waited !== undefined) peers = waited.split(',').filter(Boolean).slice(0, 32).map(Number);
    if (event === 'sub_op_commit_rec') peerReplies++;
    if (event === 'op_commit' || event === 'commit_sent') committed = true;
    // The sum over all events, not a stage.
    if (event === 'done') continue;
    last = event;
    const seconds = countOf(duration);
    if (seconds === undefined || seconds > MAX_SECONDS) continue;
    const stage = event === 'sub_op_commit_rec' && !committed && peerReplies >= peers.length ? 'store' : stageOf(event);
    stageSeconds[stage] = (stageSeconds[stage] ?? 0) + seconds;
    if (seconds > (slowest?.seconds ?? 0)) slowest = { event, seconds };
  }
  const flagPoint = textOf(about['flag_point']);
  const over = flagPoint === undefined || flagPoint.startsWith('commit sent') || flagPoint === 'done';
  return {
    description,
    kind: /^\w+/.exec(description)?.[0] ?? 'op',
    client: textOf(info['client']),
    clientAddress: /^\[?([\da-fA-F.:]+?)\]?:\d+\/\d+$/.exec(textOf(info['client_addr']) ?? '')?.[1],
    pg: /\s(\d+\.[\da-f]+)(?:s\d+)?\s/.exec(description)?.[1],
    ageSeconds: countOf(op['age']),
    durationSeconds: countOf(op['duration']),
    flagPoint,
    slowestEvent: over ? slowest?.event : last,
    peers,
    peerReplies,
    committed,
    stageSeconds,
  };
}

/** Stage with the most time of some ops, and its share. */
export function dominantStage(
  ops: readonly CephOp[],
): { readonly stage: OpStage; readonly sharePct: number } | undefined {
  const sums = new Map<OpStage, number>();
  let all = 0;
  for (const { stageSeconds } of ops)
    for (const [stage, seconds] of Object.entries(stageSeconds)) {
      // Object.entries forgets what the keys are.
      sums.set(stage as OpStage, (sums.get(stage as OpStage) ?? 0) + seconds);
      all += seconds;
    }
  let most: readonly [OpStage, number] | undefined;
  for (const entry of sums) if (entry[1] > (most?.[1] ?? 0)) most = entry;
  return most && { stage: most[0], sharePct: (most[1] / all) * 100 };
}
