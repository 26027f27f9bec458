import { TalkError } from '../protocol.ts';

/** A stream while it lasts: `open` when the daemon lets us listen, `event` for each, `end` once. */
export interface Followable {
  readonly open: () => void;
  readonly event: (value: unknown) => void;
  readonly end: (error: TalkError) => void;
}

/** Begins to listen once; gives what ends it. Rejects with a TalkError when nobody could be reached. */
export type Follow = (on: Followable) => Promise<() => void>;

const KEPT = 500;
/** Waits between tries after a loss, seconds; the last one goes on. */
const RETRY_SECONDS = [1, 2, 5, 10, 30];

/**
 * Follows an event stream in the background, so that asking what happened costs the daemon nothing. The answer stays the
 * same text until something happens:
 *
 *     {"sinceMs":1795452343000,"listening":true,"lost":0,"why":null,"events":[…]}
 *
 * `sinceMs` is since when it listens without a gap, by our clock; `lost` counts what was not kept: the newest 500 are.
 */
export class EventFollower {
  readonly #follow: Follow;
  readonly #nowMs: () => number;
  #events: string[] = [];
  #lost = 0;
  #sinceMs: number | undefined;
  #error: TalkError | undefined;
  #stop: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;
  #tries = 0;
  #closed = false;
  #heard = false;
  #answer: string | undefined;
  #settle: () => void = () => undefined;
  readonly #settled: Promise<void>;

  constructor(follow: Follow, nowMs: () => number = Date.now) {
    this.#follow = follow;
    this.#nowMs = nowMs;
    this.#settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    void this.#begin();
  }

  /** Waits until it is known whether it may listen. Rejects as long as it never did. */
  async ask(timeoutMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#settled, late]);
    clearTimeout(timer);
    if (!this.#heard) throw this.#error ?? new TalkError('timeout', `no answer in ${timeoutMs / 1000} s`);
    return (this.#answer ??= this.#tell());
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#stop?.();
    this.#stop = undefined;
  }

  async #begin(): Promise<void> {
    try {
      const stop = await this.#follow({
        open: () => {
          this.#heard = true;
          this.#tries = 0;
          this.#error = undefined;
          this.#sinceMs = this.#nowMs();
          this.#changed();
        },
        event: (value) => this.#keep(value),
        end: (error) => this.#ended(error),
      });
      if (this.#closed) stop();
      else if (this.#error === undefined) this.#stop = stop;
    } catch (error) {
      this.#ended(error instanceof TalkError ? error : new TalkError('failed', String(error)));
    }
  }

  #ended(error: TalkError): void {
    if (this.#closed) return;
    this.#stop = undefined;
    this.#error = error;
    this.#sinceMs = undefined;
    this.#changed();
    const seconds = RETRY_SECONDS[Math.min(this.#tries++, RETRY_SECONDS.length - 1)] ?? 30;
    this.#retry = setTimeout(() => void this.#begin(), seconds * 1000);
    this.#retry.unref();
  }

  #keep(value: unknown): void {
    const event = JSON.stringify(value);
    // A daemon that is asked for what happened before tells it again after a loss.
    if (this.#events.includes(event)) return;
    this.#events.push(event);
    if (this.#events.length > KEPT) {
      this.#events.shift();
      this.#lost++;
    }
    this.#answer = undefined;
  }

  #changed(): void {
    this.#answer = undefined;
    this.#settle();
  }

  #tell(): string {
    const state = { sinceMs: this.#sinceMs ?? null, listening: this.#sinceMs !== undefined, lost: this.#lost };
    const why = this.#error?.message ?? null;
    return `${JSON.stringify({ ...state, why }).slice(0, -1)},"events":[${this.#events.join(',')}]}`;
  }
}
