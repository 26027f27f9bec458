/** Cheap check before a pattern: false for a text in lower case that cannot match. */
export type Gate = (lower: string) => boolean;

/** One of some literals, in lower case: `includes` is many times faster than a pattern of alternatives. */
export const any =
  (...literals: readonly string[]): Gate =>
  (lower) =>
    literals.some((literal) => lower.includes(literal));

/** A character at least so many times. */
export const times =
  (character: string, least: number): Gate =>
  (lower) => {
    let at = -1;
    for (let found = 0; found < least; found++) {
      at = lower.indexOf(character, at + 1);
      if (at < 0) return false;
    }
    return true;
  };

export const either =
  (...gates: readonly Gate[]): Gate =>
  (lower) =>
    gates.some((gate) => gate(lower));

export const longerThan =
  (length: number): Gate =>
  (lower) =>
    lower.length > length;
