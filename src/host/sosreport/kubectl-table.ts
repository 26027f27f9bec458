import { lines } from '../../lib/lines.ts';

/** Cells of a row by the heading of their column; an empty cell is left out, and `<none>` is an empty text. */
export type Cells = ReadonlyMap<string, string>;

/** Heading of `kubectl get`: words in capitals, columns at least two blanks apart. */
const HEADINGS = /^(?:[A-Z][A-Z()-]*(?: [A-Z][A-Z()-]*)*(?: {2,}|\s*$)){2,}$/;
const NO_VALUE = /^<(?:none|unset)>$/;
const NOTHING = /^No resources found/m;

/**
 * Rows of a table of `kubectl get`, `-o wide` too; undefined for other texts, such as the error of a server that did not respond.
 * kubernetes/pkg/printers/internalversion/printers.go has the columns of each kind.
 *
 *     NAMESPACE   NAME    READY   STATUS             RESTARTS        AGE
 *     default     web-0   0/1     CrashLoopBackOff   41 (2m7s ago)   3h12m
 */
export function tableRows(text: string): readonly Cells[] | undefined {
  const all = lines(text);
  const at = all.findIndex((line) => HEADINGS.test(line));
  if (at < 0) return NOTHING.test(text) ? [] : undefined;
  return rowsBelow(all.slice(at));
}

/** Rows below the headings, which are the first line. */
export function rowsBelow([headings = '', ...rows]: readonly string[]): readonly Cells[] {
  const columns = [...headings.matchAll(/\S+(?: \S+)*/g)].map(({ 0: title, index }) => ({ title, from: index }));
  return rows
    .filter((line) => line.trim() !== '' && !/^[\s-]+$/.test(line) && !HEADINGS.test(line))
    .map((line) => cellsOf(line, columns));
}

interface Column {
  readonly title: string;
  readonly from: number;
}

/** By the place of the headings, else by the blanks between: a long list is printed in parts, and a later part may be wider. */
function cellsOf(line: string, columns: readonly Column[]): Cells {
  const isAligned = columns.every(({ from }) => from === 0 || /^\s?$/.test(line.charAt(from - 1)));
  const parts = line.trim().split(/ {2,}/);
  const cells = columns.map(({ title, from }, i) => {
    const last = i === columns.length - 1;
    const cell = isAligned
      ? line.slice(from, columns[i + 1]?.from)
      : last
        ? parts.slice(i).join('  ')
        : (parts[i] ?? '');
    return [title.toUpperCase(), cell.trim()] as const;
  });
  return new Map(cells.flatMap(([title, cell]) => (cell === '' ? [] : [[title, NO_VALUE.test(cell) ? '' : cell]])));
}

/** Age as kubectl prints it: `45s`, `3m20s`, `3h12m`, `2d4h`, `3y85d`. */
export function ageSeconds(text: string | undefined): number | undefined {
  const found = /^(?:(\d+)y)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text ?? '');
  if (!found || !text) return undefined;
  const [, years, days, hours, minutes, seconds] = found.map((part) => Number(part ?? 0));
  return ((((years ?? 0) * 365 + (days ?? 0)) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0);
}

/** Time of an age, as the API writes it. */
export function timeOfAge(age: string | undefined, nowEpochSeconds: number | undefined): string | undefined {
  const seconds = ageSeconds(age);
  if (seconds === undefined || nowEpochSeconds === undefined || seconds > nowEpochSeconds) return undefined;
  return new Date((nowEpochSeconds - seconds) * 1000).toISOString();
}
