import { plain } from '../../lib/plain.ts';
import { bytes, count, percent } from '../../lib/units.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Pool } from '../../sources/ceph/pools.ts';
import type { Column, TableSection } from '../pane.ts';

const rate = (
  id: string,
  title: string,
  about: string,
  rank: number,
  pick: (pool: Pool) => number | undefined,
  text: (value: number | undefined) => string,
): Column<Pool> => ({
  id,
  title,
  about,
  width: 7,
  align: 'right',
  rank,
  value: pick,
  text: (pool) => text(pick(pool)),
});

const columns: readonly Column<Pool>[] = [
  {
    id: 'pool',
    title: 'pool',
    about: 'Name of the pool.',
    width: 16,
    grow: true,
    rank: 0,
    value: ({ name }) => plain(name),
  },
  rate('w', 'w/s', 'Client writes per second.', 0, (pool) => pool.writesPerSec, count),
  rate('r', 'r/s', 'Client reads per second.', 0, (pool) => pool.readsPerSec, count),
  rate('wbytes', 'wB/s', 'Client writes, bytes per second.', 1, (pool) => pool.writeBytesPerSec, bytes),
  rate('rbytes', 'rB/s', 'Client reads, bytes per second.', 1, (pool) => pool.readBytesPerSec, bytes),
  rate('recovery', 'recov/s', 'Recovery, bytes per second.', 1, (pool) => pool.recoveryBytesPerSec, bytes),
  rate('degraded', 'degrad', 'Degraded objects: missing copies.', 1, (pool) => pool.degradedObjects, count),
  rate('misplaced', 'misplc', 'Misplaced objects: copies on the wrong OSD.', 2, (pool) => pool.misplacedObjects, count),
  rate('objects', 'objects', 'Number of objects.', 3, (pool) => pool.objects, count),
  rate('stored', 'stored', 'STORED of ceph df: client data without copies.', 2, (pool) => pool.storedBytes, bytes),
  {
    ...rate('used', '%used', '%USED of ceph df.', 1, (pool) => pool.usedPct, percent),
    role: (pool) => grade(pool.usedPct, limits.osdUsedPct),
  },
  rate('free', 'avail', 'MAX AVAIL of ceph df: what clients can still store.', 3, (pool) => pool.freeBytes, bytes),
];

export const poolsSection = (pools: readonly Pool[], empty: string): TableSection<Pool> => ({
  kind: 'table',
  id: 'pools',
  title: 'Pools',
  note: pools.length === 0 ? '' : `${pools.length}`,
  sources: ['ceph-pools'],
  columns,
  rows: pools,
  key: ({ name }) => `pool ${name}`,
  sort: { column: 'w', descending: true },
  empty,
  minRows: 3,
});
