import { opsOf, type OpsDump } from './op.ts';
import { clusterRead, daemonReads, byOsd } from './reads.ts';
import { defineDetail } from '../source.ts';

export interface OsdOpsTarget {
  readonly osd: number;
  /** In flight, or historic: the last 20 of 10 minutes by default (osd_op_history_size, osd_op_history_duration). */
  readonly which: 'dump_ops_in_flight' | 'dump_historic_ops';
}

const title = 'Ops of one OSD';
const why = 'Shows the ops in progress, the replicas they wait for, and where recent ones spent their time.';
const example: OsdOpsTarget = { osd: 0, which: 'dump_historic_ops' };

/** Ops of a local OSD, by its admin socket: 37 kB and 0.7 ms of its CPU. */
export const cephOsdOps = defineDetail({
  id: 'ceph-osd-ops',
  title,
  why,
  everySeconds: 4,
  reads: ({ osd, which }: OsdOpsTarget) => daemonReads('osd', { prefix: which }, String(osd)),
  parse: (values, { osd }): OpsDump | undefined => {
    const reply = byOsd(values).get(osd);
    return reply?.ok ? opsOf(reply.text) : undefined;
  },
  example,
});

/** Ops of an OSD on another host, through librados. */
export const cephRemoteOsdOps = defineDetail({
  id: 'ceph-far-osd-ops',
  title,
  why,
  everySeconds: 4,
  reads: ({ osd, which }: OsdOpsTarget) => ({ ops: clusterRead(String(osd), { prefix: which }) }),
  parse: ({ ops }): OpsDump | undefined => opsOf(ops),
  example,
});
