import { daemonReads, byOsd } from './reads.ts';
import { opsOf, type OpsDump } from './op.ts';
import { defineSource } from '../source.ts';

export type OpsSample = ReadonlyMap<number, OpsDump>;

const opsByOsd = (values: Parameters<typeof byOsd>[0]): OpsSample => {
  const all = new Map<number, OpsDump>();
  for (const [osd, reply] of byOsd(values)) {
    const dump = reply.ok ? opsOf(reply.text) : undefined;
    if (dump) all.set(osd, dump);
  }
  return all;
};

const weightKiB = (sample: OpsSample): number => {
  let ops = 0;
  for (const dump of sample.values()) ops += dump.ops.length;
  return ops * 0.7;
};

/** Ops in flight of the local OSDs: about 1 kB each. */
export const cephOps = defineSource({
  id: 'ceph-ops',
  title: 'Ops in flight',
  why: 'Shows the ops in progress on each OSD, their age, and the replicas they wait for.',
  everySeconds: 5,
  value: 'low',
  reads: daemonReads('osd', { prefix: 'dump_ops_in_flight' }),
  weightKiB,
  parse: opsByOsd,
});

/** Last 20 ops of each OSD that took longer than osd_op_history_slow_op_threshold. Default: 10 s. */
export const cephSlowOps = defineSource({
  id: 'ceph-slow-ops',
  title: 'Recent slow ops',
  why: 'Shows the stage in which slow ops spent their time: receive, queue, device, replicas.',
  everySeconds: 15,
  value: 'low',
  reads: daemonReads('osd', { prefix: 'dump_historic_slow_ops' }),
  weightKiB,
  parse: opsByOsd,
});
