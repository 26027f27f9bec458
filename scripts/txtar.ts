import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  COMMENT_FILE,
  formatArchive,
  KEYS_FILE,
  readArchive,
  readFolder,
  RecordedHostError,
} from '../src/host/recorded/archive.ts';
import { archiveName } from '../src/host/recorded/key-names.ts';
import { bytesOf } from '../src/host/recorded/txtar.ts';

/**
 * Packs and unpacks recorded hosts (test/hosts/README.md):
 *
 *     node scripts/txtar.ts pack DIR FILE      DIR as one text archive; FILE keeps its comment if DIR has no comment.txt
 *     node scripts/txtar.ts unpack FILE DIR    into a folder that is not there yet, or empty
 *     node scripts/txtar.ts list FILE          bytes and name of each file
 */
const USAGE = 'usage: node scripts/txtar.ts pack DIR FILE | unpack FILE DIR | list FILE';

function pack(folder: string, file: string): void {
  const { comment, files } = readFolder(folder);
  const head = comment === '' && existsSync(file) ? readArchive(file).comment : comment;
  writeFileSync(file, formatArchive(head, files.values()));
}

function unpack(file: string, folder: string): void {
  const { comment, files } = readArchive(file);
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new RecordedHostError(`${folder}: not empty`);
  const put = (path: string, content: Buffer | string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    // Never through a link, never over a file.
    writeFileSync(join(folder, path), content, { flag: 'wx' });
  };
  const keys: Record<string, string> = {};
  for (const [path, entry] of files) {
    put(path, bytesOf(entry));
    if (archiveName(path) !== entry.name) keys[path] = keyOfName(entry.name);
  }
  if (comment !== '') put(COMMENT_FILE, comment);
  if (Object.keys(keys).length > 0) put(KEYS_FILE, `${JSON.stringify(keys, undefined, 2)}\n`);
}

/** `/run/a.asok < status` of `t0/talk/asok /run/a.asok < status`. */
const keyOfName = (name: string): string => name.slice(name.indexOf(' ') + 1);

function list(file: string): void {
  const { comment, files } = readArchive(file);
  const lines = [...files.values()].map((entry) => `${String(bytesOf(entry).length).padStart(9)}  ${entry.name}\n`);
  process.stdout.write(`${comment}${lines.join('')}`);
}

const [verb, from, to, ...rest] = process.argv.slice(2);
try {
  if (verb === 'pack' && from && to && rest.length === 0) pack(from, to);
  else if (verb === 'unpack' && from && to && rest.length === 0) unpack(from, to);
  else if (verb === 'list' && from && to === undefined) list(from);
  else throw new RecordedHostError(USAGE);
} catch (error) {
  if (!(error instanceof RecordedHostError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
