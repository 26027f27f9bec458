import type { Dirent } from 'node:fs';
import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, posix, sep } from 'node:path';
import type { RecordedFiles } from '../recorded/cgroups.ts';

/** Files of a sosreport by path: `/proc/loadavg`, `/sos_commands/kernel/uname_-a`. */
export interface ReportFiles extends RecordedFiles {
  /** Target of a link; undefined for other files. */
  readonly link: (path: string) => Promise<string | undefined>;
}

/** Limit of `FileRead`. */
export const MAX_FILE_BYTES = 8 << 20;

/** Folder of a report, listed once. */
interface Folder {
  readonly target: string;
  readonly entries: ReadonlyMap<string, Dirent>;
}

/** Files of an unpacked report, which does not change. Links that lead out of it are not followed. */
export function folderFiles(root: string): ReportFiles {
  const inside = async (path: string): Promise<string | undefined> => {
    const target = await realpath(join(root, path)).catch(() => undefined);
    return target === root || target?.startsWith(root + sep) ? target : undefined;
  };
  const listed = async (target: string): Promise<Folder | undefined> => {
    const entries = await readdir(target, { withFileTypes: true }).catch(() => undefined);
    return entries && { target, entries: new Map(entries.map((entry) => [entry.name, entry])) };
  };
  const known = new Map<string, Promise<Folder | undefined>>();
  const folderOf = (path: string): Promise<Folder | undefined> => {
    const found = known.get(path) ?? list(path);
    known.set(path, found);
    return found;
  };
  const list = async (path: string): Promise<Folder | undefined> => {
    if (path === '/') return listed(root);
    const { parent, entry } = await entryOf(path);
    if (entry?.isDirectory()) return listed(join(parent, entry.name));
    const target = entry?.isSymbolicLink() ? await inside(path) : undefined;
    return target === undefined ? undefined : listed(target);
  };
  /** Entry of a path, by the list of its folder: most paths that are read are not in a report. */
  const entryOf = async (path: string): Promise<{ readonly parent: string; readonly entry: Dirent | undefined }> => {
    const folder = await folderOf(posix.dirname(path));
    return { parent: folder?.target ?? '', entry: folder?.entries.get(posix.basename(path)) };
  };
  return {
    text: async (path) => {
      const { parent, entry } = await entryOf(rooted(path));
      const target = entry?.isFile()
        ? join(parent, entry.name)
        : entry?.isSymbolicLink()
          ? await inside(path)
          : undefined;
      if (target === undefined) return undefined;
      const seen = await stat(target);
      return seen.isFile() && seen.size <= MAX_FILE_BYTES ? readFile(target, 'utf8').catch(() => undefined) : undefined;
    },
    names: async (path) => new Set((await folderOf(rooted(path)))?.entries.keys()),
    link: async (path) => {
      const { parent, entry } = await entryOf(rooted(path));
      return entry?.isSymbolicLink() ? readlink(join(parent, entry.name)).catch(() => undefined) : undefined;
    },
  };
}

const rooted = (path: string): string => posix.normalize(`/${path}`).replace(/(.)\/$/, '$1');
