import { TalkError } from './protocol.ts';

/** One session with a program on the host, begun when it is needed and never twice at a time; after a failure it rests. */
export class OnDemand<Session> {
  readonly #start: (lost: () => void) => Promise<Session>;
  readonly #restMs: (error: TalkError, failures: number) => number;
  #session: Promise<Session> | undefined;
  #failed: { readonly error: TalkError; readonly untilMs: number } | undefined;
  #failures = 0;

  /** `start` calls `lost` when a session that stood is over. `failures` counts those in a row before this one. */
  constructor(start: (lost: () => void) => Promise<Session>, restMs: (error: TalkError, failures: number) => number) {
    this.#start = start;
    this.#restMs = restMs;
  }

  /** Rejects with a TalkError; while it rests, with the one before. */
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
      const known = error instanceof TalkError ? error : new TalkError('failed', String(error));
      this.#failed = { error: known, untilMs: performance.now() + this.#restMs(known, this.#failures++) };
      this.#session = undefined;
      throw known;
    }
  }
}
