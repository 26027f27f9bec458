/** Edits (insert, delete, replace, swap of neighbours) that make one word of another: optimal string alignment. */
export function editDistance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Edits up to which a word is taken for a slip of another: one in a short word, two in a longer one. */
const slips = (word: string): number => (word.length < 5 ? 1 : 2);

/** Whether a word may be a slip of another. */
export const isNear = (word: string, other: string): boolean =>
  word.length > 1 && editDistance(word.toLowerCase(), other.toLowerCase()) <= slips(word);

/** Nearest of some words; undefined when none is near. */
export const nearest = (word: string, words: readonly string[]): string | undefined =>
  words
    .filter((other) => isNear(word, other))
    .toSorted((a, b) => editDistance(word, a) - editDistance(word, b))
    .at(0);

/** `; did you mean "order"?` after a sentence about a word, or nothing. */
export function didYouMean(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}
