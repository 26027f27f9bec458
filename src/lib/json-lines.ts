/** Longest object or list without another in it that stays on its line. */
const SHORT = 60;

/** Length from which JSON in a line is broken into lines. */
const LONG = 200;

/**
 * A line as it is, or, where it is long and JSON follows its first brace, that JSON in indented lines: the same characters, in order. Text
 * that is not JSON is broken at the same characters, which does no harm.
 */
export function jsonLines(line: string): readonly string[] {
  const start = line.search(/[{[]/);
  if (line.length < LONG || start < 0 || start > LONG) return [line];
  const flat = flatPairs(line, start);
  const out: string[] = [];
  let text = line.slice(0, start);
  let depth = 0;
  const push = () => {
    if (text.trim() !== '') out.push(`${' '.repeat(Math.min(depth, MOST_INDENT))}${text.trim()}`);
    text = '';
  };
  for (let at = start; at < line.length; at++) {
    const end = flat.get(at) ?? (line[at] === '"' ? stringEnd(line, at) : undefined);
    const char = line[at];
    if (end !== undefined) {
      text += line.slice(at, end + 1);
      at = end;
    } else if (char === '{' || char === '[') {
      text += char;
      push();
      depth++;
    } else if (char === '}' || char === ']') {
      push();
      depth = Math.max(0, depth - 1);
      text = char;
    } else {
      text += char;
      if (char === ',') push();
    }
  }
  push();
  return out;
}

const MOST_INDENT = 12;

/** End of the string that begins at a quote. */
function stringEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length - 1;
}

/** Ends of short objects and lists without others in them, by their beginnings. */
function flatPairs(text: string, from: number): ReadonlyMap<number, number> {
  const pairs = new Map<number, number>();
  let begin: number | undefined;
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at);
    else if (char === '{' || char === '[') begin = at;
    else if (char === '}' || char === ']') {
      if (begin !== undefined && at - begin <= SHORT) pairs.set(begin, at);
      begin = undefined;
    }
  }
  return pairs;
}
