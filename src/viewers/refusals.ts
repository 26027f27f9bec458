/** Shortest time between two notices. */
const NOTICE_MS = 10_000;

/** Refused connections since the last notice. */
export interface Refused {
  /** Reason of the last one. */
  readonly why: string;
  readonly count: number;
}

/** Notices of refused connections, one in 10 s at most: any account of the machine can open as many as it likes. */
export class Refusals {
  readonly #notice: (refused: Refused) => void;
  #waiting: Refused | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(notice: (refused: Refused) => void) {
    this.#notice = notice;
  }

  add(why: string): void {
    this.#waiting = { why, count: (this.#waiting?.count ?? 0) + 1 };
    if (this.#timer === undefined) this.#give();
  }

  /** Ends; what is not in a notice yet never is. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #give(): void {
    this.#timer = undefined;
    if (this.#waiting === undefined) return;
    this.#notice(this.#waiting);
    this.#waiting = undefined;
    this.#timer = setTimeout(() => this.#give(), NOTICE_MS).unref();
  }
}
