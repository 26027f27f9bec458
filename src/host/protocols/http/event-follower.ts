import { DaemonError } from '../protocol.ts';

/** Callbacks of a stream: `open` when the daemon accepts it, `event` for each, `end` once. */
export interface Followable {
  readonly open: () => void;
  readonly event: (value: unknown) => void;
  readonly end: (error: DaemonError) => void;
}

/** Opens a stream and resolves to its closer. Rejects with a DaemonError when the daemon is unreachable. */
export type Follow = (on: Followable) => Promise<() => void>;

const KEPT = 500;
/** Delays of reconnects, seconds; the last one repeats. */
const RETRY_SECONDS = [1, 2, 5, 10, 30];

/**
 * EventFollower follows an event stream in the background, so that reading events costs the daemon nothing. The reply stays
 * the same text until an event occurs:
 *
 *     {"sinceMs":1795452343000,"listening":true,"lost":0,"why":null,"events":[…]}
 *
 * `sinceMs` is the start of the stream without a gap, by our clock; `lost` counts events beyond the newest 500.
 */
export class EventFollower {
  readonly #follow: Follow;
  readonly #nowMs: () => number;
  #events: string[] = [];
  #lost = 0;
  #sinceMs: number | undefined;
  #error: DaemonError | undefined;
  #stop: (() => void) | undefined;
  #retry: NodeJS.Timeout | undefined;
  #tries = 0;
  #closed = false;
  #opened = false;
  #text: string | undefined;
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

  /** Waits until the stream is open or refused. Rejects while it never was open. */
  async reply(timeoutMs: number): Promise<string> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([this.#settled, late]);
    clearTimeout(timer);
    if (!this.#opened) throw this.#error ?? new DaemonError('timeout', `timeout after ${timeoutMs / 1000} s`);
    return (this.#text ??= this.#json());
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
          this.#opened = true;
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
      this.#ended(error instanceof DaemonError ? error : new DaemonError('failed', String(error)));
    }
  }

  #ended(error: DaemonError): void {
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
    // With `since` a daemon repeats earlier events after a reconnect.
    if (this.#events.includes(event)) return;
    this.#events.push(event);
    if (this.#events.length > KEPT) {
      this.#events.shift();
      this.#lost++;
    }
    this.#text = undefined;
  }

  #changed(): void {
    this.#text = undefined;
    this.#settle();
  }

  #json(): string {
    const state = { sinceMs: this.#sinceMs ?? null, listening: this.#sinceMs !== undefined, lost: this.#lost };
    const why = this.#error?.message ?? null;
    return `${JSON.stringify({ ...state, why }).slice(0, -1)},"events":[${this.#events.join(',')}]}`;
  }
}
