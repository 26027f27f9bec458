import { countOf, fields, items, json, textOf } from '../../lib/json.ts';
import { defineSource } from '../source.ts';

/** Lock of the package manager that a process holds. */
export interface PackageLock {
  readonly path: string;
  readonly pid: number;
  /** Whether the device is the same: of a file on an overlay the kernel may have that of a lower layer, whose inode proves nothing. */
  readonly isSameDevice: boolean;
}

export interface PackageFiles {
  /** Revision of the package database: changes with each write. */
  readonly database: string;
  readonly reboot: string;
  readonly locks: readonly PackageLock[];
}

/**
 * Times of change of the files of dpkg and rpm, by which their readings are repeated, and the locks of apt and dpkg.
 *
 *     {"files":{"/var/lib/dpkg/status":[1796025424310,1170432,26732]},"locks":[["/var/lib/dpkg/lock-frontend",5161,true]]}
 */
export const packageFiles = defineSource({
  id: 'package-files',
  title: 'Files of the package manager',
  why: 'Shows who holds the locks of the package manager, and when its database changed.',
  everySeconds: 5,
  reads: { files: { kind: 'talk', dialect: 'facts', to: 'facts:packages', request: 'packages' } },
  parse: ({ files: text }): PackageFiles | undefined => {
    if (text === undefined) return undefined;
    const reply = fields(json(text));
    const files = Object.entries(fields(reply['files'])).map(([path, seen]) => ({ path, seen: items(seen).map(countOf) })); // prettier-ignore
    const revision = (isOf: (path: string) => boolean): string =>
      files.filter(({ path }) => isOf(path)).map(({ path, seen }) => `${path} ${seen.join(' ')}`).join('\n'); // prettier-ignore
    const isReboot = (path: string) => path.startsWith('/run/');
    return {
      database: revision((path) => !isReboot(path)),
      reboot: revision(isReboot),
      locks: items(reply['locks']).flatMap((one): PackageLock[] => {
        const [path, pid, same] = items(one);
        const [file, holder] = [textOf(path), countOf(pid)];
        return file === undefined || holder === undefined ? [] : [{ path: file, pid: holder, isSameDevice: same === true }]; // prettier-ignore
      }),
    };
  },
});
