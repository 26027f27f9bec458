import type { Read } from '../host/host.ts';

/** Required text fields by kind of read. */
const STRINGS: Readonly<Record<string, readonly string[]>> = {
  file: ['path'],
  glob: ['pattern'],
  run: [],
  talk: ['dialect', 'to', 'request'],
  talks: ['dialect', 'pattern', 'request'],
  processes: [],
  cgroups: [],
  threads: [],
  statfs: ['path'],
  inventory: [],
};
const LISTS: Readonly<Record<string, string>> = { run: 'argv', threads: 'commands' };

/** Read of a file's event; undefined for an unknown or invalid one. */
export function validRead(value: unknown): Read | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = value as Readonly<Record<string, unknown>>;
  const kind = String(read['kind']);
  const strings = Object.hasOwn(STRINGS, kind) ? STRINGS[kind] : undefined;
  const list = LISTS[kind];
  if (!strings?.every((field) => typeof read[field] === 'string')) return undefined;
  if (list !== undefined && !isStrings(read[list])) return undefined;
  // All required fields of this kind are checked above.
  return value as Read;
}

const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((word: unknown) => typeof word === 'string');
