import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  closeSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { tarEntries } from '../archives/tar.ts';
import { packingOf, unpacked } from '../archives/unpacked.ts';

const MAX_PACKAGES = 5000;
/** Build-ids of a session: a hostile host names any number. */
const MAX_WANTED = 5000;
const MAX_CONTROL = 4 << 20;
const MAX_FILE = 2 ** 31;
const PACKAGE = /-dbg(?:sym)?_[^/]*\.d?deb$/;

interface Member {
  readonly name: string;
  readonly at: number;
  readonly size: number;
}

/**
 * DebugPackages takes debug symbols out of packages in folders of the engineer: `NAME-dbgsym_VERSION_ARCH.deb` (Debian) and `.ddeb`
 * (Ubuntu), whose control file lists build-ids. https://wiki.debian.org/AutomaticDebugPackages. Files go to the cache, one at a time.
 */
export class DebugPackages {
  readonly #folders: readonly string[];
  readonly #cache: string;
  #index: Promise<ReadonlyMap<string, string>> | undefined;
  readonly #asked = new Set<string>();
  #last: Promise<void> = Promise.resolve();

  constructor(folders: readonly string[], cache: string) {
    this.#folders = folders;
    this.#cache = cache;
  }

  /** Path of the file of a build-id once it was taken out of its package. */
  path(buildId: string): string {
    return join(this.#cache, `${buildId}.debug`);
  }

  /** Takes the file of a build-id out of its package, once per session; `arrived` is called when it is there. */
  want(buildId: string, arrived: () => void): void {
    if (this.#folders.length === 0 || this.#asked.has(buildId) || this.#asked.size >= MAX_WANTED) return;
    this.#asked.add(buildId);
    this.#last = this.#after(this.#last, buildId, arrived);
  }

  /** One after the other: each unpacks with up to 64 MiB of memory. */
  async #after(before: Promise<void>, buildId: string, arrived: () => void): Promise<void> {
    await before;
    if (await this.#take(buildId)) arrived();
  }

  async #take(buildId: string): Promise<boolean> {
    const fresh = `${this.path(buildId)}.${process.pid}.tmp`;
    try {
      const found = (await (this.#index ??= this.#buildIds())).get(buildId);
      if (found === undefined) return false;
      const name = `${buildId.slice(0, 2)}/${buildId.slice(2)}.debug`;
      let taken = false;
      for await (const entry of entriesOf(found, 'data.tar')) {
        if (!entry.name.endsWith(`/.build-id/${name}`) || entry.type !== 'file' || entry.size > MAX_FILE) continue;
        mkdirSync(this.#cache, { recursive: true, mode: 0o700 });
        await pipeline(Readable.from(entry.pieces()), createWriteStream(fresh, { mode: 0o600, flags: 'wx' }));
        renameSync(fresh, this.path(buildId));
        taken = true;
      }
      return taken;
    } catch {
      rmSync(fresh, { force: true });
    }
    return false;
  }

  /** Package of each build-id; packages that cannot be read have none. */
  async #buildIds(): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    const packages = this.#folders.flatMap((folder) => namesIn(folder).filter((name) => PACKAGE.test(name)).map((name) => join(folder, name))); // prettier-ignore
    for (const path of packages.slice(0, MAX_PACKAGES))
      try {
        for await (const entry of entriesOf(path, 'control.tar')) {
          if (basename(entry.name) !== 'control' || entry.size > MAX_CONTROL) continue;
          const [, ids = ''] = /^Build-Ids:(.*)$/m.exec((await entry.read()).toString('latin1')) ?? [];
          for (const id of ids.trim().split(/\s+/)) found.set(id, path);
        }
      } catch {
        continue;
      }
    return found;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Entries of a member of a package: deb(5). All are read: xz-decompress 0.2.3 fails where a reader leaves before the end. */
async function* entriesOf(path: string, member: string) {
  const found = membersOf(path).find(({ name }) => name.startsWith(member));
  if (found === undefined) return;
  const head = bytesAt(path, found.at, 512);
  const packing = packingOf(head);
  if (packing === undefined) return;
  yield* tarEntries(unpacked(createReadStream(path, { start: found.at, end: found.at + found.size - 1 }), packing));
}

/** Members of an archive of ar(1): heads of 60 bytes in text. */
function membersOf(path: string): readonly Member[] {
  const members: Member[] = [];
  let at = 8;
  if (bytesAt(path, 0, 8).toString('latin1') !== '!<arch>\n') return members;
  while (members.length < 8) {
    const head = bytesAt(path, at, 60).toString('latin1');
    const size = Number(head.slice(48, 58));
    if (head.length < 60 || head.slice(58) !== '`\n' || !Number.isSafeInteger(size)) break;
    members.push({ name: head.slice(0, 16).trim(), at: at + 60, size });
    at += 60 + size + (size % 2);
  }
  return members;
}

function bytesAt(path: string, at: number, size: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const data = Buffer.alloc(size);
    return data.subarray(0, readSync(file, data, 0, size, at));
  } finally {
    closeSync(file);
  }
}
