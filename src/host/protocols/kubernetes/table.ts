import type { Why } from '../../host.ts';
import { TalkError } from '../protocol.ts';

export interface TableState {
  /** `listing` for the first time, `live`: listed and watched, `lost`: neither, and `said` tells why. */
  readonly state: string;
  /** Host clock when it was last heard of, or when it was lost. */
  readonly atEpochSeconds: number | undefined;
  readonly said: string | undefined;
  readonly why: Why;
  /** There are more rows than are kept. */
  readonly cut: boolean;
}

/** Rows of one list of the API server, kept current by what its watch tells. */
export class KubernetesTable {
  askedMs = 0;
  #place: object;
  readonly #rows = new Map<string, string>();
  #state: TableState | undefined;
  #lostSince: number | undefined;
  #heardAt: number | undefined;
  #listed = false;
  #error: TalkError | undefined;
  #text: string | undefined;
  #waiting: (() => void)[] = [];

  constructor(place: object) {
    this.#place = place;
  }

  /** It is asked with another kubeconfig from now on. */
  moved(place: object): void {
    this.#place = place;
    this.#text = undefined;
  }

  /** A row came or changed; undefined: it is gone. */
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
      this.#heardAt = state.atEpochSeconds;
    }
    if (state.state !== 'listing') this.#wake();
  }

  end(error: TalkError): void {
    this.#error = error;
    this.#wake();
  }

  /** Until it was listed once, or could not be, or the time is over. */
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

  /** A line of JSON about it, and one for each row: the same text until something changes. */
  text(request: string): string {
    if (this.#error) throw this.#error;
    const state = this.#state;
    if (this.#rows.size === 0 && !this.#listed) {
      if (state?.state !== 'lost') throw new TalkError('timeout', `${request}: not listed yet`);
      throw new TalkError(state.why, state.said ?? 'lost');
    }
    this.#text ??= [
      JSON.stringify({
        ...this.#place,
        state: state?.state,
        heardAt: this.#heardAt,
        lostSince: this.#lostSince,
        said: state?.said,
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
