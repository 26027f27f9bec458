import { toNumber } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Files that a sample holds, newest first. */
const MOST = 50;
/** Rewritten by the system itself: caches, lock files, copies that passwd tools and editors leave, archives of LVM. */
const NOISE =
  /^\/etc$|(?:\.cache|\.lock|\.pid|~|-|\.swp|\.dpkg-\w+)$|^\/etc\/(?:mtab|adjtime|lvm\/(?:archive|backup)\/)/;

const FORMAT = String.raw`%T@ %p\0`;
/** The folder itself is always printed: an empty list is then one that was read. The find of busybox has no -printf. */
export const FIND_ETC = [
  ...'find /etc -xdev -maxdepth 4 ( -path /etc -o -type f -mmin -1440 ) -printf'.split(' '),
  FORMAT,
];

export interface ChangedFile {
  readonly path: string;
  readonly modifiedMs: number;
}

/** What a change of kernel modules or of a snap leaves behind: `modules.dep` of depmod(8), the link `current` of a snap. */
export const FIND_IMAGES = [
  ...'find /lib/modules /snap -maxdepth 2 -mmin -1440 ( -name modules.dep -o -name current ) -printf'.split(' '),
  FORMAT,
];

/**
 * Names of files that were modified within a day, never their contents: `find -mmin`, which follows no link, stays on the file
 * system and goes 4 folders deep; about 1 600 files in 5 ms. Names end with NUL, since they may hold anything else.
 *
 *     1795976014.7761546550 /etc/hosts.deny
 *     1795976100.0000000000 /lib/modules/6.1.0-27-amd64/modules.dep
 */
export const etcFiles = defineSource({
  id: 'etc-files',
  title: 'Files changed in /etc',
  why: 'Shows which files of /etc were modified in the last day, and kernels and snaps installed in it: names and times only.',
  everySeconds: 300,
  reads: {
    etc: {
      kind: 'run',
      argv: FIND_ETC,
      // Folders that only root may read are left out.
      okExits: [0, 1],
    },
    images: {
      kind: 'run',
      argv: FIND_IMAGES,
      // Without snaps, /snap is absent.
      okExits: [0, 1],
    },
  },
  parse: ({ etc, images }) => {
    const isRead = etc !== undefined && / \/etc(?:\0|$)/.test(etc);
    return {
      files: isRead ? filesOf(etc, NOISE) : undefined,
      images: isRead && images !== undefined ? filesOf(images) : undefined,
    };
  },
});

const filesOf = (text: string, noise?: RegExp): readonly ChangedFile[] =>
  text
    .split('\0')
    .flatMap((entry): ChangedFile[] => {
      const end = entry.indexOf(' ');
      const seconds = toNumber(entry.slice(0, end));
      const path = entry.slice(end + 1);
      return end <= 0 || seconds === undefined || noise?.test(path)
        ? []
        : [{ path, modifiedMs: Math.round(seconds * 1000) }];
    })
    .toSorted((a, b) => b.modifiedMs - a.modifiedMs)
    .slice(0, MOST);
