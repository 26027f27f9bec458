import { StreamRedactor, type Redaction } from './stream-redactor.ts';

/** Terminal of crashcart itself, redacted when drawn. */
const DRAWN = 'screen';

/** Redactors of the terminals of one recording. */
export class TerminalRedactors {
  readonly #redaction: Redaction;
  readonly #redactors = new Map<string, StreamRedactor>();
  readonly #fresh = new Set<string>();

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
  }

  size(terminal: string, columns: number): void {
    if (terminal === DRAWN) return;
    const known = this.#redactors.get(terminal);
    if (known) known.resize(columns);
    else this.#redactors.set(terminal, new StreamRedactor(this.#redaction, columns));
  }

  push(terminal: string, data: string): string {
    const redactor = this.#redactors.get(terminal);
    this.#fresh.add(terminal);
    return redactor ? redactor.push(data) : data;
  }

  /** Held output of terminals without input since the last call. */
  idle(): readonly (readonly [terminal: string, data: string])[] {
    const quiet = [...this.#redactors].filter(([terminal]) => !this.#fresh.has(terminal));
    this.#fresh.clear();
    return releasedBy(quiet, (redactor) => redactor.idle());
  }

  /** All held output. */
  end(): readonly (readonly [terminal: string, data: string])[] {
    return releasedBy([...this.#redactors], (redactor) => redactor.end());
  }
}

const releasedBy = (
  redactors: readonly (readonly [string, StreamRedactor])[],
  take: (redactor: StreamRedactor) => string,
) =>
  redactors.flatMap(([terminal, redactor]): (readonly [string, string])[] => {
    const data = take(redactor);
    return data === '' ? [] : [[terminal, data]];
  });
