import type { TraceColumn, TraceResult } from './tracer.ts';

/** Column of a tool's table. */
export interface RowColumn extends TraceColumn {
  /** Its cells: a figure, a time with its unit (`1.2 ms`; in ns without), a word, several words between others, the rest of the line. */
  readonly cell: 'figure' | 'time' | 'word' | 'words' | 'rest';
  /** Left out of the table: the time of an event, a pid that differs in each row. */
  readonly hidden?: true;
}

const CELLS: Readonly<Record<RowColumn['cell'], string>> = {
  figure: String.raw`(-?\d+(?:\.\d+)?)`,
  time: String.raw`(\d+(?:\.\d+)?(?: (?:ns|us|ms|s|m|h))?)`,
  word: String.raw`(\S+)`,
  // One space between words, else a hostile line of spaces takes the square of its length.
  words: String.raw`(\S+(?:\s\S+)*?)`,
  rest: '(.*)',
};

export interface RowShape {
  readonly title: string;
  /** Lines of the table, a group for each column. Default: made of the columns. */
  readonly line?: RegExp;
  readonly columns: readonly RowColumn[];
  /** Title of the column that sorts, descending. With `fold` it may be COUNT. */
  readonly sort: string;
  /** Rows that differ in hidden columns alone become one with their number. */
  readonly fold?: true;
}

/** Longest line that is looked at: of a hostile command line. */
const MAX_LINE = 4096;

/** Rows that are kept, of those that sort first. */
const MAX_ROWS = 2000;

const COUNT: TraceColumn = {
  title: 'COUNT',
  unit: 'count',
  about: 'Rows of the trace that are equal but for pid and time.',
};

const NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 };

const nanoseconds = (text: string): number => {
  const [figure, unit = 'ns'] = text.split(' ');
  return Number(figure) * (NS[unit] ?? 1);
};

const lineOf = (columns: readonly RowColumn[]): RegExp =>
  new RegExp(`^\\s*${columns.map(({ cell }) => CELLS[cell]).join(String.raw`\s+`)}\\s*$`);

/** Rows of a tool's table, which its columns describe; other lines are left out. */
export function rows({
  title,
  columns,
  sort,
  fold,
  line = lineOf(columns),
}: RowShape): (output: string) => TraceResult {
  const shown = columns.flatMap((column, i) => (column.hidden ? [] : [{ ...column, index: i + 1 }]));
  return (output) => {
    const counts = new Map<string, { readonly cells: readonly (string | number)[]; count: number }>();
    for (const text of output.split('\n')) {
      const found = text.length > MAX_LINE ? undefined : line.exec(text.trimEnd());
      if (!found) continue;
      const cells = shown.map(({ index, cell }) =>
        cell === 'figure'
          ? Number(found[index])
          : cell === 'time'
            ? nanoseconds(found[index] ?? '')
            : (found[index] ?? ''),
      );
      const key = fold ? JSON.stringify(cells) : String(counts.size);
      const known = counts.get(key);
      if (known) known.count++;
      else counts.set(key, { cells, count: 1 });
    }
    if (counts.size === 0) return { histograms: [], tables: [] };
    const all = fold ? [...shown, COUNT] : shown;
    const by = Math.max(
      0,
      all.findIndex(({ title: name }) => name === sort),
    );
    const made = [...counts.values()].map(({ cells, count }) => (fold ? [...cells, count] : cells));
    return {
      histograms: [],
      tables: [
        {
          title,
          columns: all.map(({ title: name, unit, about }) => ({ title: name, about, ...(unit && { unit }) })),
          sort: by,
          rows: made.toSorted((a, b) => Number(b[by]) - Number(a[by])).slice(0, MAX_ROWS),
        },
      ],
    };
  };
}
