import type { Size } from './table.ts';

/** Size request of a section, frame included. */
export interface Want {
  readonly minColumns: number;
  /** Width in which nothing of it is cut. Default: as wide as is comfortable. */
  readonly wholeColumns?: number | undefined;
  /** Least useful rows. */
  readonly minRows: number;
  /** Rows before spare ones are given. */
  readonly baseRows: (columns: number) => number;
  /** Most useful rows. */
  readonly mostRows: (columns: number) => number;
}

/** Box of a section, frame included. */
export interface Box extends Size {
  readonly index: number;
  readonly x: number;
  readonly y: number;
}

export interface Packed {
  readonly boxes: readonly Box[];
  /** Sections before the first and after the last box. */
  readonly before: number;
  readonly after: number;
}

interface Stacked {
  readonly index: number;
  rows: number;
}

/** Columns of equal width side by side, each a stack of sections. */
interface Block {
  readonly width: number;
  readonly stacks: Stacked[][];
  rows: number;
}

/**
 * Layout of sections in an area, the most important first: side by side where they are narrow enough, none below its
 * useful size. Sections that do not fit go to a further page; the page with `focus` is returned. Where all fit, each is
 * as wide as its content if that hides no row.
 */
export function pack(wants: readonly Want[], area: Size, focus: number): Packed {
  let best = packed(wants, area, focus);
  if (best.before > 0 || best.after > 0) return best;
  let chosen = wants;
  const adopt = (next: readonly Want[]): boolean => {
    const made = packed(next, area, focus);
    if (made.after > 0 || hiddenRows(made, wants) > hiddenRows(best, wants)) return false;
    [best, chosen] = [made, next];
    return true;
  };
  const wide = (want: Want): Want => ({
    ...want,
    minColumns: Math.max(want.minColumns, Math.min(want.wholeColumns ?? 0, area.columns) / COMFORT),
  });
  if (!adopt(wants.map(wide)))
    for (const [i, want] of wants.entries()) if (want.wholeColumns !== undefined) adopt(chosen.with(i, wide(want)));
  return best;
}

/** Useful rows that do not fit. */
const hiddenRows = ({ boxes }: Packed, wants: readonly Want[]): number =>
  boxes.reduce((sum, { index, columns, rows }) => sum + Math.max(0, (wants[index]?.mostRows(columns) ?? 0) - rows), 0);

function packed(wants: readonly Want[], area: Size, focus: number): Packed {
  let start = 0;
  for (;;) {
    const { blocks, end } = page(wants, area, start);
    if (end > focus || end >= wants.length)
      return { ...settle(blocks, wants, area), before: start, after: wants.length - end };
    start = end;
  }
}

/** Most stacks side by side. */
const MAX_STACKS = 4;

/** Factor of its least width that a section keeps beside a neighbour. */
const COMFORT = 1.4;

const stackRows = (stack: readonly Stacked[]): number => stack.reduce((sum, { rows }) => sum + rows, 0);

function page(wants: readonly Want[], area: Size, start: number): { readonly blocks: Block[]; readonly end: number } {
  const blocks: Block[] = [];
  let end = start;
  let used = 0;
  while (end < wants.length) {
    const left = area.rows - used;
    const { block, next } = fill(wants, area.columns, left, end);
    if (!block) {
      // The first section of a page is shown at any size.
      if (blocks.length === 0 && end === start) {
        blocks.push({ width: area.columns, stacks: [[{ index: end, rows: area.rows }]], rows: area.rows });
        end++;
      }
      break;
    }
    blocks.push(block);
    used += block.rows;
    end = next;
  }
  return { blocks, end };
}

/** Block of the next sections that fit side by side at one width. */
function fill(
  wants: readonly Want[],
  columns: number,
  rows: number,
  start: number,
): { readonly block: Block | undefined; readonly next: number } {
  const fits = (index: number, count: number) =>
    (wants[index]?.minColumns ?? Infinity) * COMFORT <= Math.floor(columns / count);
  let count = MAX_STACKS;
  while (count > 1 && !(fits(start, count) && alike(fits, wants.length, start, count))) count--;
  const width = Math.floor(columns / count);
  const stacks: Stacked[][] = Array.from({ length: count }, () => []);
  let next = start;
  for (; next < wants.length; next++) {
    const want = wants[next];
    if (!want || (count > 1 ? !fits(next, count) : next > start)) break;
    const stack = stacks.reduce((least, other) => (stackRows(other) < stackRows(least) ? other : least));
    const room = rows - stackRows(stack);
    const base = want.baseRows(width);
    if (Math.min(base, want.minRows) > room) break;
    stack.push({ index: next, rows: Math.min(base, room) });
  }
  if (next === start) return { block: undefined, next };
  return { block: { width, stacks, rows: Math.max(...stacks.map(stackRows)) }, next };
}

/** Whether `count` columns would each get a section. */
function alike(fits: (index: number, count: number) => boolean, total: number, start: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (start + i >= total || !fits(start + i, count)) return false;
  return true;
}

/** Gives spare rows to blocks that can use them, aligns the bottoms of a block, computes positions. */
function settle(blocks: readonly Block[], wants: readonly Want[], area: Size): { readonly boxes: readonly Box[] } {
  let spare = area.rows - blocks.reduce((sum, { rows }) => sum + rows, 0);
  for (const block of blocks) {
    const wish = Math.max(
      ...block.stacks.map((stack) => stack.reduce((sum, item) => sum + most(item, block, wants), 0)),
    );
    const more = Math.min(spare, Math.max(0, wish - block.rows));
    block.rows += more;
    spare -= more;
    for (const stack of block.stacks) level(stack, block, wants);
  }
  const boxes: Box[] = [];
  let top = 0;
  for (const block of blocks) {
    for (const [i, stack] of block.stacks.entries()) {
      const columns = i === block.stacks.length - 1 ? area.columns - i * block.width : block.width;
      let y = top;
      for (const { index, rows } of stack) {
        boxes.push({ index, x: i * block.width, y, columns, rows });
        y += rows;
      }
    }
    top += block.rows;
  }
  return { boxes: boxes.toSorted((a, b) => a.index - b.index) };
}

const most = ({ index, rows }: Stacked, block: Block, wants: readonly Want[]): number =>
  Math.max(rows, wants[index]?.mostRows(block.width) ?? 0);

/** Most blank rows of a box whose bottom is aligned. */
const MOST_BLANK_ROWS = 3;

function level(stack: Stacked[], block: Block, wants: readonly Want[]): void {
  let spare = block.rows - stackRows(stack);
  for (const item of stack) {
    const more = Math.min(spare, most(item, block, wants) - item.rows);
    item.rows += more;
    spare -= more;
  }
  const last = stack.at(-1);
  if (last && spare <= MOST_BLANK_ROWS) last.rows += spare;
}
