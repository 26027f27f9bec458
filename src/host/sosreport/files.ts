import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { RecordedFiles } from '../recorded/cgroups.ts';

/** Files of a sosreport by path: `/proc/loadavg`, `/sos_commands/kernel/uname_-a`. */
export interface ReportFiles extends RecordedFiles {
  /** Target of a link; undefined for other files. */
  readonly link: (path: string) => Promise<string | undefined>;
}

/** Limit of `FileRead`. */
export const MAX_FILE_BYTES = 8 << 20;

/** Files of an unpacked report. Links that lead out of it are not followed. */
export function folderFiles(root: string): ReportFiles {
  const inside = async (path: string): Promise<string | undefined> => {
    const target = await realpath(join(root, path)).catch(() => undefined);
    return target === root || target?.startsWith(root + sep) ? target : undefined;
  };
  return {
    text: async (path) => {
      const target = await inside(path);
      if (target === undefined) return undefined;
      const seen = await stat(target);
      return seen.isFile() && seen.size <= MAX_FILE_BYTES ? readFile(target, 'utf8').catch(() => undefined) : undefined;
    },
    names: async (path) => {
      const target = await inside(path);
      return new Set(target === undefined ? [] : await readdir(target).catch(() => []));
    },
    link: async (path) => {
      const parent = await inside(join(path, '..'));
      return parent === undefined ? undefined : readlink(join(root, path)).catch(() => undefined);
    },
  };
}
