import { textWidth } from '../lib/text-width.ts';

/** Write that turns one line into another. */
export interface Patch {
  /** Cells from the left. */
  readonly column: number;
  /** Text with its styles closed at the end. */
  readonly text: string;
}

/** Terminal cell of one character. */
interface Cell {
  readonly text: string;
  /** Open SGR sequences; '' is the default style. */
  readonly style: string;
  readonly column: number;
  readonly width: number;
}

const SGR = /\u001B\[[0-9;]*m/y;
const RESET = '\u001B[0m';
/** EL: erases to the right edge. */
const ERASE = '\u001B[K';
/** Gap of unchanged cells up to which rewriting costs less than a cursor move. */
const SMALL_GAP = 8;

/** Whole line; trailing blanks are erased, not written: text copied from the terminal then has none. */
export const wholeLine = (line: string): Patch => ({ column: 0, text: line.replace(/ +$/, ERASE) });

/** Patches for the cells of `after` that differ from `before`; the whole line where their widths differ. */
export function patchesOf(before: string, after: string): readonly Patch[] {
  if (before === after) return [];
  const cells = cellsOf(after);
  const old = cellsOf(before);
  if (widthOf(cells) !== widthOf(old)) return [wholeLine(after)];
  const oldAt = new Map(old.map((cell) => [cell.column, cell]));
  const patches: Patch[] = [];
  let first = -1;
  let last = -1;
  const close = () => {
    const cell = cells[first];
    if (cell) patches.push({ column: cell.column, text: written(cells, first, last) });
  };
  for (const [index, cell] of cells.entries()) {
    const was = oldAt.get(cell.column);
    if (was?.text === cell.text && was.style === cell.style) continue;
    const begun = cells[last];
    if (begun === undefined || cell.column - begun.column - begun.width > SMALL_GAP) {
      close();
      first = index;
    }
    last = index;
  }
  close();
  return patches;
}

const widthOf = (cells: readonly Cell[]): number => {
  const last = cells.at(-1);
  return last ? last.column + last.width : 0;
};

function cellsOf(line: string): Cell[] {
  const cells: Cell[] = [];
  let style = '';
  let column = 0;
  for (let index = 0; index < line.length;) {
    SGR.lastIndex = index;
    const sequence = SGR.exec(line)?.[0];
    if (sequence !== undefined) {
      style = sequence === RESET ? '' : style + sequence;
      index += sequence.length;
      continue;
    }
    const text = String.fromCodePoint(line.codePointAt(index) ?? 0);
    const width = textWidth(text);
    cells.push({ text, style, column, width });
    column += width;
    index += text.length;
  }
  return cells;
}

/** Cells from `first` to `last` as text; unstyled blanks up to the edge are erased. */
function written(cells: readonly Cell[], first: number, last: number): string {
  const lastInked = cells.findLastIndex(({ text, style }) => text !== ' ' || style !== '');
  const end = Math.min(last, lastInked);
  let out = '';
  let style = '';
  for (const cell of cells.slice(first, end + 1)) {
    if (cell.style !== style) out += (style === '' ? '' : RESET) + cell.style;
    style = cell.style;
    out += cell.text;
  }
  if (style !== '') out += RESET;
  return end < last ? out + ERASE : out;
}
