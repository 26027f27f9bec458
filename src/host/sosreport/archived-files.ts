import { posix } from 'node:path';
import type { ReportFiles } from './files.ts';

type Kept = { readonly bytes: Buffer } | { readonly link: string };

/** Links that lead to links: as many as Linux follows. */
const MAX_LINKS = 40;
/** PATH_MAX of Linux. */
const MAX_PATH = 4096;
/** What an entry costs us besides its bytes and its name. */
const ENTRY_BYTES = 300;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * Files of an archive, in memory, by paths that begin at the report's own root. Names out of the archive are keys and
 * nothing else: `..` and links are followed among them, so that none can lead to a file of the engineer's own.
 */
export class ArchivedFiles implements ReportFiles {
  /** By the path as the archive has it, without `.` and `..` in it. */
  readonly #kept = new Map<string, Kept>();
  readonly #names = new Map<string, Set<string>>();
  #bytes = 0;
  #root: string | undefined;

  get size(): number {
    return this.#kept.size;
  }

  /** What all of it takes in memory, about. */
  get bytes(): number {
    return this.#bytes;
  }

  addFile(name: string, bytes: Buffer): void {
    this.#add(name, { bytes });
  }

  addLink(name: string, target: string): void {
    this.#add(name, { link: target });
  }

  /** A hard link names a file by its path from the archive's beginning. */
  addHardLink(name: string, target: string): void {
    const kept = this.#kept.get(rooted(target));
    if (kept) this.#add(name, kept);
  }

  readonly text = async (path: string): Promise<string | undefined> => {
    const kept = this.#kept.get(this.#resolved(path) ?? '');
    return kept && 'bytes' in kept ? kept.bytes.toString('utf8') : undefined;
  };

  readonly names = async (path: string): Promise<ReadonlySet<string>> =>
    this.#names.get(this.#resolved(path) ?? '') ?? NOTHING;

  readonly link = async (path: string): Promise<string | undefined> => {
    const parent = this.#resolved(posix.dirname(path));
    const kept = parent === undefined ? undefined : this.#kept.get(posix.join(parent, posix.basename(path)));
    return kept && 'link' in kept ? kept.link : undefined;
  };

  /** The folder that holds sos_commands; undefined when the archive is another. */
  get root(): string | undefined {
    this.#root ??= this.roots[0];
    return this.#root;
  }

  /** Folders that hold sos_commands, but those within another. */
  get roots(): readonly string[] {
    const all = [...this.#names].filter(([, names]) => names.has('sos_commands')).map(([folder]) => folder);
    const sorted = all.toSorted((a, b) => a.length - b.length);
    return sorted.filter((folder, index) => !sorted.slice(0, index).some((outer) => folder.startsWith(slashed(outer))));
  }

  /** Takes the report of one folder of several. */
  choose(root: string): void {
    this.#root = root;
  }

  #add(name: string, kept: Kept): void {
    if (name.length > MAX_PATH || ('link' in kept && kept.link.length > MAX_PATH)) return;
    const path = rooted(name);
    this.#kept.set(path, kept);
    this.#bytes += ENTRY_BYTES + 2 * path.length + ('link' in kept ? kept.link.length : kept.bytes.length);
    for (let at = path; at !== '/'; at = posix.dirname(at)) {
      const folder = posix.dirname(at);
      const names = this.#names.get(folder) ?? new Set();
      const isKnown = names.has(posix.basename(at));
      this.#names.set(folder, names.add(posix.basename(at)));
      if (isKnown) return;
    }
  }

  /** Where a path of the report ends, links followed; undefined when it leads out of it or round in circles. */
  #resolved(path: string): string | undefined {
    const { root } = this;
    if (root === undefined) return undefined;
    const waiting = path.split('/');
    let at = root;
    let links = 0;
    while (waiting.length > 0) {
      const part = waiting.shift() ?? '';
      if (part === '' || part === '.') continue;
      const next = part === '..' ? posix.dirname(at) : posix.join(at, part);
      if (next !== root && !next.startsWith(root === '/' ? '/' : `${root}/`)) return undefined;
      const kept = this.#kept.get(next);
      if (!kept || !('link' in kept)) {
        at = next;
        continue;
      }
      if (++links > MAX_LINKS) return undefined;
      waiting.unshift(...kept.link.split('/'));
      // On the host that was its root; in a report it is the report's.
      if (kept.link.startsWith('/')) at = root;
    }
    return at;
  }
}

const slashed = (folder: string): string => (folder === '/' ? '/' : `${folder}/`);

const rooted = (name: string): string => posix.normalize(`/${name}`).replace(/(.)\/$/, '$1');
