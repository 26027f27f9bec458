/** One path part of a shell pattern (`*`, `?`, `[…]`, `[!…]`) as a whole-match expression; a leading dot is not special. */
export function partMatcher(part: string): (name: string) => boolean {
  if (!/[*?[]/.test(part)) return (name) => name === part;
  const source = part.replaceAll(/\*|\?|\[!?[^\]]+\]|[^*?[]+|\[/g, (piece) => {
    if (piece === '*') return '[^/]*';
    if (piece === '?') return '[^/]';
    if (piece.startsWith('[') && piece.length > 2) return `[${inClass(piece.slice(1, -1))}]`;
    return escaped(piece);
  });
  try {
    const expression = new RegExp(`^${source}$`, 's');
    return (name) => expression.test(name);
  } catch {
    // A class such as `[z-a]` matches nothing in a shell as well.
    return () => false;
  }
}

/** True for a path that matches the pattern, part by part; both are absolute. */
export function matchesPattern(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const given = path.split('/');
  return wanted.length === given.length && wanted.every((part, index) => partMatcher(part)(given[index] ?? ''));
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);

const inClass = (inner: string): string =>
  (inner.startsWith('!') ? `^${inner.slice(1)}` : inner.startsWith('^') ? `\\${inner}` : inner).replaceAll(
    '\\',
    '\\\\',
  );
