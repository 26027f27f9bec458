import type { Why } from '../../host.ts';
import { TalkError } from '../protocol.ts';

const KEPT_LINES = 60;

/** The last lines of a log that the session on the host follows while it is asked for. */
export class KubernetesTail {
  readonly #unlookedMs: number;
  readonly #drop: () => void;
  readonly #heard = Promise.withResolvers<void>();
  #timer: NodeJS.Timeout | undefined;
  #lines: readonly string[] | undefined;
  #note = '';
  #lost: TalkError | undefined;

  /** `drop` is called when nobody asked for `unlookedMs`. */
  constructor(unlookedMs: number, drop: () => void) {
    this.#unlookedMs = unlookedMs;
    this.#drop = drop;
  }

  /** What was written since; `anew`: what was told before is told again. */
  written(
    lines: readonly string[],
    { anew, note }: { readonly anew: boolean; readonly note: string | undefined },
  ): void {
    this.#lines = [...(anew ? [] : (this.#lines ?? [])), ...lines].slice(-KEPT_LINES);
    this.#note = note ?? '';
    this.#lost = undefined;
    this.#heard.resolve();
  }

  /** It is not followed; what came before is kept. */
  lost(why: Why, said: string): void {
    this.#lost = new TalkError(why, said);
    this.#heard.resolve();
  }

  /** The session is over. */
  end(error: TalkError): void {
    clearTimeout(this.#timer);
    this.#lines = undefined;
    this.#lost = error;
    this.#heard.resolve();
  }

  /** Line by line; what is not said by the container stands before it. */
  async text(request: string, timeoutMs: number): Promise<string> {
    this.#looked();
    let patience: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => (patience = setTimeout(resolve, timeoutMs)));
    await Promise.race([this.#heard.promise, over]).finally(() => clearTimeout(patience));
    if (this.#lines === undefined) throw this.#lost ?? new TalkError('timeout', `${request}: not followed yet`);
    const note = this.#lost ? `not followed any more: ${this.#lost.message}` : this.#note;
    return [...(note ? [note] : []), ...this.#lines].join('\n');
  }

  #looked(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#drop, this.#unlookedMs).unref();
  }
}
