import { fields, items } from '../../../lib/json.ts';

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

/**
 * What a column holds when nobody has written to it: RFC 7047, 5.2.1. Rows that are new to us come without the columns that
 * still hold that.
 */
export function emptyOf(type: unknown): unknown {
  if (typeof type === 'string') return emptyValue(type);
  const { key, value, min, max } = fields(type);
  if (value !== undefined) return ['map', []];
  if (min === 0 || (max !== undefined && max !== 1)) return ['set', []];
  return emptyValue(typeof key === 'string' ? key : fields(key)['type']);
}

function emptyValue(type: unknown): unknown {
  if (type === 'integer' || type === 'real') return 0;
  if (type === 'boolean') return false;
  return type === 'uuid' ? ['uuid', '00000000-0000-0000-0000-000000000000'] : '';
}

/** A column as the schema has it. */
export interface ColumnKind {
  readonly shape: Shape;
  readonly empty: unknown;
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

/** The columns of a table that are followed, with their kinds. */
export type Kinds = ReadonlyMap<string, ReadonlyMap<string, ColumnKind>>;

/** Applies one `table-updates2` object; tables and columns that are not followed are left out. */
export function apply(tables: Tables, updates: unknown, kinds: Kinds): void {
  for (const [table, rows] of Object.entries(fields(updates))) {
    const columns = kinds.get(table);
    if (!columns) continue;
    const known = tables.get(table) ?? new Map<string, Map<string, unknown>>();
    tables.set(table, known);
    for (const [uuid, update] of Object.entries(fields(rows))) {
      const change = fields(update);
      const whole = change['initial'] ?? change['insert'];
      if (whole !== undefined) {
        const given = fields(whole);
        known.set(uuid, new Map([...columns].map(([name, { empty }]) => [name, given[name] ?? empty])));
      } else if ('delete' in change) known.delete(uuid);
      else if (change['modify'] !== undefined) {
        const row = known.get(uuid) ?? new Map<string, unknown>();
        for (const [name, value] of Object.entries(fields(change['modify']))) {
          const kind = columns.get(name);
          if (kind) row.set(name, changed(kind.shape, row.get(name), value));
        }
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
