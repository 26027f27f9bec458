import type { Why } from '../../host.ts';
import { DaemonError } from '../protocol.ts';

const KEPT_LINES = 60;

/** KubernetesTail holds the last lines of a log that the session on the host follows while it is requested. */
export class KubernetesTail {
  readonly #idleMs: number;
  readonly #drop: () => void;
  readonly #read = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #lines: readonly string[] | undefined;
  #note = '';
  #lost: DaemonError | undefined;

  /** Calls `drop` after `idleMs` without a request. */
  constructor(idleMs: number, drop: () => void) {
    this.#idleMs = idleMs;
    this.#drop = drop;
  }

  /** Adds lines; with `reset` they replace those before. */
  written(
    lines: readonly string[],
    { reset, note }: { readonly reset: boolean; readonly note: string | undefined },
  ): void {
    this.#lines = [...(reset ? [] : (this.#lines ?? [])), ...lines].slice(-KEPT_LINES);
    this.#note = note ?? '';
    this.#lost = undefined;
    this.#read.resolve();
  }

  /** Marks it as not followed; lines before are kept. */
  lost(why: Why, error: string): void {
    this.#lost = new DaemonError(why, error);
    this.#read.resolve();
  }

  /** Ends it with the session. */
  end(error: DaemonError): void {
    clearTimeout(this.#timer);
    this.#lines = undefined;
    this.#lost = error;
    this.#read.resolve();
  }

  /** Lines of the log, after a note of the session where there is one. */
  async text(request: string, timeoutMs: number): Promise<string> {
    this.#touch();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.#read.promise, over]).finally(() => clearTimeout(timer));
    if (this.#lines === undefined) throw this.#lost ?? new DaemonError('timeout', `${request}: not followed yet`);
    const note = this.#lost ? `no longer followed: ${this.#lost.message}` : this.#note;
    return [...(note ? [note] : []), ...this.#lines].join('\n');
  }

  #touch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#drop, this.#idleMs).unref();
  }
}
