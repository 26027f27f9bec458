import { fields, items } from '../../../lib/json.ts';

/** Table → row → column → value, as RFC 7047 section 5.1 writes values. */
export type Tables = Map<string, Map<string, Map<string, unknown>>>;

/** Kind of a column, which decides the form of its changes. */
export type Shape = 'one' | 'set' | 'map';

/** Kind of a column by its type in the schema: RFC 7047, 3.2. A set with max 1 changes as a whole, like a scalar. */
export function shapeOf(type: unknown): Shape {
  const { value, max } = fields(type);
  if (value !== undefined) return 'map';
  return max === undefined || max === 1 ? 'one' : 'set';
}

/**
 * Default value of a column: RFC 7047, 5.2.1. Initial rows come without the columns that hold it.
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

/** Column by its schema. */
export interface ColumnKind {
  readonly shape: Shape;
  readonly empty: unknown;
  /** Whether its changes are counted, see `countChange`. */
  readonly counted?: boolean;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Members of a set; a set of one is bare. */
const membersOf = (value: unknown): readonly unknown[] => {
  const [tag, members] = items(value);
  return tag === 'set' ? items(members) : value === undefined ? [] : [value];
};

const pairsOf = (value: unknown): readonly (readonly unknown[])[] => {
  const [tag, pairs] = items(value);
  return tag === 'map' ? items(pairs).map(items) : [];
};

/**
 * Column after a change: ovsdb-server(7), 4.1.14 (`update2`). For a set: members added or removed; for a map: pairs added,
 * removed pairs with their old value, and pairs with a new value.
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

/**
 * Counts a change of a column beside it: `chassis:changes`, the number since the monitor began, and `chassis:before`, the
 * value that the last change took away. A value that flips several times between two readings looks constant without. No column
 * of a schema has a colon in its name.
 */
function countChange(row: Map<string, unknown>, name: string): void {
  const count = row.get(`${name}:changes`);
  row.set(`${name}:changes`, (typeof count === 'number' ? count : 0) + 1);
  const old = row.get(name);
  if (items(old)[0] !== 'set') row.set(`${name}:before`, old);
}

/** Monitored columns by table, with their kinds. */
export type Kinds = ReadonlyMap<string, ReadonlyMap<string, ColumnKind>>;

/** Applies one `table-updates2` object; other tables and columns are ignored. */
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
          if (kind?.counted === true) countChange(row, name);
          if (kind) row.set(name, changed(kind.shape, row.get(name), value));
        }
        known.set(uuid, row);
      }
    }
  }
}

/** Tables as JSON: `{"Bridge":{"<uuid>":{"name":"br-int",…}}}`. */
export const written = (tables: Tables): string =>
  JSON.stringify(
    Object.fromEntries(
      [...tables].map(([table, rows]) => [
        table,
        Object.fromEntries([...rows].map(([uuid, row]) => [uuid, Object.fromEntries(row)])),
      ]),
    ),
  );
