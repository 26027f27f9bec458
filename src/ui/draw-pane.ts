import { plain } from '../lib/plain.ts';
import { cut, cutStyled, padStyled, unstyled } from '../lib/text-width.ts';
import type { AnyPane, LinesSection, Section, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { frame } from './frame.ts';
import { lineSearch } from './highlight.ts';
import { sanitizeLine } from './sanitize-line.ts';
import { pack, type Box, type Want } from './pack.ts';
import { focusIndex, isBare, tableViewOf, type PaneView } from './pane-view.ts';
import { drawTable, wholeWidth, type Size } from './table.ts';
import { naturalWidth, type HeadCell } from './table-layout.ts';

/** Drawn section, with its position for clicks. */
export interface DrawnSection extends Box {
  readonly id: string;
  /** Keys of the drawn table rows, the first at line `y + 2`; empty for lines. */
  readonly keys: readonly string[];
  /** Index of the first drawn row (or line). */
  readonly from: number;
  /** Heads of the columns, on line `y + 1`; empty for lines. */
  readonly heads: readonly HeadCell[];
  /** Key of the row drawn as selected. */
  readonly selectedKey?: string | undefined;
}

export interface DrawnPane {
  /** Exactly `rows` lines of exactly `columns` cells. */
  readonly lines: readonly string[];
  readonly columns: number;
  readonly sections: readonly DrawnSection[];
}

export interface DrawOptions {
  /** Stale data: everything is grey. */
  readonly stale?: boolean;
  /** Note of a section with old readings; see `staleNote`. */
  readonly staleNoteOf?: ((section: Section) => string | undefined) | undefined;
  /** Key of the next section, for the note about sections that do not fit. */
  readonly nextKey?: string;
  /** Position and total of what does not fit in the focused section. */
  readonly positions?: boolean;
}

/** Pane at a size; the screen and the contract test draw the same lines. */
export const drawPane = (
  pane: AnyPane,
  model: unknown,
  view: PaneView,
  size: Size,
  theme: Theme,
  options: DrawOptions = {},
): DrawnPane => drawSections(pane.sections(model), view, size, theme, options);

export function drawSections(
  sections: readonly Section[],
  view: PaneView,
  size: Size,
  theme: Theme,
  options: DrawOptions = {},
): DrawnPane {
  const focus = Math.max(0, focusIndex(sections, view));
  const packed = view.zoomed
    ? { boxes: [{ index: focus, x: 0, y: 0, ...size }], before: 0, after: 0 }
    : pack(
        sections.map((section) => wantOf(section, theme)),
        size,
        focus,
      );
  const canvas: { readonly x: number; readonly line: string }[][] = Array.from({ length: size.rows }, () => []);
  const drawn: DrawnSection[] = [];
  const noted = packed.boxes.findLast(({ index }) => !isBare(sections[index]));
  for (const box of packed.boxes) {
    const section = sections[box.index];
    if (!section) continue;
    const more = box === noted ? moreNote(packed.before, packed.after, options.nextKey ?? 'tab') : undefined;
    const bare = isBare(section);
    const edge = bare ? 0 : FRAME;
    const size = { columns: box.columns - edge, rows: box.rows - edge };
    const inner = drawSection(section, view, size, theme, box.index === focus);
    const { title } = section;
    const focused = box.index === focus && sections.length > 1;
    const position = options.positions && box.index === focus ? inner.position : undefined;
    const footer = [position, more ?? (inner.cut && !position ? 'truncated: z' : undefined)].filter(Boolean).join(', ');
    const old = options.staleNoteOf?.(section);
    const note = [old, inner.note].filter((part) => part !== undefined && part !== '').join(` ${theme.glyphs.dot} `);
    const noteRole = old === undefined ? undefined : 'warn';
    const lines = bare
      ? inner.lines
      : frame(inner.lines, { title, note, noteRole, footer, focused, ...outer(box) }, theme);
    for (const [i, line] of lines.entries()) canvas[box.y + i]?.push({ x: box.x, line });
    const { keys, heads, from, selectedKey } = inner;
    drawn.push({ ...box, id: section.id, keys, heads, from, selectedKey });
  }
  const lines = canvas.map((parts) => joined(parts, size.columns));
  return {
    lines: options.stale ? lines.map((line) => theme.paint('stale', unstyled(line))) : lines,
    columns: size.columns,
    sections: drawn,
  };
}

const outer = ({ columns, rows }: Box): Size => ({ columns, rows });

function joined(parts: readonly { readonly x: number; readonly line: string }[], columns: number): string {
  let line = '';
  for (const part of parts.toSorted((a, b) => a.x - b.x)) line = padStyled(line, part.x) + part.line;
  return padStyled(line, columns);
}

const moreNote = (before: number, after: number, key: string): string | undefined => {
  if (before === 0 && after === 0) return undefined;
  const parts = [before > 0 ? `${before} before` : '', after > 0 ? `+${after} more` : ''].filter(Boolean);
  return `${parts.join(', ')}: ${key}`;
};

/** Rows and columns of a frame. */
const FRAME = 2;
/** Blank cells between a frame and lines, on each side; a table has its own. */
const AIR = 1;

/** Columns of a section's content in a box. */
export const contentColumns = (section: Section, boxColumns: number): number =>
  boxColumns - (isBare(section) ? 0 : FRAME) - (section.kind === 'lines' && !isBare(section) ? 2 * AIR : 0);

/** Least useful rows of a section. */
const LEAST_ROWS = 4;

function wantOf(section: Section, theme: Theme): Want {
  if (section.kind === 'lines') {
    const edge = section.bare ? 0 : FRAME;
    const rows = (columns: number) => Math.max(1, section.wantRows(contentColumns(section, columns))) + edge;
    return {
      minColumns: (section.minColumns ?? 40) + edge,
      minRows: LEAST_ROWS + edge,
      baseRows: rows,
      mostRows: rows,
    };
  }
  const wanted = section.minRows ?? 5;
  const all = Math.max(1, section.rows.length) + 1 + FRAME;
  return {
    // A table narrower than its columns of rank 0 and 1 takes the whole width.
    minColumns: naturalWidth(section.columns, 1) + FRAME,
    wholeColumns: wholeColumnsOf(section, theme),
    minRows: Math.min(all, LEAST_ROWS + FRAME),
    baseRows: () => Math.min(all, wanted + 1 + FRAME),
    mostRows: () => all,
  };
}

/** Width in which nothing of a table is cut; undefined for one whose cells fail, which is drawn as an error. */
function wholeColumnsOf(section: TableSection, theme: Theme): number | undefined {
  try {
    return wholeWidth(section, theme) + FRAME;
  } catch {
    return undefined;
  }
}

interface Inner {
  readonly lines: readonly string[];
  readonly note: string | undefined;
  readonly keys: readonly string[];
  readonly from: number;
  readonly selectedKey?: string | undefined;
  readonly heads: readonly HeadCell[];
  /** Whether lines are left out at the end. */
  readonly cut: boolean;
  /** `3 of 340`, where not all fit. */
  readonly position: string | undefined;
}

/** Section without its frame. The error of a section is drawn in its place; others are not affected. */
function drawSection(section: Section, view: PaneView, size: Size, theme: Theme, focused: boolean): Inner {
  try {
    if (section.kind === 'lines') return drawLines(section, view, size, theme);
    const table = drawTable(section, tableViewOf(view, section.id), size, theme, focused);
    const { lines, note, keys, heads, from, selectedKey, selected, count } = table;
    const position = count > keys.length ? `${selected + 1} of ${count}` : undefined;
    return { lines, note, keys, heads, from, selectedKey, position, cut: false };
  } catch (error) {
    const message = `section failed: ${error instanceof Error ? error.message : String(error)}`;
    return {
      lines: [theme.paint('warn', cut(plain(message), size.columns))],
      note: section.note,
      keys: [],
      heads: [],
      from: 0,
      position: undefined,
      cut: false,
    };
  }
}

function drawLines(section: LinesSection, view: PaneView, size: Size, theme: Theme): Inner {
  const air = isBare(section) ? '' : ' '.repeat(AIR);
  const columns = Math.max(1, size.columns - 2 * air.length);
  const wanted = section.wantRows(columns);
  const from = Math.min(view.scroll[section.id] ?? 0, Math.max(0, wanted - size.rows));
  // Scrolled, zoomed or searched it draws all lines; else it adapts to its rows.
  const most = from > 0 || view.zoomed || view.find ? Math.max(size.rows, wanted) : size.rows;
  const all = section.draw(columns, most, theme);
  const search = view.find && lineSearch(view.find.text);
  const lines = all.slice(from, from + size.rows).map((line) => {
    const clean = sanitizeLine(line);
    return air + cutStyled(search ? search.marked(clean, theme) : clean, columns);
  });
  const isCut = from + size.rows < wanted;
  return {
    lines,
    note: findNote(section, view) ?? section.note,
    keys: [],
    heads: [],
    from,
    position: isCut || from > 0 ? `${from + 1}-${Math.min(wanted, from + size.rows)} of ${wanted}` : undefined,
    cut: isCut,
  };
}

/** `3 of 12 /text` in the section of the match. */
const findNote = ({ id }: Section, { find }: PaneView): string | undefined =>
  find?.section === id ? `${find.position} of ${find.total} /${find.text}` : undefined;
