import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const LIMIT_BYTES = 1 << 30;
const FILE = /^[\da-f]{8,128}\.elf$/;

/** Folder of the engineer's cache: XDG Base Directory Specification. */
export const cacheFolder = (env: NodeJS.ProcessEnv, home = homedir()): string =>
  join(env['XDG_CACHE_HOME'] || join(home, '.cache'), 'crashcart');

/**
 * Files of objects by build-id that outlast a session: unwind tables of hosts, symbols of packages. The least recently used give way
 * beyond the limit. A folder that cannot be written caches nothing.
 */
export class ObjectCache {
  readonly #folder: string;
  readonly #limit: number;

  constructor(folder: string, limit = LIMIT_BYTES) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /** Path of the file of a build-id, whether it is there or not. */
  path(buildId: string): string {
    return join(this.#folder, `${buildId}.elf`);
  }

  read(buildId: string): Uint8Array | undefined {
    if (!FILE.test(`${buildId}.elf`)) return undefined;
    try {
      const data = readFileSync(this.path(buildId));
      const now = new Date();
      utimesSync(this.path(buildId), now, now);
      return data;
    } catch {
      return undefined;
    }
  }

  write(buildId: string, data: Uint8Array): void {
    if (!FILE.test(`${buildId}.elf`) || data.length > this.#limit / 4) return;
    const fresh = `${this.path(buildId)}.${process.pid}.tmp`;
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(fresh, data, { mode: 0o600, flag: 'wx' });
      renameSync(fresh, this.path(buildId));
      this.#trim();
    } catch {
      rmSync(fresh, { force: true });
    }
  }

  #trim(): void {
    const files = readdirSync(this.#folder)
      .filter((name) => FILE.test(name))
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, seen: statSync(path) }))
      .sort((a, b) => b.seen.mtimeMs - a.seen.mtimeMs);
    let total = 0;
    for (const { path, seen } of files) if ((total += seen.size) > this.#limit) rmSync(path, { force: true });
  }
}
