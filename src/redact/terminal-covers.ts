import { StreamCover, type Covering } from './stream-cover.ts';

/** The engineer's own terminal: what is drawn there was covered when it was drawn. */
const DRAWN = 'screen';

/** The terminals of one recording, each as a stream of its own. */
export class TerminalCovers {
  readonly #covering: Covering;
  readonly #covers = new Map<string, StreamCover>();
  readonly #fresh = new Set<string>();

  constructor(covering: Covering) {
    this.#covering = covering;
  }

  size(terminal: string, columns: number): void {
    if (terminal === DRAWN) return;
    const known = this.#covers.get(terminal);
    if (known) known.resize(columns);
    else this.#covers.set(terminal, new StreamCover(this.#covering, columns));
  }

  push(terminal: string, data: string): string {
    const cover = this.#covers.get(terminal);
    this.#fresh.add(terminal);
    return cover ? cover.push(data) : data;
  }

  /** What was held of terminals to which nothing has come since this was asked last. */
  idle(): readonly (readonly [terminal: string, data: string])[] {
    const quiet = [...this.#covers].filter(([terminal]) => !this.#fresh.has(terminal));
    this.#fresh.clear();
    return told(quiet, (cover) => cover.idle());
  }

  /** All that was held. */
  end(): readonly (readonly [terminal: string, data: string])[] {
    return told([...this.#covers], (cover) => cover.end());
  }
}

const told = (covers: readonly (readonly [string, StreamCover])[], take: (cover: StreamCover) => string) =>
  covers.flatMap(([terminal, cover]): (readonly [string, string])[] => {
    const data = take(cover);
    return data === '' ? [] : [[terminal, data]];
  });
