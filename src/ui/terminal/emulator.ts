import xterm from '@xterm/headless';
import type { IBufferLine, IBufferCell, Terminal } from '@xterm/headless';
import type { Theme } from '../../theme.ts';
import { cellText, sgrOf } from './cells.ts';

const SCROLLBACK_ROWS = 5000;
/** Limit of output that is not parsed yet; more is dropped, so that memory and the delay of the picture are bounded. */
const PENDING_BYTES = 1 << 20;
/** Least interval of redraws. */
const SPACING_MS = 33;
const NEWLINE = 0x0a;

/** Listener of output and sizes, for a recording. */
export interface EmulatorTap {
  readonly output: (bytes: Uint8Array) => void;
  readonly size: (columns: number, rows: number) => void;
}

/**
 * Terminal emulator from bytes of a tool on the host to finished lines. Output ends in a grid of cells, of which
 * characters and colours are drawn: no sequence of the host reaches the engineer's terminal (title, clipboard, links,
 * device control). Replies of a real terminal (device attributes, cursor reports, settings) are never sent, so that
 * nothing on the host can type for the engineer.
 */
export class Emulator {
  readonly #terminal: Terminal;
  readonly #listeners = new Set<() => void>();
  #pendingBytes = 0;
  #dropping = false;
  #droppedLines = 0;
  #version = 0;
  #tap: EmulatorTap | undefined;
  #timer: NodeJS.Timeout | undefined;
  #announcedMs = 0;
  #drawn: { readonly key: string; readonly theme: Theme; readonly lines: readonly string[] } | undefined;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: atLeast(columns, 2),
      rows: atLeast(rows, 1),
      scrollback: SCROLLBACK_ROWS,
      allowProposedApi: true,
      // Its parsing errors, with text of the host, would overwrite the screen.
      logLevel: 'off',
    });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Version of the picture: a snapshot for React. */
  get version(): number {
    return this.#version;
  }

  /** Number of dropped lines. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** Feeds output. Never blocks the host (a full pty freezes the traced process): whole lines are dropped. */
  feed(bytes: Uint8Array): void {
    const wanted = this.#admit(bytes);
    if (wanted.length === 0) return;
    this.#pendingBytes += wanted.length;
    this.#tap?.output(wanted);
    this.#terminal.write(wanted, () => {
      this.#pendingBytes -= wanted.length;
      this.#changed();
    });
  }

  /** Prints a line between the tool's lines; `text` is sanitised. */
  print(text: string): void {
    this.feed(new TextEncoder().encode(`\r\n${text}\r\n`));
  }

  resize(columns: number, rows: number): void {
    const before = `${this.columns}x${this.rows}`;
    this.#terminal.resize(atLeast(columns, 2), atLeast(rows, 1));
    if (`${this.columns}x${this.rows}` !== before) this.#tap?.size(this.columns, this.rows);
    this.#changed();
  }

  /** Sets the listener of drawn output and new sizes; dropped output is not passed on. */
  tap(tap: EmulatorTap | undefined): void {
    this.#tap = tap;
  }

  /** Scrolls towards older (negative) or newer output; at the bottom new output follows again. */
  scroll(rows: number): void {
    this.#terminal.scrollLines(rows);
    this.#changed();
  }

  /** Rows between the view and the newest output. */
  get scrolledRows(): number {
    const buffer = this.#terminal.buffer.active;
    return buffer.baseY - buffer.viewportY;
  }

  /** True while a full-screen program (gdb -tui) has the screen. */
  get fullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** `rows` lines of exactly `columns` cells, the cursor as an inverted cell; styled only by our own SGR. */
  lines(theme: Theme, showCursor: boolean): readonly string[] {
    const key = `${this.#version} ${showCursor} ${this.columns}x${this.rows}`;
    if (this.#drawn?.key === key && this.#drawn.theme === theme) return this.#drawn.lines;
    const buffer = this.#terminal.buffer.active;
    const cursorRow = showCursor && this.scrolledRows === 0 ? buffer.cursorY : -1;
    const cell = buffer.getNullCell();
    const lines: string[] = [];
    for (let row = 0; row < this.rows; row++) {
      const line = buffer.getLine(buffer.viewportY + row);
      lines.push(line ? this.#line(line, row === cursorRow ? buffer.cursorX : -1, cell, theme) : blank(this.columns));
    }
    this.#drawn = { key, theme, lines };
    return lines;
  }

  /** Output in the buffer, without styles, for the notes and the clipboard. */
  text(): string {
    const buffer = this.#terminal.buffer.normal;
    const all: string[] = [];
    const cell = buffer.getNullCell();
    for (let row = 0; row < buffer.length; row++) {
      const line = buffer.getLine(row);
      if (!line) continue;
      const cells = plainCells(line, this.columns, cell);
      if (line.isWrapped && all.length > 0) all[all.length - 1] += cells;
      else all.push(cells);
    }
    return all
      .map((line) => line.trimEnd())
      .join('\n')
      .trimEnd();
  }

  /** Resolves when all output so far is in the buffer. */
  settled(): Promise<void> {
    return new Promise((resolve) => this.#terminal.write('', resolve));
  }

  /** Calls `listen` after a change of the picture, up to 30 times a second. */
  subscribe(listen: () => void): () => void {
    this.#listeners.add(listen);
    return () => this.#listeners.delete(listen);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#listeners.clear();
    this.#terminal.dispose();
  }

  #line(line: IBufferLine, cursorColumn: number, cell: IBufferCell, theme: Theme): string {
    let out = '';
    let open = '';
    for (let column = 0; column < this.columns; column += cellWidth(cell)) {
      line.getCell(column, cell);
      const style = sgrOf(cell, column === cursorColumn, theme.colour);
      if (style !== open) {
        if (open !== '') out += '\u001B[0m';
        if (style !== '') out += `\u001B[${style}m`;
        open = style;
      }
      out += cellText(cell.getChars(), cellWidth(cell), theme.ascii);
    }
    return open === '' ? out : `${out}\u001B[0m`;
  }

  #admit(bytes: Uint8Array): Uint8Array {
    if (this.#dropping) {
      const end = bytes.lastIndexOf(NEWLINE);
      if (this.#pendingBytes > PENDING_BYTES / 2 || end < 0) {
        this.#droppedLines += newlines(bytes);
        return bytes.subarray(0, 0);
      }
      this.#dropping = false;
      this.#droppedLines += newlines(bytes.subarray(0, end + 1));
      return bytes.subarray(end + 1);
    }
    if (this.#pendingBytes + bytes.length <= PENDING_BYTES || this.#pendingBytes === 0) return bytes;
    this.#dropping = true;
    const end = bytes.indexOf(NEWLINE) + 1;
    this.#droppedLines += newlines(bytes.subarray(end));
    return bytes.subarray(0, end);
  }

  #changed(): void {
    if (this.#timer) return;
    const waitMs = Math.max(0, this.#announcedMs + SPACING_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#announcedMs = performance.now();
      this.#version++;
      for (const listen of this.#listeners) listen();
    }, waitMs);
  }
}

const atLeast = (value: number, least: number): number => Math.max(least, Math.floor(value));
const blank = (columns: number): string => ' '.repeat(columns);

/** Width of a cell; a combining mark without a letter takes one cell although its width is 0. */
const cellWidth = (cell: IBufferCell): number => Math.max(1, cell.getWidth());

function newlines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === NEWLINE) count++;
  return count;
}

function plainCells(line: IBufferLine, columns: number, cell: IBufferCell): string {
  let out = '';
  for (let column = 0; column < columns; column += cellWidth(cell)) {
    line.getCell(column, cell);
    out += cellText(cell.getChars(), cellWidth(cell), false);
  }
  return out;
}
