/**
 * Text in lower case, with the pairs of characters in it: most literals are ruled out by a pair that is not there, which is many times
 * faster than a search for each.
 */
export class Glance {
  readonly lower: string;
  readonly #pairs: Uint8Array | undefined;

  constructor(text: string) {
    // The picture of NUL stands in texts that were drawn.
    this.lower = text.toLowerCase().replaceAll('␀', '\0');
    if (text.length > MAX_GLANCED) return;
    const pairs = new Uint8Array(SLOTS);
    for (let i = 1; i < this.lower.length; i++) pairs[slotAt(this.lower, i)] = 1;
    this.#pairs = pairs;
  }

  has({ text, slots }: Literal): boolean {
    if (this.#pairs) for (const slot of slots) if (this.#pairs[slot] === 0) return false;
    return this.lower.includes(text);
  }
}

/** Cheap check before a pattern: false for a text that cannot match. */
export type Gate = (glance: Glance) => boolean;

interface Literal {
  readonly text: string;
  readonly slots: readonly number[];
}

const SLOTS = 1024;
/** Length above which a text has most pairs. */
const MAX_GLANCED = 8192;

const slotAt = (text: string, i: number): number => (text.charCodeAt(i - 1) * 37 + text.charCodeAt(i)) & (SLOTS - 1);

/** One of some literals, in lower case. */
export const any = (...literals: readonly string[]): Gate => {
  const all = literals.map((text): Literal => ({
    text,
    slots: Array.from({ length: text.length - 1 }, (_, i) => slotAt(text, i + 1)),
  }));
  return (glance) => {
    for (const literal of all) if (glance.has(literal)) return true;
    return false;
  };
};

/** A character at least so many times. */
export const times =
  (character: string, least: number): Gate =>
  ({ lower }) => {
    let at = -1;
    for (let found = 0; found < least; found++) {
      at = lower.indexOf(character, at + 1);
      if (at < 0) return false;
    }
    return true;
  };

export const either =
  (...gates: readonly Gate[]): Gate =>
  (glance) =>
    gates.some((gate) => gate(glance));

export const longerThan =
  (length: number): Gate =>
  ({ lower }) =>
    lower.length > length;
