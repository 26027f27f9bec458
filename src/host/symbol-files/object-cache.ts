import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const LIMIT_BYTES = 1 << 30;
const MAX_FILES = 5000;
const BUILD_ID = /^[\da-f]{8,128}$/;
const FILE = /^[\da-f]{32}[\\/][\da-f]{8,128}\.elf$/;

/** Object of a host: what one host sends under a build-id is not shown for another, whose programs may have the same. */
export interface ObjectId {
  readonly host: string;
  readonly buildId: string;
}

/** Folder of the engineer's cache: XDG Base Directory Specification. */
export const cacheFolder = (env: NodeJS.ProcessEnv, home = homedir()): string =>
  join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'crashcart');

/**
 * Unwind tables and names of objects that outlast a session, in a folder per host, whose name does not show it. The least recently
 * used give way beyond the limit. A folder that cannot be written caches nothing.
 */
export class ObjectCache {
  readonly #folder: string;
  readonly #limit: number;

  constructor(folder: string, limit = LIMIT_BYTES) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Path of the file of an object, whether it is there or not. */
  path({ host, buildId }: ObjectId): string {
    return join(this.#folder, createHash('sha256').update(host).digest('hex').slice(0, 32), `${buildId}.elf`);
  }

  read(id: ObjectId): Uint8Array | undefined {
    if (!BUILD_ID.test(id.buildId)) return undefined;
    try {
      const data = readFileSync(this.path(id));
      const now = new Date();
      utimesSync(this.path(id), now, now);
      return data;
    } catch {
      return undefined;
    }
  }

  write(id: ObjectId, data: Uint8Array): void {
    if (!BUILD_ID.test(id.buildId) || data.length > this.#limit / 4) return;
    const path = this.path(id);
    const fresh = `${path}.${process.pid}.tmp`;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeFileSync(fresh, data, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, path);
      this.#trim();
    } catch {
      rmSync(fresh, { force: true });
    }
  }

  #trim(): void {
    const files = readdirSync(this.#folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => FILE.test(name))
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, seen: statSync(path) }))
      .sort((a, b) => b.seen.mtimeMs - a.seen.mtimeMs);
    let total = 0;
    for (const [index, { path, seen }] of files.entries())
      if ((total += seen.size) > this.#limit || index >= MAX_FILES) rmSync(path, { force: true });
  }
}
