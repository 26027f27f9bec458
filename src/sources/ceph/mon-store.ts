import { countOf, fields, json } from '../../lib/json.ts';
import { byDaemon, daemonReads } from './reads.ts';
import type { Latency } from './osd-perf.ts';
import { defineSource } from '../source.ts';

/** Paxos counters of a local monitor: sums since its start. */
export interface MonStore {
  /** Commits to its store, of a leader. */
  readonly commit: Latency | undefined;
  /** Proposals written to its store before they are accepted, of a leader and of peons. */
  readonly begin: Latency | undefined;
}

/**
 * `perf dump paxos` of local monitors, by name: each change of a map is an fsync of their store, before any client gets a reply.
 * `{"paxos":{"commit":122,"commit_latency":{"avgcount":122,"sum":0.11,…},"begin_latency":{…},…}}`
 */
export const cephMonStore = defineSource({
  id: 'ceph-mon-store',
  title: 'Store of local monitors',
  why: 'Distinguishes a monitor with a slow disk from one that is unresponsive.',
  everySeconds: 5,
  countsSince: 'start',
  reads: daemonReads('mon', { prefix: 'perf dump', logger: 'paxos' }),
  parse: (values): ReadonlyMap<string, MonStore> =>
    new Map(
      [...byDaemon(values)].flatMap(([name, reply]): readonly (readonly [string, MonStore])[] => {
        const paxos = fields(fields(reply.ok ? json(reply.text) : undefined)['paxos']);
        const [commit, begin] = [sumOf(paxos['commit_latency']), sumOf(paxos['begin_latency'])];
        return commit === undefined && begin === undefined ? [] : [[name, { commit, begin }]];
      }),
    ),
});

function sumOf(value: unknown): Latency | undefined {
  const { avgcount, sum } = fields(value);
  const [count, seconds] = [countOf(avgcount), countOf(sum)];
  return count === undefined || seconds === undefined ? undefined : { count, seconds };
}
