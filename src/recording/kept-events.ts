import { MAX_KEPT, MAX_KEPT_CHARACTERS } from './limits.ts';

/** Budget of what is kept of the events of a whole recording: their number and their texts are limited. */
export class KeptEvents {
  #events = 0;
  #characters = 0;
  #leftOut = 0;

  /** Whether an event with these texts is kept. */
  take(...texts: readonly string[]): boolean {
    const characters = texts.reduce((sum, text) => sum + text.length, 0);
    if (this.#events >= MAX_KEPT || this.#characters + characters > MAX_KEPT_CHARACTERS) {
      this.#leftOut++;
      return false;
    }
    this.#events++;
    this.#characters += characters;
    return true;
  }

  /** Sentence about events that were not kept. */
  problem(): string | undefined {
    return this.#leftOut === 0
      ? undefined
      : `${this.#leftOut} marks, findings and commands left out, above the limit of ${MAX_KEPT} or ${MAX_KEPT_CHARACTERS >> 20} MiB`;
  }
}
