import { foldNames } from '../lib/fold-names.ts';
import { plural } from '../lib/units.ts';
import type { PaneTable, Value } from './pane-table.ts';

/** Table of one host, or why there is none. */
export type HostTable =
  | { readonly host: string; readonly table: PaneTable }
  | { readonly host: string; readonly failure: string };

/** Counts of hosts by their whole table: `7 alike, 2 differ, 1 failed`. */
export interface AlikeCounts {
  /** Hosts with the table of most hosts. */
  readonly alike: number;
  readonly differ: number;
  readonly failed: number;
}

export interface FleetTable extends PaneTable {
  readonly counts: AlikeCounts;
}

/** Texts of the cells that are compared: figures of the moment differ on every host. */
const comparable = (table: PaneTable): ReadonlySet<number> =>
  new Set(table.columns.flatMap((_, at) => (table.rows.some((row) => typeof row[at] === 'number') ? [] : [at])));

/**
 * Tables of hosts as one. Folded, equal rows of several hosts are one row with their node set, as `clush -b` has it: rows are equal by
 * their texts, and a figure that differs is given as its least and greatest. Else each row of each host, with the host first.
 */
export function fleetTable(hosts: readonly HostTable[], { isFolded, onlyDifferent }: { readonly isFolded: boolean; readonly onlyDifferent: boolean }): FleetTable {
  const read = hosts.flatMap((one) => ('table' in one ? [one] : []));
  const counts = countsOf(hosts);
  const [first] = read;
  const named = first?.table ?? { table: '', title: '', columns: [], rows: [], texts: [], matching: 0 };
  const columns = read.map(({ table }) => table.columns).toSorted((a, b) => b.length - a.length)[0] ?? [];
  const rows = isFolded || onlyDifferent ? foldedRows(read, onlyDifferent) : read.flatMap(({ host, table }) => table.rows.map((row, i) => ({ head: [host], row, text: table.texts[i] ?? [] }))); // prettier-ignore
  const heads = isFolded || onlyDifferent ? [HOSTS, COUNT] : [HOST];
  const [state] = read.flatMap(({ table }) => table.empty ?? []);
  return {
    table: named.table,
    title: named.title,
    note: countsText(counts),
    columns: [...heads, ...columns],
    rows: rows.map(({ head, row }) => [...head, ...row]),
    texts: rows.map(({ head, text }) => [...head.map(String), ...text]),
    matching: rows.length,
    counts,
    ...(rows.length === 0 && { empty: onlyDifferent && counts.alike > 0 ? `no difference on ${plural(counts.alike, 'host')}` : (state ?? 'no host was read') }), // prettier-ignore
  };
} // prettier-ignore

const HOST = { name: 'host', about: 'Host of the row.' };
const HOSTS = { name: 'hosts', about: 'Hosts that have the row, as a node set.' };
const COUNT = { name: 'hosts_count', about: 'Number of these hosts.' };

/** `7 alike, 2 differ, 1 failed` */
export const countsText = ({ alike, differ, failed }: AlikeCounts): string =>
  [`${alike} alike`, ...(differ > 0 ? [`${differ} differ`] : []), ...(failed > 0 ? [`${failed} failed`] : [])].join(
    ', ',
  );

interface Row {
  readonly head: readonly Value[];
  readonly row: readonly Value[];
  readonly text: readonly string[];
}

interface Fold {
  readonly hosts: Set<string>;
  readonly rows: (readonly Value[])[];
  readonly texts: (readonly string[])[];
}

function foldedRows(read: readonly { readonly host: string; readonly table: PaneTable }[], onlyDifferent: boolean): readonly Row[] {
  const all = new Map<string, Map<string, Fold>>();
  for (const { host, table } of read) {
    const compared = comparable(table);
    for (const [i, text] of table.texts.entries()) {
      const own = text.map((cell, at) => (compared.has(at) ? cell : '')).join('\0');
      // Rows of one object stand together: its name is the first column.
      const variants = all.get(text[0] ?? '') ?? new Map<string, Fold>();
      all.set(text[0] ?? '', variants);
      const fold = variants.get(own) ?? { hosts: new Set(), rows: [], texts: [] };
      variants.set(own, fold);
      fold.hosts.add(host);
      fold.rows.push(table.rows[i] ?? []);
      fold.texts.push(text);
    }
  }
  return [...all.values()]
    .filter((variants) => !onlyDifferent || variants.size > 1 || [...variants.values()].some(({ hosts }) => hosts.size < read.length))
    .flatMap((variants) => [...variants.values()].toSorted((a, b) => b.hosts.size - a.hosts.size).map(rowOf));
} // prettier-ignore

function rowOf({ hosts, rows, texts }: Fold): Row {
  const [row = []] = rows;
  return {
    head: [foldNames([...hosts]), hosts.size],
    row: row.map((value, at) => (rows.every((other) => other[at] === value) ? value : rangeOf(rows, texts, at))),
    text: (texts[0] ?? []).map((cell, at) => (texts.every((other) => other[at] === cell) ? cell : rangeOf(rows, texts, at))),
  };
} // prettier-ignore

/** `3.1%…97%`: texts of the least and the greatest figure. */
function rangeOf(rows: readonly (readonly Value[])[], texts: readonly (readonly string[])[], at: number): string {
  const figures = rows.flatMap((row, i) => {
    const value = row[at];
    return typeof value === 'number' ? [{ value, text: texts[i]?.[at] ?? '' }] : [];
  });
  const sorted = figures.toSorted((a, b) => a.value - b.value);
  return `${sorted[0]?.text ?? '—'}…${sorted.at(-1)?.text ?? '—'}`;
}

function countsOf(hosts: readonly HostTable[]): AlikeCounts {
  const groups = new Map<string, number>();
  let failed = 0;
  for (const one of hosts) {
    if ('failure' in one) {
      failed++;
      continue;
    }
    const compared = comparable(one.table);
    const lines = one.table.texts.map((text) => text.filter((_, at) => compared.has(at)).join('\0')).toSorted();
    const whole = [one.table.empty ?? '', ...lines].join('\n');
    groups.set(whole, (groups.get(whole) ?? 0) + 1);
  }
  const read = hosts.length - failed;
  const alike = Math.max(0, ...groups.values());
  return { alike, differ: read - alike, failed };
}
