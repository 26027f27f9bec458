import { lines, words } from '../../lib/lines.ts';

/** Row of ps(1): text by column title, `-` for unknown. */
export type PsRow = Readonly<Record<string, string>>;

/** Column titles of a command line, which may contain blanks. */
const COMMANDS: readonly string[] = ['CMD', 'COMMAND'];

/**
 * Rows of ps(1) by pid, with the columns of the heading: sos 4.7.1 added PSR between PRI and ADDR, and a later version may add
 * another.
 */
export function psRows(text: string): ReadonlyMap<number, PsRow> {
  const all = lines(text);
  // A warning of ps may precede the heading.
  const heading = all.findIndex((line) => words(line).includes('PID'));
  const titles = words(all[heading] ?? '');
  const command = titles.findIndex((title) => COMMANDS.includes(title));
  const rows = new Map<number, PsRow>();
  if (heading < 0 || command < 0) return rows;
  for (const line of all.slice(heading + 1)) {
    const values = valuesOf(line, titles, command);
    const row = values && Object.fromEntries(titles.map((title, index) => [title, values[index] ?? '-']));
    // Threads of `ps auxwwwm` have no pid.
    if (row && /^\d{1,10}$/.test(row['PID'] ?? '')) rows.set(Number(row['PID']), row);
  }
  return rows;
}

/** Values of a row. Not one regular expression, which needs quadratic time on a line of blanks. */
function valuesOf(line: string, titles: readonly string[], command: number): readonly string[] | undefined {
  const before: string[] = [];
  let at = 0;
  for (const title of titles.slice(0, command)) {
    const form = title === 'STARTED' ? LSTART : WORD;
    form.lastIndex = at;
    const value = form.exec(line)?.[1];
    if (value === undefined) return undefined;
    before.push(value);
    at = form.lastIndex;
  }
  let rest = line.slice(at).trim();
  const after: string[] = [];
  for (let left = titles.length - command - 1; left > 0; left--) {
    const blank = rest.lastIndexOf(' ');
    after.unshift(rest.slice(blank + 1));
    rest = rest.slice(0, Math.max(0, blank)).trimEnd();
  }
  return [...before, rest, ...after];
}

const WORD = /\s*(\S+)/y;
/** `Thu Mar  5 08:00:01 2026`: five words in one column. */
const LSTART = /\s*([A-Z]\S\S +[A-Z]\S\S +\d+ +[\d:]{8} +\d{4}|\S+)/y;
