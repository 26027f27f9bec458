import { missing } from '../../host/host.ts';
import { countOf, fields, json, textOf } from '../../lib/json.ts';
import { osdPerfOf } from './osd-perf.ts';
import type { OsdSaid, OsdsSample } from './osds.ts';
import { askCluster } from './reads.ts';
import { defineSource } from '../source.ts';

export interface AllOsdsSample {
  readonly osds: OsdsSample;
  /** OSDs that the cluster has, of which only the slowest are asked when there are very many. */
  readonly number: number | undefined;
}

const ETIMEDOUT = 110;

/**
 * Counters of the OSDs of the whole cluster through librados, by the same question that their sockets answer; of more than
 * 128 those that commit slowest. `{"of":3,"asked":3,"osds":{"0":{"osd":{…}},"1":{"_ret":110,"_said":""}}}`
 */
export const cephAllOsds = defineSource({
  id: 'ceph-all-osds',
  title: 'OSDs of the cluster',
  why: 'The same figures of OSDs on other hosts: a slow one there slows the writes of all.',
  everySeconds: 5,
  reads: { osds: askCluster('osds', { prefix: 'perf dump' }) },
  weightKiB: (sample: AllOsdsSample | undefined) => (sample?.osds.size ?? 0) * 4,
  parse: ({ osds }): AllOsdsSample | undefined => {
    if (osds === undefined) return undefined;
    const answer = fields(json(osds));
    const said = new Map<number, OsdSaid>();
    for (const [name, value] of Object.entries(fields(answer['osds']))) {
      if (!/^\d{1,9}$/.test(name)) continue;
      const ret = countOf(fields(value)['_ret']);
      const why = ret === ETIMEDOUT ? 'timeout' : 'failed';
      said.set(Number(name), {
        perf: ret === undefined ? osdPerfOf(value) : undefined,
        missing:
          ret === undefined
            ? undefined
            : missing(why, `osd.${name}: ${textOf(fields(value)['_said']) ?? `error ${ret}`}`),
        tookMs: undefined,
      });
    }
    return { osds: said, number: countOf(answer['of']) };
  },
});
