import { lines, toCount } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Longest time for which it may read folders. */
export const FOLDERS_SECONDS = 30;

/** Arguments of du before the mount point: line by line, so that a run that is cut has its lines. */
export const DU = ['timeout', String(FOLDERS_SECONDS), 'ionice', '-c', '3', 'nice', '-n', '19', 'stdbuf', '-oL', 'du', '-x', '-k', '-d', '2', '--']; // prettier-ignore
/** Of timeout(1), which ended it. */
const CUT = 124;

export interface Folders {
  /** Largest first. */
  readonly folders: readonly Folder[];
  /** The time limit ended it: folders are missing. */
  readonly isCut: boolean;
}

/**
 * Space below the folders of a mount: du(1) with idle priority, within its filesystem. It reads every folder, and writes each once it is
 * done; the mount itself is last. What is finished after the time limit stays.
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
      argv: [...DU, target],
      // 1: some folders were not readable.
      okExits: [0, 1, CUT],
      as: 'root',
      timeoutMs: (FOLDERS_SECONDS + 5) * 1000,
    },
  }),
  parse: ({ folders: text }, { target }): Folders | undefined => {
    if (text === undefined) return undefined;
    const folders = lines(text).flatMap((line): Folder[] => {
      const [size, path] = line.split('\t');
      const kib = toCount(size);
      return kib === undefined || path === undefined ? [] : [{ path, bytes: kib * 1024 }];
    });
    return {
      folders: folders.toSorted((a, b) => b.bytes - a.bytes).slice(0, 200),
      isCut: !folders.some(({ path }) => path === target),
    };
  },
});

export interface Folder {
  readonly path: string;
  readonly bytes: number;
}
