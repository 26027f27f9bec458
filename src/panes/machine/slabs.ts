import { kib, span } from '../../lib/units.ts';
import { plain } from '../../lib/plain.ts';
import { slabinfo, type SlabCache } from '../../sources/machine/slabinfo.ts';
import type { Moment } from '../../timeline/moment.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, figureColumn, kibColumn, LEAST, percentColumn } from '../../ui/kit/columns.ts';
import type { Column, Section, TableSection } from '../pane.ts';

export const slabNeeds = { slabinfo };

export interface SlabRow extends SlabCache {
  readonly name: string;
  /** Growth since the first reading of the history; undefined without an earlier one, or for a new cache. */
  readonly grownKiB: number | undefined;
}

export interface SlabsModel {
  readonly rows: readonly SlabRow[];
  /** Time between the readings that growth is of. */
  readonly seconds: number | undefined;
}

/** Smaller caches are left out. */
const LEAST_KIB = 1024;

export function slabsModel({ slabinfo: { now, history } }: Moment<typeof slabNeeds>): SlabsModel {
  const [first] = history;
  const last = history.at(-1);
  const seconds = first && last && last.at > first.at ? last.at - first.at : undefined;
  const rows = [...(now?.caches ?? [])].map(([name, cache]): SlabRow => {
    const earlier = seconds === undefined ? undefined : first?.sample.caches.get(name);
    return { ...cache, name: plain(name), grownKiB: earlier && cache.kib - earlier.kib };
  });
  return { rows: rows.filter((row) => row.kib >= LEAST_KIB), seconds };
}

const signed = figureColumn(
  (value) => (value === 0 ? '·' : `${value > 0 ? '+' : '-'}${kib(Math.abs(value))}`),
  LEAST.kib,
);

const columns: readonly Column<SlabRow>[] = [
  { id: 'cache', title: 'CACHE', about: 'Name of the cache; caches of equal objects share one.', width: 24, grow: true, rank: 0, value: ({ name }) => name },
  kibColumn({ id: 'size', title: 'SIZE', about: 'Memory of its slabs, KiB.', width: 7, rank: 0, value: (row) => row.kib }),
  signed({
    id: 'grown',
    title: 'GROWN',
    about: 'Growth of its memory since the first reading of the last 15 minutes, KiB: a leak grows without end.',
    width: 8,
    rank: 0,
    value: ({ grownKiB }) => grownKiB,
  }),
  countColumn({ id: 'objects', title: 'OBJECTS', about: 'Objects, free ones included.', width: 8, rank: 1, value: ({ objects }) => objects }),
  percentColumn({
    id: 'used',
    title: 'USED',
    about: 'Objects in use of all, percent.',
    width: 6,
    rank: 2,
    value: ({ active, objects }) => (active === undefined || objects === 0 ? undefined : (100 * active) / objects),
  }),
  bytesColumn({ id: 'object', title: 'OBJECT', about: 'Size of one object, bytes.', width: 7, rank: 3, value: ({ objectBytes }) => objectBytes }),
]; // prettier-ignore

/** Caches of 1 MiB and more; no section where they were not read. */
export function slabSections({ rows, seconds }: SlabsModel): readonly Section[] {
  if (rows.length === 0) return [];
  const table: TableSection<SlabRow> = {
    kind: 'table',
    id: 'slabs',
    title: 'Slab caches',
    note: `${kib(rows.reduce((sum, row) => sum + row.kib, 0))}${seconds === undefined ? '' : `, growth of ${span(seconds)}`}`,
    sources: ['slabinfo'],
    columns,
    rows,
    key: ({ name }) => name,
    sort: { column: 'size', descending: true },
    empty: ownWords('no caches'),
  };
  return [table];
}
