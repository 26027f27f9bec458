import { TalkError } from './protocol.ts';

/**
 * One question at a time. A daemon that does not answer (frozen, or busy for long) has one question of ours before it and
 * no more: those that come after it wait for their own time and are then never sent.
 */
export class Turns {
  #last: Promise<void> = Promise.resolve();
  #since: { readonly what: string; readonly atMs: number } | undefined;

  /**
   * `work` may ask several things one after the other; it looks at `late` before each, since nobody waits for it any more
   * once its time is over.
   */
  take<Answer>(what: string, timeoutMs: number, work: (late: () => boolean) => Promise<Answer>): Promise<Answer> {
    let over = false;
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => {
      over = true;
      reject(new TalkError('timeout', this.#silence(what, timeoutMs)));
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

  #silence(what: string, timeoutMs: number): string {
    const owed = this.#since;
    const seconds = (waitedMs: number) => (waitedMs / 1000).toFixed(waitedMs < 10_000 ? 1 : 0);
    if (owed === undefined || owed.what === what) return `no answer to ${what} within ${seconds(timeoutMs)} s`;
    return `${what} was not asked: ${owed.what} has been unanswered for ${seconds(performance.now() - owed.atMs)} s`;
  }
}
