import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { archiveName, folderPath, momentOfPath } from './key-names.ts';
import { MemoryStore, type RecordedStore } from './store.ts';
import { bytesOf, formatTxtar, parseTxtar, textOf, TxtarError, type TxtarEntry } from './txtar.ts';

/** A recorded host that cannot be read: one sentence with the file and, in an archive, the line. */
export class RecordedHostError extends Error {
  override readonly name = 'RecordedHostError';
}

/** Of an archive or folder from elsewhere. */
export const LIMITS = {
  archiveBytes: 64 << 20,
  /** More than a read may answer with (`FileRead`). */
  fileBytes: 8 << 20,
  files: 200_000,
  moments: 100,
  /** PATH_MAX and NAME_MAX of Linux. */
  pathBytes: 4096,
  nameBytes: 255,
} as const;

/** What an unpacked host has besides its readings: the comment, and keys that their file names do not give. */
export const COMMENT_FILE = 'comment.txt';
export const KEYS_FILE = 'keys.json';

/** Files of an archive or folder, by their paths in the folder. */
export interface RecordedParts {
  readonly comment: string;
  readonly files: ReadonlyMap<string, TxtarEntry>;
}

/** `name` is for messages. Throws a RecordedHostError. */
export function parseArchive(text: string, name: string): RecordedParts {
  try {
    const { comment, entries } = parseTxtar(text);
    if (entries.length === 0) throw new TxtarError(1, 'no file in it (no line `-- path --`)');
    return { comment, files: checked(entries) };
  } catch (error) {
    if (!(error instanceof TxtarError)) throw error;
    throw new RecordedHostError(`${name}:${error.line}: ${error.message}`, { cause: error });
  }
}

/** Throws a RecordedHostError. */
export function readArchive(path: string): RecordedParts {
  const { size } = statSync(path);
  if (size > LIMITS.archiveBytes)
    throw new RecordedHostError(`${path}: ${size} bytes, more than the ${LIMITS.archiveBytes} that are read`);
  return parseArchive(readFileSync(path, 'utf8'), path);
}

/** An unpacked host, whole. Symbolic links are refused: they may lead out of the folder. Throws a RecordedHostError. */
export function readFolder(folder: string): RecordedParts {
  const found: TxtarEntry[] = [];
  let bytes = 0;
  const walk = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).toSorted()) {
      const path = below === '' ? name : `${below}/${name}`;
      const refuse = (why: string) => new RecordedHostError(`${join(folder, path)}: ${why}`);
      const seen = lstatSync(join(folder, path));
      if (seen.isDirectory()) {
        walk(path);
        continue;
      }
      if (seen.isSymbolicLink()) throw refuse('symbolic link; links of a host stand in links.json');
      if (!seen.isFile()) throw refuse('not a file');
      bytes += seen.size;
      if (bytes > LIMITS.archiveBytes) throw refuse(`the folder has more than ${LIMITS.archiveBytes} bytes`);
      if (found.length >= LIMITS.files) throw refuse(`the folder has more than ${LIMITS.files} files`);
      found.push({ name: path, line: 0, content: readFileSync(join(folder, path)) });
    }
  };
  walk('');
  const sides = new Map(found.map((entry) => [entry.name, entry]));
  const side = (name: string) => textOf(sides.get(name) ?? { name, line: 0, content: '' });
  let keys: Readonly<Record<string, string>>;
  try {
    keys = sides.has(KEYS_FILE) ? strings(JSON.parse(side(KEYS_FILE))) : {};
    const entries = found.filter(({ name }) => name !== KEYS_FILE && name !== COMMENT_FILE);
    const named = entries.map((entry) => ({ ...entry, name: archiveName(entry.name, keys) }));
    return { comment: side(COMMENT_FILE), files: checked(named) };
  } catch (error) {
    if (error instanceof RecordedHostError) throw error;
    throw new RecordedHostError(`${folder}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

/** By path; throws a TxtarError for what no host holds. */
function checked(entries: readonly TxtarEntry[]): ReadonlyMap<string, TxtarEntry> {
  const files = new Map<string, TxtarEntry>();
  const folders = new Map<string, TxtarEntry>();
  if (entries.length > LIMITS.files)
    throw new TxtarError(entries[LIMITS.files]?.line ?? 1, `more than ${LIMITS.files} files`);
  for (const entry of entries) {
    const fault = (message: string) => new TxtarError(entry.line, `${JSON.stringify(entry.name)}: ${message}`);
    const path = folderPath(entry.name);
    const why = pathFault(path);
    if (why !== undefined) throw fault(why);
    if (files.has(path)) throw fault('stands twice');
    if (folders.has(path)) throw fault(`a file and a folder, see line ${folders.get(path)?.line}`);
    if (entry.content.length > LIMITS.fileBytes) throw fault(`more than ${LIMITS.fileBytes} bytes`);
    for (let at = path.lastIndexOf('/'); at !== -1; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (files.has(folder)) throw fault(`a file and a folder, see line ${files.get(folder)?.line}`);
      if (folders.has(folder)) break;
      folders.set(folder, entry);
    }
    files.set(path, entry);
  }
  const at = momentsIn(files.get('at.json'));
  for (const [path, { line, name }] of files) {
    const moment = momentOfPath(path);
    if (moment !== undefined && !at.has(moment))
      throw new TxtarError(line, `${JSON.stringify(name)}: at.json has no moment ${moment}`);
  }
  checkSides(files);
  return files;
}

function pathFault(path: string): string | undefined {
  if (path.includes('\0')) return 'a NUL in the path';
  if (Buffer.byteLength(path) > LIMITS.pathBytes) return `path longer than ${LIMITS.pathBytes} bytes`;
  const parts = path.split('/');
  if (parts[0] === '') return 'path is absolute';
  if (parts.some((part) => part === '' || part === '.' || part === '..')) return 'path has an empty part, "." or ".."';
  if (parts.some((part) => Buffer.byteLength(part) > LIMITS.nameBytes))
    return `a part of the path is longer than ${LIMITS.nameBytes} bytes`;
  return undefined;
}

const SIDE = /^(?:t\d+\/)?(links|statfs|missing)\.json$/;
const WHYS: ReadonlySet<unknown> = new Set(['absent', 'denied', 'timeout', 'failed']);

function checkSides(files: ReadonlyMap<string, TxtarEntry>): void {
  for (const [path, entry] of files) {
    const side = SIDE.exec(path)?.[1];
    if (side === undefined) continue;
    const values = Object.values(parsedSide(entry, (value) => strings(value)));
    const bad = side === 'missing' ? values.find((why) => !WHYS.has(why)) : undefined;
    if (bad !== undefined)
      throw new TxtarError(entry.line, `${path}: ${JSON.stringify(bad)} is not a reason: ${[...WHYS].join(', ')}`);
  }
}

/** Moment → the host's monotonic clock, seconds. */
function momentsIn(entry: TxtarEntry | undefined): ReadonlySet<string> {
  if (!entry) return new Set();
  const at = parsedSide(entry, (value) => value as Readonly<Record<string, unknown>>);
  const names = Object.keys(at);
  if (names.length > LIMITS.moments) throw new TxtarError(entry.line, `at.json: more than ${LIMITS.moments} moments`);
  for (const [name, seconds] of Object.entries(at)) {
    if (momentOfPath(`${name}/`) === undefined)
      throw new TxtarError(entry.line, `at.json: ${JSON.stringify(name)} is not a moment (t0, t1, …)`);
    if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < LONGEST_UP))
      throw new TxtarError(entry.line, `at.json: ${name} is not a time in seconds`);
  }
  return new Set(names);
}
/** A century, in seconds. */
const LONGEST_UP = 3_155_760_000;

function parsedSide<Value>(entry: TxtarEntry, take: (value: unknown) => Value): Value {
  try {
    const value: unknown = JSON.parse(textOf(entry));
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('not a JSON object');
    return take(value);
  } catch (error) {
    throw new TxtarError(entry.line, `${entry.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function strings(value: unknown): Readonly<Record<string, string>> {
  for (const [key, text] of Object.entries(value as object))
    if (typeof text !== 'string') throw new TypeError(`${JSON.stringify(key)} is not a string`);
  return value as Readonly<Record<string, string>>;
}

export const storeOf = ({ files }: RecordedParts): RecordedStore =>
  new MemoryStore(new Map([...files].map(([path, entry]) => [path, () => textOf(entry)])));

/** An archive or folder, whole. Throws a RecordedHostError. */
export function readParts(path: string): RecordedParts {
  return statSync(path).isDirectory() ? readFolder(path) : readArchive(path);
}

export const recordedName = (path: string): string => basename(path).replace(/\.txtar$/, '');

const FIRST = ['at.json', 'missing.json', 'links.json', 'statfs.json', 'inventory.json'];

/** The archive of a host: its own files first, then readings by path, the moments of one path side by side. */
export function formatArchive(comment: string, files: Iterable<TxtarEntry>): string {
  const sorted = [...files]
    .map((entry) => {
      const path = folderPath(entry.name);
      const moment = momentOfPath(path) ?? '';
      const plain = moment === '' ? path : path.slice(moment.length + 1);
      const first = FIRST.indexOf(plain);
      return { entry, order: [first === -1 ? '9' : String(first), plain, moment.padStart(9)] };
    })
    .toSorted((a, b) => compare(a.order, b.order));
  return formatTxtar(
    comment,
    sorted.map(({ entry }) => [entry.name, bytesOf(entry)] as const),
  );
}

function compare(a: readonly string[], b: readonly string[]): number {
  const place = a.findIndex((part, index) => part !== b[index]);
  if (place === -1) return 0;
  return (a[place] ?? '') < (b[place] ?? '') ? -1 : 1;
}
