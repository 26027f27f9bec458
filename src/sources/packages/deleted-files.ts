import { toNumber } from '../../lib/lines.ts';
import { defineSource, following } from '../source.ts';
import { packageFiles } from './package-files.ts';

/** Code that a process has mapped and that was deleted since: of a package that was upgraded or removed. */
export interface DeletedFile {
  readonly pid: number;
  readonly path: string;
}

const MAX_FILES = 5000;

/** Executable mappings of files below the folders of packages; a mapping has an inode. proc_pid_maps(5). */
const PATTERN = String.raw` r-xp [0-9a-f]+ [0-9a-f:]+ [1-9][0-9]* +/(usr|lib|lib32|lib64|bin|sbin|opt|snap)/.* \(deleted\)$`;

export const FIND_DELETED = 'find /proc -mindepth 2 -maxdepth 2 -name maps -path /proc/[0-9]* -exec grep -sHE'
  .split(' ')
  .concat(PATTERN, '{}', '+');

/**
 * Deleted files that processes run: needrestart(8)'s question, without its false hits (memfd, /dev/zero, shared memory).
 *
 *     /proc/881/maps:7f1c7a400000-7f1c7a695000 r-xp 00028000 fe:01 396412    /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)
 */
export const deletedFiles = defineSource({
  id: 'deleted-files',
  title: 'Deleted files in use',
  why: 'Shows services that still run code from before an upgrade.',
  everySeconds: 300,
  value: 'low',
  follows: following(packageFiles, (sample) => sample?.database),
  reads: {
    // grep finds nothing: 1.
    mapped: { kind: 'run', argv: FIND_DELETED, okExits: [0, 1], as: 'root' },
  },
  weightKiB: (sample: readonly DeletedFile[] | undefined) => (sample?.length ?? 0) * 0.2,
  parse: ({ mapped }): readonly DeletedFile[] | undefined => {
    if (mapped === undefined) return undefined;
    const found = new Map<string, DeletedFile>();
    for (const line of mapped.split('\n')) {
      const [, digits, path] = /^\/proc\/(\d+)\/maps:\S+ +r-xp +\S+ +\S+ +\d+ +(\/.*) \(deleted\)$/.exec(line) ?? [];
      const pid = toNumber(digits);
      if (pid === undefined || path === undefined) continue;
      if (found.size < MAX_FILES) found.set(`${pid} ${path}`, { pid, path });
    }
    return [...found.values()];
  },
});
