import { fields, items } from '../../lib/json.ts';

/** Table → row → column → value, as RFC 7047 section 5.1 writes values. */
export type Tables = Map<string, Map<string, Map<string, unknown>>>;

/** What kind of column it is, which decides how a change of it is told. */
export type Shape = 'one' | 'set' | 'map';

/** A column's kind by its type in the schema: RFC 7047, 3.2. A set of at most one is told whole, as a scalar is. */
export function shapeOf(type: unknown): Shape {
  const { value, max } = fields(type);
  if (value !== undefined) return 'map';
  return max === undefined || max === 1 ? 'one' : 'set';
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The members of a set, which is written bare when it has one. */
const membersOf = (value: unknown): readonly unknown[] => {
  const [tag, members] = items(value);
  return tag === 'set' ? items(members) : value === undefined ? [] : [value];
};

const pairsOf = (value: unknown): readonly (readonly unknown[])[] => {
  const [tag, pairs] = items(value);
  return tag === 'map' ? items(pairs).map(items) : [];
};

/**
 * A column after a change: ovsdb-server(7), 4.1.14 (`update2`). Of a set what came and what went; of a map the pairs that
 * came, those that went as they were, and those whose value is new.
 */
export function changed(shape: Shape, before: unknown, change: unknown): unknown {
  if (shape === 'one') return change;
  if (shape === 'set') {
    const [old, moved] = [membersOf(before), membersOf(change)];
    const kept = old.filter((member) => !moved.some((one) => same(one, member)));
    const came = moved.filter((member) => !old.some((one) => same(one, member)));
    return ['set', [...kept, ...came]];
  }
  const pairs = new Map(pairsOf(before).map(([key, value]) => [JSON.stringify(key), [key, value]]));
  for (const [key, value] of pairsOf(change)) {
    const name = JSON.stringify(key);
    const old = pairs.get(name);
    if (old && same(old[1], value)) pairs.delete(name);
    else pairs.set(name, [key, value]);
  }
  return ['map', [...pairs.values()]];
}

/** Applies one `table-updates2` object; columns whose shape is not known are taken whole. */
export function apply(tables: Tables, updates: unknown, shapes: (table: string, column: string) => Shape): void {
  for (const [table, rows] of Object.entries(fields(updates))) {
    const known = tables.get(table) ?? new Map<string, Map<string, unknown>>();
    tables.set(table, known);
    for (const [uuid, update] of Object.entries(fields(rows))) {
      const change = fields(update);
      const whole = change['initial'] ?? change['insert'];
      if (whole !== undefined) known.set(uuid, new Map(Object.entries(fields(whole))));
      else if ('delete' in change) known.delete(uuid);
      else if (change['modify'] !== undefined) {
        const row = known.get(uuid) ?? new Map<string, unknown>();
        for (const [column, value] of Object.entries(fields(change['modify'])))
          row.set(column, changed(shapes(table, column), row.get(column), value));
        known.set(uuid, row);
      }
    }
  }
}

/** As the answer is written: `{"Bridge":{"<uuid>":{"name":"br-int",…}}}`. */
export const written = (tables: Tables): string =>
  JSON.stringify(
    Object.fromEntries(
      [...tables].map(([table, rows]) => [
        table,
        Object.fromEntries([...rows].map(([uuid, row]) => [uuid, Object.fromEntries(row)])),
      ]),
    ),
  );
