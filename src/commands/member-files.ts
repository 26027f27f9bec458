import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import type { InventoryHost } from '../fleet/inventory.ts';
import { reportsOf } from '../recording/open-recording.ts';
import { NotesFile } from '../recording/notes-file.ts';
import { RecordingError } from '../recording/recording-error.ts';

/** Recordings and packed sosreports by their names, as `record` of a set and `sos collect` write them. */
const IS_MEMBER = /\.(?:cc\.zst|txtar|tar(?:\.\w+)?|tgz)$/;
const MAX_FILES = 1000;

/**
 * Files of a set with the names of their hosts: files as they are, of a folder the recordings and reports in it, of an archive of
 * `sos collect` the reports in it. Rejects with a RecordingError.
 */
export async function memberFiles(paths: readonly string[]): Promise<readonly InventoryHost[]> {
  const files = (await Promise.all(paths.map(filesAt))).flat();
  if (files.length > MAX_FILES) throw new RecordingError(`${files.length} files, more than ${MAX_FILES}`);
  const short = files.map((file) => hostName(file));
  const isUnique = new Set(short).size === files.length;
  const [folder = ''] = paths;
  // Notes in the set's own file have these names: a path that was typed differs by the working folder.
  const long = (file: string): string => (paths.length === 1 ? relative(folder, file) : file);
  return files.map((file, i) => ({ name: isUnique ? (short[i] ?? file) : long(file), target: file }));
}

async function filesAt(path: string): Promise<readonly string[]> {
  const seen = await stat(path).catch(() => undefined);
  const reports = seen === undefined ? [] : await reportsOf(path);
  if (reports.length > 0) return reports.map((report) => join(path, report));
  if (!seen?.isDirectory()) return [path];
  const members = (await readdir(path)).filter((name) => IS_MEMBER.test(name)).toSorted();
  return members.length === 0 ? [path] : members.map((name) => join(path, name));
}

/**
 * Markers and notes of a set: in `set.notes.jsonl` of its folder, beside an archive of several reports, and of files that are named one by
 * one in the state folder of the user.
 */
export async function notesOfSet(paths: readonly string[]): Promise<NotesFile> {
  const absolute = paths.map((path) => resolve(path)).toSorted();
  const ownName = `set-${createHash('sha256').update(JSON.stringify(absolute)).digest('hex').slice(0, 32)}`;
  const [first = ''] = absolute;
  if (absolute.length > 1) return new NotesFile({ id: ownName, ownName }, undefined);
  const isFolder = (await stat(first).catch(() => undefined))?.isDirectory();
  return new NotesFile({ id: 'set', ownName }, isFolder ? join(first, 'set') : first);
}

/** Whether a path is of several hosts: a folder of recordings, or an archive of several reports. */
export async function isSet(path: string): Promise<boolean> {
  const files = await filesAt(path).catch(() => []);
  return files.length > 1;
}

/** `node07` of `node07.cc.zst`, `web1` of `sosreport-web1-2026-11-30-abcdefg.tar.xz`. */
function hostName(file: string): string {
  const name = basename(file).replace(IS_MEMBER, '');
  return /^sosreport-(.+?)-(?:\d+-)?\d{4}-\d\d-\d\d-\w+$/.exec(name)?.[1] ?? name;
}
