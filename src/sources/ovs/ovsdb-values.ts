import { fields, items, json, type Fields } from '../../lib/json.ts';

/**
 * Values as RFC 7047, 5.1 writes them: `["uuid", "…"]`, `["set", […]]`, `["map", [[key, value], …]]`; a set of one is bare.
 * Helpers return the value in the requested type, or undefined.
 */
export interface Row {
  readonly uuid: string;
  readonly text: (column: string) => string | undefined;
  readonly number: (column: string) => number | undefined;
  readonly flag: (column: string) => boolean | undefined;
  /** UUIDs in a column of references. */
  readonly ids: (column: string) => readonly string[];
  readonly texts: (column: string) => readonly string[];
  /** Size of a set; undefined without the column. */
  readonly size: (column: string) => number | undefined;
  readonly map: (column: string) => ReadonlyMap<string, string>;
}

const membersOf = (value: unknown): readonly unknown[] => {
  if (value === undefined) return [];
  const [tag, members] = items(value);
  return tag === 'set' ? items(members) : [value];
};

const idOf = (value: unknown): string | undefined => {
  const [tag, id] = items(value);
  return (tag === 'uuid' || tag === 'named-uuid') && typeof id === 'string' ? id : undefined;
};

function rowOf(uuid: string, columns: Fields): Row {
  const only = (column: string): unknown => {
    const members = membersOf(columns[column]);
    return members.length === 1 ? members[0] : undefined;
  };
  const text = (column: string) => {
    const value = only(column);
    return typeof value === 'string' ? value : undefined;
  };
  return {
    uuid,
    text,
    number: (column) => {
      const value = only(column);
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
    },
    flag: (column) => {
      const value = only(column);
      return typeof value === 'boolean' ? value : undefined;
    },
    ids: (column) => membersOf(columns[column]).flatMap((member) => idOf(member) ?? []),
    texts: (column) => membersOf(columns[column]).filter((member) => typeof member === 'string'),
    size: (column) => (columns[column] === undefined ? undefined : membersOf(columns[column]).length),
    map: (column) => {
      const [tag, pairs] = items(columns[column]);
      const map = new Map<string, string>();
      for (const [key, value] of tag === 'map' ? items(pairs).map(items) : [])
        if (typeof key === 'string' && (typeof value === 'string' || typeof value === 'number'))
          map.set(key, String(value));
      return map;
    },
  };
}

/** Paths of certificates in the rows of an `SSL` table: the daemon's, and the CA's. */
export const certificatesOf = (rows: readonly Row[]): readonly string[] =>
  rows.flatMap((row) => ['certificate', 'ca_cert'].flatMap((column) => row.text(column) || []));

/** Rows of each table of a reply: `{"Bridge":{"<uuid>":{…}}}`. */
export function tablesIn(text: string | undefined): (table: string) => readonly Row[] {
  const all = fields(json(text));
  return (table) => Object.entries(fields(all[table])).map(([uuid, columns]) => rowOf(uuid, fields(columns)));
}
