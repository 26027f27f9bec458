import { lines, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Filesystems on block devices. findmnt(8) leaves out pseudo filesystems: on a node of containers the other mounts are thousands.
 *
 *     / 254:0 ext4 /dev/vda
 *     /var/lib/my\x20data 253:2 xfs /dev/mapper/vg0-data[/sub]
 */
export const mounts = defineSource({
  id: 'mounts',
  title: 'Mounted filesystems',
  why: 'Shows on which disk the files of containers and guests are.',
  everySeconds: 60,
  value: 'low',
  reads: {
    real: {
      kind: 'run',
      argv: ['findmnt', '--real', '--noheadings', '--raw', '--output', 'TARGET,MAJ:MIN,FSTYPE,SOURCE'],
      // Without a filesystem of that kind.
      okExits: [0, 1],
    },
  },
  parse: ({ real }): readonly Mount[] =>
    lines(real ?? '')
      .slice(0, MAX_MOUNTS)
      .flatMap((line) => {
        const [target, , type, source] = words(line);
        const device = /^\/dev\/([^[\]]+)/.exec(source ?? '')?.[1];
        if (target === undefined || type === undefined || device === undefined) return [];
        return [{ target: unescape(target), type, device: unescape(device) }];
      }),
});

export interface Mount {
  readonly target: string;
  readonly type: string;
  /** Below /dev: `vda1`, `mapper/vg0-data`. */
  readonly device: string;
}

/** Mounts beyond these are left out. */
const MAX_MOUNTS = 4096;

/** `\x20` as findmnt escapes blanks and control characters. */
const unescape = (text: string): string =>
  text.replaceAll(/\\x([\da-f]{2})/gi, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 16)));

/** Lookup of the mount that holds a path: the nearest above it. A later mount at the same place hides the one before. */
export function mountFinder(all: readonly Mount[]): (path: string) => Mount | undefined {
  const byTarget = new Map(all.map((mount) => [mount.target, mount]));
  return (path) => {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = byTarget.get(at);
      if (found) return found;
    }
    return byTarget.get('/');
  };
}
