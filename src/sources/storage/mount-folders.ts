import { lines, toCount } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Longest time for which it may read folders. */
export const FOLDERS_SECONDS = 30;

/**
 * Space below the folders of a mount: du(1) with idle priority, within its filesystem. It reads every folder.
 *
 *     1048576	/srv/db
 *     1310720	/srv
 */
export const mountFolders = defineDetail({
  id: 'mount-folders',
  title: 'Folders of a mount',
  why: 'Finds the biggest folders of a full filesystem, when the engineer asks for it.',
  everySeconds: 3600,
  example: { target: '/' },
  reads: ({ target }: { readonly target: string }) => ({
    folders: {
      kind: 'run',
      argv: ['ionice', '-c', '3', 'nice', '-n', '19', 'du', '-x', '-k', '-d', '2', '--', target],
      // 1: some folders were not readable.
      okExits: [0, 1],
      as: 'root',
      timeoutMs: FOLDERS_SECONDS * 1000,
    },
  }),
  parse: ({ folders }): readonly Folder[] | undefined =>
    folders === undefined
      ? undefined
      : lines(folders)
          .flatMap((line): Folder[] => {
            const [size, path] = line.split('\t');
            const kib = toCount(size);
            return kib === undefined || path === undefined ? [] : [{ path, bytes: kib * 1024 }];
          })
          .toSorted((a, b) => b.bytes - a.bytes)
          .slice(0, 200),
});

export interface Folder {
  readonly path: string;
  readonly bytes: number;
}
