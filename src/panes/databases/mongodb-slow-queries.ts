import { slowSeverity, type SlowCollection } from '../../entities/databases/mongodb-slow-queries.ts';
import { collectionRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { NothingWords } from '../../timeline/reading-state.ts';
import { ageColumn, msColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const columns: readonly Column<SlowCollection>[] = [
  textColumn({ id: 'namespace', title: 'COLLECTION', about: 'Database and collection.', width: 20, grow: true, rank: 0, value: ({ namespace }) => plain(namespace) }),
  totalColumn({ id: 'number', title: 'QUERIES', about: 'Slow operations (above slowOpThresholdMs, 100 ms by default) of the last 5 minutes.', width: 7, rank: 0, role: (row) => slowSeverity(row) ?? 'text', value: ({ number }) => number }),
  totalColumn({ id: 'scans', title: 'COLLSCAN', about: 'Those that read the whole collection without an index.', width: 8, rank: 0, value: ({ scans }) => scans }),
  msColumn({ id: 'longest', title: 'LONGEST', about: 'The longest of them.', width: 8, rank: 0, value: ({ longestMs }) => longestMs }),
  msColumn({ id: 'mean', title: 'MEAN', about: 'Their mean time.', width: 8, rank: 1, value: ({ meanMs }) => meanMs }),
  ageColumn({ id: 'age', title: 'LAST', about: 'Age of the newest.', width: 6, rank: 1, value: ({ ageSeconds }) => ageSeconds }),
]; // prettier-ignore

export const slowQueriesSection = (
  rows: readonly SlowCollection[],
  empty: NothingWords,
): TableSection<SlowCollection> => ({
  kind: 'table',
  id: 'slow-queries',
  title: 'Slow queries',
  ...(rows.length > 0 && { note: count(rows.length) }),
  sources: ['mongodb-slow-queries'],
  columns,
  rows,
  key: ({ namespace }) => namespace,
  sort: { column: 'number', descending: true },
  entity: ({ namespace }) => collectionRef(namespace),
  name: ({ namespace }) => plain(namespace),
  empty,
});
