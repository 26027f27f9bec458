import type { Read } from '../host/host.ts';

/** The fields that name a read, by its kind. */
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

/** A read out of somebody's file: undefined when it is none that we know. */
export function validRead(value: unknown): Read | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const read = value as Readonly<Record<string, unknown>>;
  const kind = String(read['kind']);
  const strings = Object.hasOwn(STRINGS, kind) ? STRINGS[kind] : undefined;
  const list = LISTS[kind];
  if (!strings?.every((field) => typeof read[field] === 'string')) return undefined;
  if (list !== undefined && !isStrings(read[list])) return undefined;
  // Every field that a read of this kind must have has been looked at.
  return value as Read;
}

const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((word: unknown) => typeof word === 'string');
