import xterm from '@xterm/headless';
import type { IBufferLine, IBufferCell, Terminal } from '@xterm/headless';
import type { Theme } from '../../theme.ts';
import { cellText, sgrOf } from './cells.ts';

const SCROLLBACK_ROWS = 5000;
/** Output that is not parsed yet; more is left out, so that neither memory nor the picture's age grows without bound. */
const PENDING_BYTES = 1 << 20;
/** The picture is announced at most this often; a person reads no faster. */
const SPACING_MS = 33;
const NEWLINE = 0x0a;

export interface Witness {
  readonly output: (bytes: Uint8Array) => void;
  readonly size: (columns: number, rows: number) => void;
}

/**
 * Bytes of a tool on the host to finished lines. Everything that the host sends ends in this grid of cells, of which we
 * draw characters and colours: no sequence of the host ever reaches the engineer's terminal (title, clipboard, links,
 * device control), and what a real terminal would answer (device attributes, cursor reports, settings) is never sent,
 * so that nothing on the host can type for the engineer.
 */
export class Emulator {
  readonly #terminal: Terminal;
  readonly #listeners = new Set<() => void>();
  #pendingBytes = 0;
  #dropping = false;
  #droppedLines = 0;
  #version = 0;
  #witness: Witness | undefined;
  #timer: NodeJS.Timeout | undefined;
  #announcedMs = 0;
  #drawn: { readonly key: string; readonly theme: Theme; readonly lines: readonly string[] } | undefined;

  constructor(columns: number, rows: number) {
    this.#terminal = new xterm.Terminal({
      cols: atLeast(columns, 2),
      rows: atLeast(rows, 1),
      scrollback: SCROLLBACK_ROWS,
      allowProposedApi: true,
      // It would write its parsing errors, with what the host sent, over our screen.
      logLevel: 'off',
    });
  }

  get columns(): number {
    return this.#terminal.cols;
  }

  get rows(): number {
    return this.#terminal.rows;
  }

  /** Changes with every new picture: a snapshot for React. */
  get version(): number {
    return this.#version;
  }

  /** Lines left out because more came than can be drawn. */
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** Never blocks and never holds the host back (a full pty freezes the traced process): drops whole lines instead. */
  feed(bytes: Uint8Array): void {
    const wanted = this.#admit(bytes);
    if (wanted.length === 0) return;
    this.#pendingBytes += wanted.length;
    this.#witness?.output(wanted);
    this.#terminal.write(wanted, () => {
      this.#pendingBytes -= wanted.length;
      this.#changed();
    });
  }

  /** A sentence of ours between the tool's lines; `text` is already harmless. */
  say(text: string): void {
    this.feed(new TextEncoder().encode(`\r\n${text}\r\n`));
  }

  resize(columns: number, rows: number): void {
    const before = `${this.columns}x${this.rows}`;
    this.#terminal.resize(atLeast(columns, 2), atLeast(rows, 1));
    if (`${this.columns}x${this.rows}` !== before) this.#witness?.size(this.columns, this.rows);
    this.#changed();
  }

  /** From here on all that is drawn and every new size is told, for a recording; what was dropped is not. */
  witness(witness: Witness | undefined): void {
    this.#witness = witness;
  }

  /** Rows towards older (negative) or newer output; new output follows again from the bottom. */
  scroll(rows: number): void {
    this.#terminal.scrollLines(rows);
    this.#changed();
  }

  /** Rows between what is shown and the newest output. */
  get scrolledRows(): number {
    const buffer = this.#terminal.buffer.active;
    return buffer.baseY - buffer.viewportY;
  }

  /** True while a full-screen program (gdb -tui) has the screen. */
  get fullScreen(): boolean {
    return this.#terminal.buffer.active.type === 'alternate';
  }

  /** `rows` lines of exactly `columns` cells, with the cursor as an inverted cell; styled only by SGR of ours. */
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

  /** All output that is still held, without styles: for the notes and the clipboard. */
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

  /** Called after a picture changed, at most thirty times a second. */
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

/** A mark with no letter before it has a cell of its own although it is counted as 0 wide. */
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
