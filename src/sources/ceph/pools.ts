import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { clusterRead } from './reads.ts';
import { defineSource } from '../source.ts';

export interface Pool {
  readonly id: number;
  readonly name: string;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly recoveryBytesPerSec: number | undefined;
  readonly storedBytes: number | undefined;
  readonly objects: number | undefined;
  /** %USED of `ceph df`. */
  readonly usedPct: number | undefined;
  readonly freeBytes: number | undefined;
  readonly degradedObjects: number | undefined;
  readonly misplacedObjects: number | undefined;
}

/** `osd pool stats` (mgr) and `df` (mon). Rates are means of the mgr; an idle pool has `{}`. */
export const cephPools = defineSource({
  id: 'ceph-pools',
  title: 'Pools',
  why: 'Shows client and recovery I/O of each pool, and its usage.',
  everySeconds: 10,
  value: 'low',
  reads: { stats: clusterRead('mgr', { prefix: 'osd pool stats' }), df: clusterRead('mon', { prefix: 'df' }) },
  parse: ({ stats, df }): readonly Pool[] | undefined => {
    if (stats === undefined && df === undefined) return undefined;
    const pools = new Map<number, Pool>();
    for (const value of items(json(stats))) {
      const pool = fields(value);
      const id = countOf(pool['pool_id']);
      if (id === undefined) continue;
      const io = fields(pool['client_io_rate']);
      const left = fields(pool['recovery']);
      pools.set(id, {
        ...emptyPool(id, textOf(pool['pool_name'])),
        readsPerSec: countOf(io['read_op_per_sec']) ?? 0,
        writesPerSec: countOf(io['write_op_per_sec']) ?? 0,
        readBytesPerSec: countOf(io['read_bytes_sec']) ?? 0,
        writeBytesPerSec: countOf(io['write_bytes_sec']) ?? 0,
        recoveryBytesPerSec: countOf(fields(pool['recovery_rate'])['recovering_bytes_per_sec']) ?? 0,
        degradedObjects: countOf(left['degraded_objects']) ?? 0,
        misplacedObjects: countOf(left['misplaced_objects']) ?? 0,
      });
    }
    for (const value of items(fields(json(df))['pools'])) {
      const { id: number, name, stats: use } = fields(value);
      const id = countOf(number);
      if (id === undefined) continue;
      const { stored, objects, percent_used: ratio, max_avail: free } = fields(use);
      const used = partOf(countOf(ratio), 1);
      pools.set(id, {
        ...(pools.get(id) ?? emptyPool(id, textOf(name))),
        storedBytes: countOf(stored),
        objects: countOf(objects),
        usedPct: used === undefined ? undefined : used * 100,
        freeBytes: countOf(free),
      });
    }
    return [...pools.values()];
  },
  identifiers: (pools) =>
    named(
      'pool',
      pools?.map(({ name }) => name),
    ),
});

const emptyPool = (id: number, name: string | undefined): Pool => ({
  id,
  name: name ?? String(id),
  readsPerSec: undefined,
  writesPerSec: undefined,
  readBytesPerSec: undefined,
  writeBytesPerSec: undefined,
  recoveryBytesPerSec: undefined,
  storedBytes: undefined,
  objects: undefined,
  usedPct: undefined,
  freeBytes: undefined,
  degradedObjects: undefined,
  misplacedObjects: undefined,
});
