import { readFileSync, statSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join, normalize, posix, sep } from 'node:path';
import type { RecordedFiles } from './cgroups.ts';

/** Files of a recorded host by their paths in its folder: `/t0/proc/stat`. */
export interface RecordedStore extends RecordedFiles {
  /** Target of a symbolic link; undefined for anything else. */
  readonly link: (path: string) => Promise<string | undefined>;
  /** Text of a file of the recording itself: `at.json`, `t0/links.json`. */
  readonly sideFile: (path: string) => string | undefined;
}

/** A folder, read as it is asked for. A path that climbs out of it is not in it. */
export function folderStore(folder: string): RecordedStore {
  const root = normalize(folder);
  const inside = (path: string): string | undefined => {
    const place = normalize(join(root, path));
    return place === root || place.startsWith(root.endsWith(sep) ? root : root + sep) ? place : undefined;
  };
  return {
    text: async (path) => {
      const place = inside(path);
      if (place === undefined) return undefined;
      const isFile = await stat(place).then(
        (seen) => seen.isFile(),
        () => false,
      );
      return isFile ? readFile(place, 'utf8') : undefined;
    },
    names: async (path) => {
      const place = inside(path);
      return new Set(place === undefined ? [] : await readdir(place).catch(() => []));
    },
    link: async (path) => {
      const place = inside(path);
      return place === undefined ? undefined : readlink(place).catch(() => undefined);
    },
    sideFile: (path) => {
      const place = join(root, path);
      return statSync(place, { throwIfNoEntry: false })?.isFile() ? readFileSync(place, 'utf8') : undefined;
    },
  };
}

const NOTHING: ReadonlySet<string> = new Set();

/** Files in memory, by their paths in the folder that they would be unpacked to: `proc/stat`. */
export class MemoryStore implements RecordedStore {
  readonly #texts: ReadonlyMap<string, () => string>;
  #names: Map<string, Set<string>> | undefined;

  constructor(texts: ReadonlyMap<string, () => string>) {
    this.#texts = texts;
  }

  readonly text = async (path: string): Promise<string | undefined> => this.sideFile(relative(path));
  readonly names = async (path: string): Promise<ReadonlySet<string>> =>
    (this.#names ??= namesByFolder(this.#texts.keys())).get(relative(path)) ?? NOTHING;
  readonly link = async (): Promise<undefined> => undefined;
  readonly sideFile = (path: string): string | undefined => this.#texts.get(path)?.();
}

const relative = (path: string): string => posix.normalize(`/${path}/`).slice(1, -1);

function namesByFolder(paths: Iterable<string>): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const path of paths)
    for (let at = path; at !== '';) {
      const folder = at.slice(0, Math.max(0, at.lastIndexOf('/')));
      const known = names.get(folder) ?? new Set();
      const name = at.slice(folder === '' ? 0 : folder.length + 1);
      if (known.has(name)) break;
      names.set(folder, known.add(name));
      at = folder;
    }
  return names;
}
