import { crc32 } from 'node:zlib';

/** Names of entries in an archive ↔ paths in a folder: the same but for keys, which as file names are encoded. */
const MOMENT = /^t\d+$/;

/** `t0` of `t0/proc/stat`; undefined for what is the same at every moment. */
export function momentOfPath(path: string): string | undefined {
  const [first = ''] = path.split('/', 1);
  return MOMENT.test(first) && first.length < path.length ? first : undefined;
}

/** A command or a socket request as a file name: readable, and never with a slash in it. */
export function recordSlug(key: string): string {
  const slug = key.replaceAll(/[^\w.=:,@+-]/gu, (character) =>
    character === ' '
      ? '_'
      : [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  // Two that begin alike stay two.
  return slug.length > LONG ? `${slug.slice(0, LONG)}~${crc32(key).toString(16)}` : slug;
}
const LONG = 200;

/** Path of the socket in a slug. Underscores stand for blanks in requests only: no such path has a blank. */
export const socketOfSlug = (slug: string): string => decoded(slug.split(REQUEST, 1)[0] ?? '') ?? slug;

const REQUEST = '_%3c_';

/** The key of a slug where it can be known: an underscore of a request is taken for a blank, a long one is cut. */
function keyOfSlug(slug: string): string | undefined {
  const [first = '', ...rest] = slug.split(REQUEST);
  if (rest.length === 0) return decoded(slug.replaceAll('_', ' '));
  const request = decoded(rest.join(REQUEST).replaceAll('_', ' '));
  return request === undefined ? undefined : `${decoded(first) ?? first} < ${request}`;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const NAMED = /^(t\d+\/)?(talk\/[\w-]+|run|exit) (.*)$/s;
const STORED = /^(t\d+\/)?(talk\/[\w-]+|run)\/([^/]+)$/;

/** `t0/talk/asok /run/x.asok < version` → `t0/talk/asok/%2frun%2fx.asok_%3c_version`. */
export function folderPath(name: string): string {
  const [, moment = '', kind = '', key = ''] = NAMED.exec(name) ?? [];
  if (kind === '') return name;
  return kind === 'exit' ? `${moment}run/${recordSlug(key)}.exit` : `${moment}${kind}/${recordSlug(key)}`;
}

/** Inverse of `folderPath`. `keys` holds the keys that cannot be had from their paths, by path. */
export function archiveName(path: string, keys: Readonly<Record<string, string>> = {}): string {
  const [, moment = '', kind = '', file = ''] = STORED.exec(path) ?? [];
  if (kind === '') return path;
  const isExit = kind === 'run' && file.endsWith('.exit');
  const key = keys[path] ?? keyOfSlug(isExit ? file.slice(0, -'.exit'.length) : file);
  const name = `${moment}${isExit ? 'exit' : kind} ${key}`;
  return key !== undefined && folderPath(name) === path ? name : path;
}
