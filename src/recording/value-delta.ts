/**
 * Difference of two values of the same read, as JSON. Values are texts, or maps and plain objects of texts, in which an unchanged part
 * keeps its identity (`Host`), so that thousands of entries are compared by reference.
 *
 *     "text"                                         a text, a number, true, false, null
 *     {"map": {"7": …}, "gone": ["8"], "numbers": 1}  a Map: new or changed entries, and removed ones
 *     {"object": {"stat": …}, "gone": ["wchan"]}      an object: the same
 *     {"list": […]}                                  a list, always whole
 *
 * `"whole": 1` marks a complete value, otherwise it is a change of the value before.
 */
export type Delta =
  | string
  | number
  | boolean
  | null
  | { readonly list: readonly Delta[] }
  | (Change & { readonly map: Entries; readonly numbers?: 1 })
  | (Change & { readonly object: Entries });

type Entries = Readonly<Record<string, Delta>>;
interface Change {
  readonly gone?: readonly string[];
  readonly whole?: 1;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !(value instanceof Map) && !Array.isArray(value);

const field = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

/** Delta to `before`; the whole value for undefined. */
export function deltaOf(now: unknown, before: unknown): Delta {
  if (typeof now === 'string' || typeof now === 'number' || typeof now === 'boolean') return now;
  if (now instanceof Map) {
    const table = now as Table;
    const old = before instanceof Map && sameKeys(before as Table, table) ? (before as Table) : undefined;
    return {
      map: changed(table, (key) => old?.get(key)),
      ...goneFrom(old?.keys(), (key) => table.has(key)),
      ...(old ? {} : { whole: 1 }),
      ...(keyType(table) === 'number' || (old && keyType(old) === 'number') ? { numbers: 1 } : {}),
    };
  }
  if (Array.isArray(now)) return { list: now.map((entry: unknown) => deltaOf(entry, undefined)) };
  if (isFields(now)) {
    const old = isFields(before) ? before : undefined;
    const present = Object.entries(now).filter(([, value]) => value !== undefined);
    return {
      object: changed(present, (key) => old && field(old, key)),
      ...goneFrom(
        old && Object.keys(old).filter((key) => field(old, key) !== undefined),
        (key) => field(now, key) !== undefined,
      ),
      ...(old ? {} : { whole: 1 }),
    };
  }
  return null;
}

/** Whether a value of a file is a delta of limited depth. */
export function isDelta(value: unknown, depth: number): value is Delta {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null)
    return true;
  if (!isFields(value) || depth <= 0) return false;
  if ('list' in value) return Array.isArray(value['list']) && value['list'].every((entry) => isDelta(entry, depth - 1));
  const entries = 'map' in value ? value['map'] : value['object'];
  if (!isFields(entries) || !isGone(value['gone'])) return false;
  // oxlint-disable-next-line guard-for-in -- JSON has own fields alone, and a list of its values would double it
  for (const key in entries) if (!isDelta(entries[key], depth - 1)) return false;
  return true;
}

const isGone = (value: unknown): boolean =>
  value === undefined || (Array.isArray(value) && value.every((key) => typeof key === 'string'));

/** Number of characters in the texts of a delta. */
export function charactersOf(delta: Delta): number {
  if (typeof delta === 'string') return delta.length;
  if (typeof delta !== 'object' || delta === null) return 0;
  const parts = 'list' in delta ? delta.list : Object.values('map' in delta ? delta.map : delta.object);
  let characters = 0;
  for (const part of parts) characters += charactersOf(part);
  return characters;
}

type Table = ReadonlyMap<number | string, unknown>;

/** Keys are all numbers (pids) or all texts; undefined for an empty map. */
const keyType = (map: Table): string | undefined => {
  for (const key of map.keys()) return typeof key;
  return undefined;
};
const sameKeys = (a: Table, b: Table): boolean => (keyType(a) ?? keyType(b)) === (keyType(b) ?? keyType(a));

function changed<Key extends number | string>(
  entries: Iterable<readonly [Key, unknown]>,
  before: (key: Key) => unknown,
): Entries {
  // Keys come from the host, so `__proto__` is a valid one.
  const out = Object.create(null) as Record<string, Delta>;
  for (const [key, value] of entries) {
    const old = before(key);
    if (old !== value || old === undefined) out[String(key)] = deltaOf(value, old);
  }
  return out;
}

function goneFrom<Key extends number | string>(
  before: Iterable<Key> | undefined,
  stays: (key: Key) => boolean,
): { readonly gone?: readonly string[] } {
  const gone: string[] = [];
  for (const key of before ?? []) if (!stays(key)) gone.push(String(key));
  return gone.length > 0 ? { gone } : {};
}

/** Depth limit, above that of any reading: a file may hold anything. */
const MAX_DEPTH = 12;

/** Tables that belong to one evaluation alone and may be changed in place. */
export type Own = Set<ReadonlyMap<unknown, unknown>>;

/**
 * Value after a delta; undefined for an invalid delta, or one without a value to change. Tables of `before` are copied, except those in
 * `own`: a series of deltas with one such set copies each table once.
 */
export function applyDelta(delta: unknown, before: unknown, own: Own = new Set(), depth = 0): unknown {
  if (typeof delta === 'string' || typeof delta === 'number' || typeof delta === 'boolean') return delta;
  if (shapeAfter(delta, shapeOf(before)) === undefined || !isFields(delta) || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(delta['list'])) return delta['list'].map((entry) => applyDelta(entry, undefined, own, depth + 1));
  const gone = Array.isArray(delta['gone']) ? delta['gone'].map(String) : [];
  if (isFields(delta['map'])) {
    const entries = delta['map'];
    const now = ownTable(delta['whole'] ? undefined : before, own);
    const keyFrom = (text: string) => (delta['numbers'] ? Number(text) : text);
    for (const [text, entry] of Object.entries(entries)) {
      const key = keyFrom(text);
      now.set(key, applyDelta(entry, now.get(key), own, depth + 1));
    }
    for (const key of gone) if (!Object.hasOwn(entries, key)) now.delete(keyFrom(key));
    return now;
  }
  const old = isFields(before) && !delta['whole'] ? before : {};
  const now = new Map(Object.entries(old));
  for (const key of gone) now.delete(key);
  // Neither list nor map, so an object by shapeAfter.
  for (const [key, entry] of Object.entries(delta['object'] as Fields))
    now.set(key, applyDelta(entry, field(old, key), own, depth + 1));
  return Object.fromEntries(now);
}

function ownTable(before: unknown, own: Own): Map<unknown, unknown> {
  if (before instanceof Map && own.has(before)) return before;
  const now = new Map<unknown, unknown>(before instanceof Map ? before : []);
  own.add(now);
  return now;
}

/** Shape of a value, which a delta must match. */
export type Shape = 'plain' | 'list' | 'map' | 'object';

const shapeOf = (value: unknown): Shape | undefined =>
  value instanceof Map
    ? 'map'
    : Array.isArray(value)
      ? 'list'
      : isFields(value)
        ? 'object'
        : value === undefined
          ? undefined
          : 'plain';

/** Shape after a delta; undefined for a delta that does not fit. */
export function shapeAfter(delta: unknown, before: Shape | undefined): Shape | undefined {
  if (!isFields(delta)) return shapeOf(delta) === 'plain' && delta !== null ? 'plain' : undefined;
  if (Array.isArray(delta['list'])) return 'list';
  const shape = isFields(delta['map']) ? 'map' : isFields(delta['object']) ? 'object' : undefined;
  return delta['whole'] || before === shape ? shape : undefined;
}
