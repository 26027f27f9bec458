import { DaemonError } from './protocol.ts';

/**
 * RequestQueue sends one request at a time. An unresponsive daemon has one pending request and no more: later ones wait for
 * their timeout and are then never sent.
 */
export class RequestQueue {
  #last: Promise<void> = Promise.resolve();
  #since: { readonly what: string; readonly atMs: number } | undefined;

  /** Runs `work` in turn. It may send several requests, and checks `late` before each: after the timeout no caller waits. */
  run<Reply>(what: string, timeoutMs: number, work: (late: () => boolean) => Promise<Reply>): Promise<Reply> {
    let over = false;
    const { promise, resolve, reject } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => {
      over = true;
      reject(new DaemonError('timeout', this.#reason(what, timeoutMs)));
    }, timeoutMs);
    const before = this.#last;
    const turn = async () => {
      await before;
      if (over) return;
      this.#since = { what, atMs: performance.now() };
      try {
        resolve(await work(() => over));
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      } finally {
        clearTimeout(timer);
        this.#since = undefined;
      }
    };
    this.#last = turn();
    return promise;
  }

  #reason(what: string, timeoutMs: number): string {
    const pending = this.#since;
    const seconds = (waitedMs: number) => (waitedMs / 1000).toFixed(waitedMs < 10_000 ? 1 : 0);
    if (pending === undefined || pending.what === what) return `${what}: timeout after ${seconds(timeoutMs)} s`;
    return `${what}: not sent, no reply to ${pending.what} for ${seconds(performance.now() - pending.atMs)} s`;
  }
}
