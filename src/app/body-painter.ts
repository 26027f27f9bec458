import type { WriteStream } from 'node:tty';
import { patchesOf, wholeLine } from './line-diff.ts';

/** Synchronized output (DEC mode 2026) against half a frame; DECSC, DECRC for Ink's cursor position. */
const BEGIN = '\u001B[?2026h\u001B7';
const END = '\u001B8\u001B[?2026l';
/** Erasures by Ink of more than one line, and so of the painted body. */
const ERASES = /\u001B\[[0-3]?J|\u001B\[2K|\u001B\[\?1049h/;

/**
 * Writer of the screen's body, finished lines of exact width, to the terminal: only the changed parts of lines. Ink draws
 * the lines around it; it would take 30 ms for a body of 57 lines of 200 cells, since it splits every line into styled
 * cells and joins them again with every frame.
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

  /** Terminal for Ink: an erasure by Ink repaints the body. */
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

  /** Paints lines below row `top` (0 is the first) of the screen. */
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

  repaint(): void {
    this.#shown = [];
    this.paint(this.#lines, this.#top);
  }

  /** Ends writing: the screen belongs to the shell again. */
  stop(): void {
    this.#stopped = true;
  }
}
