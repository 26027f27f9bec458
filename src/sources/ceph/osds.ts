import type { Missing } from '../../host/host.ts';
import { json } from '../../lib/json.ts';
import { askDaemons, byOsd } from './reads.ts';
import { osdPerfOf, type OsdPerf } from './osd-perf.ts';
import { defineSource } from '../source.ts';

/** What one OSD said of itself, or why it said nothing. */
export interface OsdSaid {
  readonly perf: OsdPerf | undefined;
  readonly missing: Missing | undefined;
  /** How long the asking took; undefined where it was asked along with others. */
  readonly tookMs: number | undefined;
}

export type OsdsSample = ReadonlyMap<number, OsdSaid>;

/**
 * Counters of the OSDs on this host, from their admin sockets: 18 kB and 0.35 ms of CPU each.
 * https://docs.ceph.com/en/latest/dev/perf_counters/
 */
export const cephOsds = defineSource({
  id: 'ceph-osds',
  title: 'OSDs of this host',
  why: 'Which OSD is slow and where its time goes: queue, device or network. Works without monitors.',
  everySeconds: 2,
  value: 'high',
  reads: askDaemons('osd', { prefix: 'perf dump' }),
  weightKiB: (sample: OsdsSample) => sample.size * 4,
  parse: (values): OsdsSample =>
    new Map(
      [...byOsd(values)].map(([osd, told]): [number, OsdSaid] => [
        osd,
        told.ok
          ? { perf: osdPerfOf(json(told.text)), missing: undefined, tookMs: told.tookMs }
          : { perf: undefined, missing: told, tookMs: undefined },
      ]),
    ),
});
