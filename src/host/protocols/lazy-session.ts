import { DaemonError } from './protocol.ts';

/** LazySession starts one session with a program on the host on demand; after a failure it waits before the next start. */
export class LazySession<Session> {
  readonly #start: (lost: () => void) => Promise<Session>;
  readonly #retryMs: (error: DaemonError, failures: number) => number;
  #session: Promise<Session> | undefined;
  #failed: { readonly error: DaemonError; readonly untilMs: number } | undefined;
  #failures = 0;

  /** `start` calls `lost` at the end of a session. `failures` counts earlier failures in a row. */
  constructor(
    start: (lost: () => void) => Promise<Session>,
    retryMs: (error: DaemonError, failures: number) => number,
  ) {
    this.#start = start;
    this.#retryMs = retryMs;
  }

  /** Rejects with a DaemonError; during the wait, with the last one. */
  get(): Promise<Session> {
    if (this.#failed && performance.now() < this.#failed.untilMs) return Promise.reject(this.#failed.error);
    this.#session ??= this.#begin();
    return this.#session;
  }

  async #begin(): Promise<Session> {
    try {
      const session = await this.#start(() => {
        this.#session = undefined;
      });
      this.#failures = 0;
      return session;
    } catch (error) {
      const known = error instanceof DaemonError ? error : new DaemonError('failed', String(error));
      this.#failed = { error: known, untilMs: performance.now() + this.#retryMs(known, this.#failures++) };
      this.#session = undefined;
      throw known;
    }
  }
}
