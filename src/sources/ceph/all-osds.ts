import { missing } from '../../host/host.ts';
import { countOf, fields, json, textOf } from '../../lib/json.ts';
import { osdPerfOf } from './osd-perf.ts';
import type { OsdReply, OsdsSample } from './osds.ts';
import { clusterRead } from './reads.ts';
import { defineSource } from '../source.ts';

export interface AllOsdsSample {
  readonly osds: OsdsSample;
  /** OSDs in the cluster; above 128 only the slowest are polled. */
  readonly number: number | undefined;
}

const ETIMEDOUT = 110;

/**
 * Counters of all OSDs of the cluster through librados: the `perf dump` of their admin sockets. Above 128 OSDs those with the
 * highest commit latency. `{"of":3,"asked":3,"osds":{"0":{"osd":{…}},"1":{"_ret":110,"_said":""}}}`
 */
export const cephAllOsds = defineSource({
  id: 'ceph-all-osds',
  title: 'OSDs of the cluster',
  why: 'Shows slow OSDs on other hosts, which slow down the writes of all.',
  everySeconds: 5,
  reads: { osds: clusterRead('osds', { prefix: 'perf dump' }) },
  weightKiB: (sample: AllOsdsSample | undefined) => (sample?.osds.size ?? 0) * 4,
  parse: ({ osds }): AllOsdsSample | undefined => {
    if (osds === undefined) return undefined;
    const all = fields(json(osds));
    const replies = new Map<number, OsdReply>();
    for (const [name, value] of Object.entries(fields(all['osds']))) {
      if (!/^\d{1,9}$/.test(name)) continue;
      const ret = countOf(fields(value)['_ret']);
      const why = ret === ETIMEDOUT ? 'timeout' : 'failed';
      replies.set(Number(name), {
        perf: ret === undefined ? osdPerfOf(value) : undefined,
        missing:
          ret === undefined
            ? undefined
            : missing(why, `osd.${name}: ${textOf(fields(value)['_said']) ?? `error ${ret}`}`),
        tookMs: undefined,
      });
    }
    return { osds: replies, number: countOf(all['of']) };
  },
});
