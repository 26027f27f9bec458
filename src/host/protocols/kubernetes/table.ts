import type { Why } from '../../host.ts';
import { DaemonError } from '../protocol.ts';

export interface TableState {
  /** `listing`: first list not complete; `live`: listed and watched; `lost`: neither, for the reason `error`. */
  readonly state: string;
  /** Host clock of the last event, or of the loss. */
  readonly atEpochSeconds: number | undefined;
  readonly error: string | undefined;
  readonly why: Why;
  /** Truncated: there are more rows than are kept. */
  readonly cut: boolean;
}

/** KubernetesTable holds the rows of one list of the API server, kept current by its watch. */
export class KubernetesTable {
  requestedMs = 0;
  #place: object;
  readonly #rows = new Map<string, string>();
  #state: TableState | undefined;
  #lostSince: number | undefined;
  #readAt: number | undefined;
  #listed = false;
  #error: DaemonError | undefined;
  #text: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(place: object) {
    this.#place = place;
  }

  /** Changes the kubeconfig that is shown with the table. */
  moved(place: object): void {
    this.#place = place;
    this.#text = undefined;
  }

  /** Adds or replaces a row; an undefined text deletes it. */
  row(uid: string, text: string | undefined): void {
    if (text === undefined) this.#rows.delete(uid);
    else this.#rows.set(uid, text);
    this.#text = undefined;
  }

  state(state: TableState): void {
    this.#state = state;
    this.#text = undefined;
    if (state.state === 'lost') this.#lostSince ??= state.atEpochSeconds;
    else this.#lostSince = undefined;
    if (state.state === 'live') {
      this.#listed = true;
      this.#readAt = state.atEpochSeconds;
    }
    if (state.state !== 'listing') this.#wake();
  }

  end(error: DaemonError): void {
    this.#error = error;
    this.#wake();
  }

  /** Resolves when it was listed once, is lost, or after `waitMs`. */
  ready(waitMs: number): Promise<void> {
    if (this.#listed || this.#error || this.#state?.state === 'lost') return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Line of JSON about the table, and one for each row: the same text until something changes. */
  text(request: string): string {
    if (this.#error) throw this.#error;
    const state = this.#state;
    if (this.#rows.size === 0 && !this.#listed) {
      if (state?.state !== 'lost') throw new DaemonError('timeout', `${request}: not listed yet`);
      throw new DaemonError(state.why, state.error ?? 'lost');
    }
    this.#text ??= [
      JSON.stringify({
        ...this.#place,
        state: state?.state,
        heardAt: this.#readAt,
        lostSince: this.#lostSince,
        said: state?.error,
        cut: state?.cut,
      }),
      ...this.#rows.values(),
    ].join('\n');
    return this.#text;
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting = [];
  }
}
