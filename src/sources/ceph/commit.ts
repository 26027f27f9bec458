import { countOf, fields, items, json } from '../../lib/json.ts';
import { clusterRead } from './reads.ts';
import { defineSource } from '../source.ts';

export interface CommitSample {
  /** Commit latency by OSD, whole ms: 0 is less than one. */
  readonly commitMs: ReadonlyMap<number, number>;
  /** PGs that wait for an OSD to peer, by OSD. */
  readonly blockedPgs: ReadonlyMap<number, number>;
}

/**
 * `osd perf` and `osd blocked-by`: one small reply of the mgr for all OSDs of a cluster. It covers devices only: a full queue
 * or a slow network leave it at 0.
 */
export const cephCommit = defineSource({
  id: 'ceph-commit',
  title: 'Commit latencies',
  why: 'Shows the commit latency of every OSD of the cluster in one small reply.',
  everySeconds: 3,
  reads: {
    perf: clusterRead('mgr', { prefix: 'osd perf' }),
    blockedBy: clusterRead('mgr', { prefix: 'osd blocked-by' }),
  },
  weightKiB: (sample: CommitSample | undefined) => (sample?.commitMs.size ?? 0) * 0.03,
  parse: ({ perf, blockedBy }): CommitSample | undefined => {
    if (perf === undefined && blockedBy === undefined) return undefined;
    // Before Nautilus there was no `osdstats` around it.
    const reply = fields(json(perf));
    const infos = fields(reply['osdstats'] ?? reply)['osd_perf_infos'];
    const blocked = fields(fields(json(blockedBy))['osd_blocked_by'])['osd_blocked_by_infos'];
    return {
      commitMs: numbers(infos, 'id', (each) => fields(each['perf_stats'])['commit_latency_ms']),
      blockedPgs: numbers(blocked, 'id', (each) => each['num_blocked']),
    };
  },
});

function numbers(
  value: unknown,
  key: string,
  pick: (each: ReturnType<typeof fields>) => unknown,
): ReadonlyMap<number, number> {
  const all = new Map<number, number>();
  for (const item of items(value)) {
    const each = fields(item);
    const [osd, number] = [countOf(each[key]), countOf(pick(each))];
    if (osd !== undefined && number !== undefined) all.set(osd, number);
  }
  return all;
}
