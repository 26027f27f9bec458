import { json, items, fields } from '../lib/json.ts';

/** Screen for viewers: finished lines, styled by SGR alone. */
export interface SharedFrame {
  readonly columns: number;
  readonly rows: number;
  readonly lines: readonly string[];
}

/** Largest screen that a viewer takes, and the longest message. */
const MAX_COLUMNS = 1000;
const MAX_ROWS = 500;
export const MAX_MESSAGE_CHARACTERS = 4 << 20;

/**
 * Message that makes one frame of another, a line of JSON: `{"columns":120,"rows":40,"lines":[[0,"…"],…]}` with the changed lines by row;
 * all of them without a frame before or with another size. Undefined for equal frames.
 */
export function frameMessage(before: SharedFrame | undefined, frame: SharedFrame): string | undefined {
  const { columns, rows } = frame;
  const isSized = before?.columns === columns && before.rows === rows;
  const lines = frame.lines.flatMap((line, row) => (isSized && before.lines[row] === line ? [] : [[row, line]]));
  return isSized && lines.length === 0 ? undefined : `${JSON.stringify({ columns, rows, lines })}\n`;
}

/** Message of the end of sharing. */
export const endMessage = (why: string): string => `${JSON.stringify({ end: why })}\n`;

/** Frame after a message, the reason of the end, or undefined for a message that is neither. */
export function takeMessage(
  before: SharedFrame | undefined,
  text: string,
): SharedFrame | { readonly end: string } | undefined {
  const { end, columns, rows, lines } = fields(json(text));
  if (typeof end === 'string') return { end };
  if (!isWithin(columns, 2, MAX_COLUMNS) || !isWithin(rows, 1, MAX_ROWS)) return undefined;
  const isSized = before?.columns === columns && before.rows === rows;
  const next = isSized ? [...before.lines] : Array.from({ length: rows }, () => '');
  for (const entry of items(lines)) {
    const [row, line] = items(entry);
    if (isWithin(row, 0, rows - 1) && typeof line === 'string') next[row] = line;
  }
  return { columns, rows, lines: next };
}

const isWithin = (value: unknown, least: number, most: number): value is number =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
