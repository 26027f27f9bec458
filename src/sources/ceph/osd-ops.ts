import { opsOf, type OpsDump } from './op.ts';
import { askCluster, askDaemons, byOsd } from './reads.ts';
import { defineDetail } from '../source.ts';

export interface OsdOpsTarget {
  readonly osd: number;
  /** In flight; or the last 20 of the last ten minutes, unless osd_op_history_size and _duration say otherwise. */
  readonly which: 'dump_ops_in_flight' | 'dump_historic_ops';
}

const title = 'Operations of one OSD';
const why = 'What it works on, whom it waits for, and where the last ones spent their time.';
const example: OsdOpsTarget = { osd: 0, which: 'dump_historic_ops' };

/** Of an OSD on this host, by its socket: 37 kB and 0.7 ms of its CPU. */
export const cephOsdOps = defineDetail({
  id: 'ceph-osd-ops',
  title,
  why,
  everySeconds: 4,
  reads: ({ osd, which }: OsdOpsTarget) => askDaemons('osd', { prefix: which }, String(osd)),
  parse: (values, { osd }): OpsDump | undefined => {
    const told = byOsd(values).get(osd);
    return told?.ok ? opsOf(told.text) : undefined;
  },
  example,
});

/** Of an OSD on another host, through the cluster. */
export const cephFarOsdOps = defineDetail({
  id: 'ceph-far-osd-ops',
  title,
  why,
  everySeconds: 4,
  reads: ({ osd, which }: OsdOpsTarget) => ({ ops: askCluster(String(osd), { prefix: which }) }),
  parse: ({ ops }): OpsDump | undefined => opsOf(ops),
  example,
});
