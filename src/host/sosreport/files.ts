import { readdir, readFile, readlink, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { RecordedFiles } from '../recorded/cgroups.ts';

/** What a sosreport holds, by the paths that it has there: `/proc/loadavg`, `/sos_commands/kernel/uname_-a`. */
export interface ReportFiles extends RecordedFiles {
  /** Where a link points to; undefined when it is none. */
  readonly link: (path: string) => Promise<string | undefined>;
}

/** More than a read may answer with (`FileRead`). */
export const MAX_FILE_BYTES = 8 << 20;

/** An unpacked report. A link that leads out of it, to a file of the engineer's own, is none. */
export function folderFiles(root: string): ReportFiles {
  const inside = async (path: string): Promise<string | undefined> => {
    const place = await realpath(join(root, path)).catch(() => undefined);
    return place === root || place?.startsWith(root + sep) ? place : undefined;
  };
  return {
    text: async (path) => {
      const place = await inside(path);
      if (place === undefined) return undefined;
      const seen = await stat(place);
      return seen.isFile() && seen.size <= MAX_FILE_BYTES ? readFile(place, 'utf8').catch(() => undefined) : undefined;
    },
    names: async (path) => {
      const place = await inside(path);
      return new Set(place === undefined ? [] : await readdir(place).catch(() => []));
    },
    link: async (path) => {
      const parent = await inside(join(path, '..'));
      return parent === undefined ? undefined : readlink(join(root, path)).catch(() => undefined);
    },
  };
}
