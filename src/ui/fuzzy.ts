/**
 * Score of a query's letters in order in a text: higher is better, undefined without a match. Letters at the start of
 * words and adjacent letters score more, as in fzf.
 */
export function fuzzyScore(query: string, text: string): number | undefined {
  const wanted = query.toLowerCase();
  const within = text.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    if (letter === ' ') continue;
    const found = within.indexOf(letter, at + 1);
    if (found < 0) return undefined;
    const before = within[found - 1];
    if (found === at + 1) score += 8;
    else if (before === undefined || /[^\p{L}\p{N}]/u.test(before)) score += 6;
    else score += 1;
    score -= Math.min(3, found - at - 1) * 0.1;
    at = found;
  }
  return score - within.length * 0.01;
}
