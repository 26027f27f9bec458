import { askDaemons, byOsd } from './reads.ts';
import { opsOf, type OpsDump } from './op.ts';
import { defineSource } from '../source.ts';

export type OpsSample = ReadonlyMap<number, OpsDump>;

const opsByOsd = (values: Parameters<typeof byOsd>[0]): OpsSample => {
  const all = new Map<number, OpsDump>();
  for (const [osd, told] of byOsd(values)) {
    const dump = told.ok ? opsOf(told.text) : undefined;
    if (dump) all.set(osd, dump);
  }
  return all;
};

const weightKiB = (sample: OpsSample): number => {
  let ops = 0;
  for (const dump of sample.values()) ops += dump.ops.length;
  return ops * 0.7;
};

/** Operations that the OSDs of this host are working on now: about 1 kB each. */
export const cephOps = defineSource({
  id: 'ceph-ops',
  title: 'Operations in flight',
  why: 'What each OSD works on now, since when, and whom it waits for.',
  everySeconds: 5,
  value: 'low',
  reads: askDaemons('osd', { prefix: 'dump_ops_in_flight' }),
  weightKiB,
  parse: opsByOsd,
});

/** The last 20 operations of each OSD that took longer than osd_op_history_slow_op_threshold (10 s unless set). */
export const cephSlowOps = defineSource({
  id: 'ceph-slow-ops',
  title: 'Slow operations lately',
  why: 'Which stage slow operations spent their time in: receiving, queue, device, peers.',
  everySeconds: 15,
  value: 'low',
  reads: askDaemons('osd', { prefix: 'dump_historic_slow_ops' }),
  weightKiB,
  parse: opsByOsd,
});
