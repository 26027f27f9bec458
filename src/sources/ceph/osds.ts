import type { Missing } from '../../host/host.ts';
import { json } from '../../lib/json.ts';
import { daemonReads, byOsd } from './reads.ts';
import { osdPerfOf, type OsdPerf } from './osd-perf.ts';
import { defineSource } from '../source.ts';

/** Counters of one OSD, or why there are none. */
export interface OsdReply {
  readonly perf: OsdPerf | undefined;
  readonly missing: Missing | undefined;
  /** Duration of the request; undefined where it was polled along with others. */
  readonly tookMs: number | undefined;
}

export type OsdsSample = ReadonlyMap<number, OsdReply>;

/**
 * Counters of the local OSDs, from their admin sockets: 18 kB and 0.35 ms of CPU each.
 * https://docs.ceph.com/en/latest/dev/perf_counters/
 */
export const cephOsds = defineSource({
  id: 'ceph-osds',
  title: 'Local OSDs',
  why: 'Shows which OSD is slow and where: queue, device or network. Works without monitors.',
  everySeconds: 2,
  value: 'high',
  countsSince: 'start',
  reads: daemonReads('osd', { prefix: 'perf dump' }),
  weightKiB: (sample: OsdsSample) => sample.size * 4,
  parse: (values): OsdsSample =>
    new Map(
      [...byOsd(values)].map(([osd, reply]): [number, OsdReply] => [
        osd,
        reply.ok
          ? { perf: osdPerfOf(json(reply.text)), missing: undefined, tookMs: reply.tookMs }
          : { perf: undefined, missing: reply, tookMs: undefined },
      ]),
    ),
});
