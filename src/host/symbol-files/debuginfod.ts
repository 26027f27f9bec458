import { createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SERVER_MS = 10_000;
const MAX_BYTES = 512 << 20;
const MAX_S = 600;
/** Files and bytes of a session: a hostile host names any number of build-ids. */
const MAX_WANTED = 500;
const MAX_TOTAL = 8 * 2 ** 30;

/**
 * Debuginfod downloads files of debug symbols into the cache of elfutils' client, one at a time and in the background: a page does not
 * wait for it. Limits are those of the client, DEBUGINFOD_MAXSIZE and DEBUGINFOD_MAXTIME. debuginfod-find(1)
 */
export class Debuginfod {
  readonly #servers: readonly string[];
  readonly #folder: string;
  readonly #maxBytes: number;
  readonly #maxMs: number;
  readonly #get: typeof fetch;
  readonly #asked = new Set<string>();
  #left = MAX_TOTAL;
  #last: Promise<void> = Promise.resolve();

  constructor(servers: readonly string[], folder: string, env: NodeJS.ProcessEnv, get: typeof fetch) {
    this.#servers = servers;
    this.#folder = folder;
    this.#maxBytes = Number(env['DEBUGINFOD_MAXSIZE']) || MAX_BYTES;
    this.#maxMs = (Number(env['DEBUGINFOD_MAXTIME']) || MAX_S) * 1000;
    this.#get = get;
  }

  /** Starts the download of a build-id, once per session; `arrived` is called when its file is there. */
  want(buildId: string, arrived: () => void): void {
    if (this.#servers.length === 0 || this.#asked.has(buildId) || this.#asked.size >= MAX_WANTED) return;
    this.#asked.add(buildId);
    this.#last = this.#after(this.#last, buildId, arrived);
  }

  async #after(before: Promise<void>, buildId: string, arrived: () => void): Promise<void> {
    await before;
    for (const server of this.#servers)
      if (await this.#download(server, buildId)) {
        arrived();
        return;
      }
  }

  async #download(server: string, buildId: string): Promise<boolean> {
    const path = join(this.#folder, buildId, 'debuginfo');
    const fresh = `${path}.${process.pid}.tmp`;
    try {
      const refused = new AbortController();
      const timer = setTimeout(() => refused.abort(), SERVER_MS);
      const signal = AbortSignal.any([refused.signal, AbortSignal.timeout(this.#maxMs)]);
      const reply = await this.#get(`${server.replace(/\/$/, '')}/buildid/${buildId}/debuginfo`, { signal });
      clearTimeout(timer);
      if (!reply.ok || reply.body === null) {
        await reply.body?.cancel();
        return false;
      }
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(Readable.fromWeb(reply.body), this.#limited(), createWriteStream(fresh, { mode: 0o600, flags: 'wx' }), { signal }); // prettier-ignore
      renameSync(fresh, path);
      return true;
    } catch {
      rmSync(fresh, { force: true });
      return false;
    }
  }

  /** Passes up to the limits of a file and of the session. */
  #limited(): Transform {
    let left = this.#maxBytes;
    return new Transform({
      transform: (piece: Buffer, _, done) => {
        left -= piece.length;
        this.#left -= piece.length;
        done(left < 0 || this.#left < 0 ? new Error('larger than the limit') : null, piece);
      },
    });
  }
}
