import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { grade, limits } from '../../thresholds.ts';
import type { Pool } from '../../sources/ceph/pools.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { bytesColumn, countColumn, percentColumn } from '../../ui/kit/columns.ts';

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
  countColumn({
    id: 'w',
    title: 'w/s',
    about: 'Client writes per second.',
    width: 7,
    rank: 0,
    value: (pool) => pool.writesPerSec,
  }),
  countColumn({
    id: 'r',
    title: 'r/s',
    about: 'Client reads per second.',
    width: 7,
    rank: 0,
    value: (pool) => pool.readsPerSec,
  }),
  bytesColumn({
    id: 'wbytes',
    title: 'wB/s',
    about: 'Client writes, bytes per second.',
    width: 7,
    rank: 1,
    value: (pool) => pool.writeBytesPerSec,
  }),
  bytesColumn({
    id: 'rbytes',
    title: 'rB/s',
    about: 'Client reads, bytes per second.',
    width: 7,
    rank: 1,
    value: (pool) => pool.readBytesPerSec,
  }),
  bytesColumn({
    id: 'recovery',
    title: 'recov/s',
    about: 'Recovery, bytes per second.',
    width: 7,
    rank: 1,
    value: (pool) => pool.recoveryBytesPerSec,
  }),
  countColumn({
    id: 'degraded',
    title: 'degrad',
    about: 'Degraded objects: missing copies.',
    width: 7,
    rank: 1,
    value: (pool) => pool.degradedObjects,
  }),
  countColumn({
    id: 'misplaced',
    title: 'misplc',
    about: 'Misplaced objects: copies on the wrong OSD.',
    width: 7,
    rank: 2,
    value: (pool) => pool.misplacedObjects,
  }),
  countColumn({
    id: 'objects',
    title: 'objects',
    about: 'Number of objects.',
    width: 7,
    rank: 3,
    value: (pool) => pool.objects,
  }),
  bytesColumn({
    id: 'stored',
    title: 'stored',
    about: 'STORED of ceph df: client data without copies.',
    width: 7,
    rank: 2,
    value: (pool) => pool.storedBytes,
  }),
  percentColumn({
    id: 'used',
    title: '%used',
    about: '%USED of ceph df.',
    width: 7,
    rank: 1,
    value: (pool) => pool.usedPct,
    role: (pool) => grade(pool.usedPct, limits.osdUsedPct),
  }),
  bytesColumn({
    id: 'free',
    title: 'avail',
    about: 'MAX AVAIL of ceph df: what clients can still store.',
    width: 7,
    rank: 3,
    value: (pool) => pool.freeBytes,
  }),
];

export const poolsSection = (pools: readonly Pool[], empty: NothingWords): TableSection<Pool> => ({
  kind: 'table',
  id: 'pools',
  title: 'Pools',
  note: pools.length === 0 ? '' : `${pools.length}`,
  sources: ['ceph-pools'],
  columns,
  rows: pools,
  key: ({ name }) => `pool ${name}`,
  entity: ({ name }) => entityRef('pool', name),
  sort: { column: 'w', descending: true },
  empty,
  minRows: 3,
});
