import { lines, toCount } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/**
 * Processes with files on one mount, by the links of their open files; nothing of the mount itself is read but the size of deleted
 * files. The first line is their number, then pid, command, files, deleted files, bytes of these, and the largest or first file.
 *
 *     2
 *     4242	postgres	12	1	1073741824	/srv/db/base/16384/2619 (deleted)
 */
export const mountUsers = defineDetail({
  id: 'mount-users',
  title: 'Users of a mount',
  why: 'Shows which processes keep a mount busy, and deleted files that hold its space.',
  everySeconds: 10,
  example: { target: '/' },
  reads: ({ target }: { readonly target: string }) => ({
    users: { kind: 'mounts', usersOf: target, as: 'root', timeoutMs: 10_000 },
  }),
  parse: ({ users }): MountUsers | undefined => (users === undefined ? undefined : parseUsers(users)),
});

export interface MountUser {
  readonly pid: number;
  readonly command: string;
  readonly files: number;
  readonly deleted: number;
  readonly deletedBytes: number;
  readonly file: string;
}

export interface MountUsers {
  /** Number of processes, of which the first 200 have a row. */
  readonly all: number | undefined;
  readonly users: readonly MountUser[];
}

export function parseUsers(text: string): MountUsers {
  const [first, ...rows] = lines(text);
  return {
    all: toCount(first),
    users: rows.flatMap((row): MountUser[] => {
      const [pid, command = '', files, deleted, bytes, file = ''] = row.split('\t');
      const [id, open, gone, deletedBytes] = [pid, files, deleted, bytes].map(toCount);
      if (id === undefined || open === undefined || gone === undefined || deletedBytes === undefined) return [];
      return [{ pid: id, command, files: open, deleted: gone, deletedBytes, file }];
    }),
  };
}
