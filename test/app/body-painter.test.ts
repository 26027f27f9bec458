import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WriteStream } from 'node:tty';
import xterm from '@xterm/headless';
import { BodyPainter } from '../../src/app/body-painter.ts';
import { patchesOf } from '../../src/app/line-diff.ts';
import { padStyled, textWidth } from '../../src/lib/text-width.ts';

const COLUMNS = 24;

/** Line of a given width with styles at random positions. */
const part = fc.record({
  text: fc.string({ unit: fc.constantFrom('a', 'b', '9', ' ', '│', '日'), maxLength: 6 }),
  style: fc.constantFrom('', '1', '33', '1;91', '7', '38;5;200'),
});
const line = fc.array(part, { maxLength: 5 }).map((parts) => {
  let out = '';
  for (const { text, style } of parts) {
    if (textWidth(out) + textWidth(text) > COLUMNS) break;
    out += style && text ? `\u001B[${style}m${text}\u001B[0m` : text;
  }
  return padStyled(out, COLUMNS);
});

const screenOf = async (write: (terminal: WriteStream) => void) => {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: 6, allowProposedApi: true });
  let done: Promise<void> = Promise.resolve();
  const stdout = {
    write: (data: string) => {
      done = new Promise((resolve) => terminal.write(data, resolve));
      return true;
    },
  };
  // Only write is used of the stream.
  write(stdout as unknown as WriteStream);
  await done;
  const cells = Array.from({ length: 6 }, (_, row) =>
    Array.from({ length: COLUMNS }, (_cell, column) => {
      const cell = terminal.buffer.active.getLine(row)?.getCell(column);
      return `${cell?.getChars() || (cell?.getWidth() === 0 ? '' : ' ')}:${cell?.getFgColor()}:${cell?.isBold()}:${cell?.isInverse()}`;
    }),
  );
  return { cells, cursor: [terminal.buffer.active.cursorX, terminal.buffer.active.cursorY] };
};

describe('the painter of the body', () => {
  test('paint shows after any changes the same as one paint of the last frame', async () => {
    const frame = fc.array(line, { minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 4 }), async (frames) => {
        const step = await screenOf((stdout) => {
          const painter = new BodyPainter(stdout);
          for (const lines of frames) painter.paint(lines, 1);
        });
        const once = await screenOf((stdout) => new BodyPainter(stdout).paint(frames.at(-1) ?? [], 1));
        expect(step).toEqual(once);
        expect(step.cursor).toEqual([0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  test('paint writes nothing when nothing changed, and little when little changed', () => {
    const before = `${'x'.repeat(80)}\u001B[33m 12%\u001B[0m${'y'.repeat(80)}`;
    expect(patchesOf(before, before)).toEqual([]);
    const after = before.replace('12%', '13%');
    expect(patchesOf(before, after)).toEqual([{ column: 82, text: '\u001B[33m3\u001B[0m' }]);
    expect(patchesOf('a b c', 'a d c')).toEqual([{ column: 2, text: 'd' }]);
    expect(patchesOf('1 same words here 2', '3 same words here 4')).toHaveLength(2);
    expect(patchesOf('1 same 2', '3 same 4')).toHaveLength(1);
  });

  test('paint erases blanks up to the edge', () => {
    expect(patchesOf('long words', 'long      ')).toEqual([{ column: 5, text: '\u001B[K' }]);
  });

  test('patchesOf returns the whole line when the width differs', () => {
    expect(patchesOf('short', 'a longer one')).toEqual([{ column: 0, text: 'a longer one' }]);
  });

  test('painter repaints when Ink erases the screen, and not after stop', () => {
    const written: string[] = [];
    // Only write is used of the stream.
    const stdout = { write: (text: string) => written.push(text) > 0 } as unknown as WriteStream;
    const painter = new BodyPainter(stdout);
    painter.paint(['hello'], 0);
    const ink = painter.forInk();
    ink.write('plain words');
    expect(written).toHaveLength(2);
    ink.write('\u001B[2J');
    expect(written.at(-1)).toContain('hello');
    painter.stop();
    ink.write('\u001B[J');
    expect(written.at(-1)).toBe('\u001B[J');
  });
});
