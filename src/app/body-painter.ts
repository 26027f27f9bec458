import type { WriteStream } from 'node:tty';
import { patchesOf, wholeLine } from './line-diff.ts';

/** Keeps the terminal from showing half a frame (DEC mode 2026), and Ink's cursor where Ink left it (DECSC, DECRC). */
const BEGIN = '\u001B[?2026h\u001B7';
const END = '\u001B8\u001B[?2026l';
/** Ink erased more than one of its lines: the painted body is gone. */
const ERASES = /\u001B\[[0-3]?J|\u001B\[2K|\u001B\[\?1049h/;

/**
 * Writes the body of the screen, finished lines of exact width, straight to the terminal: only the parts of lines that
 * changed. Ink lays out what is around it. Ink alone takes 30 ms for a body of 57 lines of 200 cells, since it takes
 * every line apart into styled cells and puts it together again with every frame.
 */
export class BodyPainter {
  readonly #stdout: WriteStream;
  #lines: readonly string[] = [];
  #top = 0;
  #shown: readonly (string | undefined)[] = [];
  #stopped = false;

  constructor(stdout: WriteStream) {
    this.#stdout = stdout;
  }

  /** The terminal as Ink is given it: when Ink erases the screen the body is painted again. */
  forInk(): WriteStream {
    const write = (...args: Parameters<WriteStream['write']>): boolean => {
      const done = this.#stdout.write(...args);
      if (ERASES.test(String(args[0]))) this.repaint();
      return done;
    };
    return new Proxy(this.#stdout, {
      get: (target, name) => {
        if (name === 'write') return write;
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }

  /** Lines from row `top` (0 is the first) of the screen on. */
  paint(lines: readonly string[], top: number): void {
    if (top !== this.#top || lines.length !== this.#lines.length) this.#shown = [];
    this.#lines = lines;
    this.#top = top;
    let out = '';
    for (const [row, line] of lines.entries()) {
      const before = this.#shown[row];
      for (const { column, text } of before === undefined ? [wholeLine(line)] : patchesOf(before, line))
        out += `\u001B[${top + row + 1};${column + 1}H\u001B[0m${text}`;
    }
    this.#shown = lines;
    if (out !== '' && !this.#stopped) this.#stdout.write(BEGIN + out + END);
  }

  /** Paints everything again. */
  repaint(): void {
    this.#shown = [];
    this.paint(this.#lines, this.#top);
  }

  /** Nothing more is written: the screen belongs to the shell again. */
  stop(): void {
    this.#stopped = true;
  }
}
