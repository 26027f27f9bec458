import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { textWidth, unstyled } from '../../../src/lib/text-width.ts';
import { makeTheme } from '../../../src/theme.ts';
import { Emulator } from '../../../src/ui/terminal/emulator.ts';

const colour = makeTheme({ colour: true, ascii: false });
const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1');

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Feeds all chunks and lets them be parsed and drawn: one picture or several. */
async function shown(emulator: Emulator, ...chunks: readonly Uint8Array[]): Promise<readonly string[]> {
  let pictures = 0;
  const stop = emulator.subscribe(() => pictures++);
  for (const chunk of chunks) emulator.feed(chunk);
  await vi.advanceTimersByTimeAsync(200);
  stop();
  expect(pictures).toBeGreaterThan(0);
  return emulator.lines(colour, false);
}

const ONLY_OUR_SGR = /^(?:[^\u0000-\u001F\u007F-\u009F]|\u001B\[[0-9;]+m)*$/u;

describe('what a hostile tool prints never reaches the terminal as a sequence', () => {
  const attacks: Readonly<Record<string, string>> = {
    'OSC 52 clipboard': '\u001B]52;c;cHduZWQ=\u0007',
    'OSC 0 title': '\u001B]0;pwned\u0007',
    'OSC 8 link': '\u001B]8;;http://evil\u001B\\click\u001B]8;;\u001B\\',
    'device attributes': '\u001B[c\u001B[>c\u001B[=c',
    'cursor report': '\u001B[6n\u001B[5n',
    'DECRQSS settings query': '\u001BP$q"p\u001B\\',
    'DCS sixel': '\u001BPq#0;2;0;0;0#0~~\u001B\\',
    'APC and PM': '\u001B_secret\u001B\\\u001B^secret\u001B\\',
    'clear screen': '\u001B[2J\u001B[3J',
    reset: '\u001Bc',
    '8-bit CSI raw': '\u009B2J\u009B31m',
    '8-bit CSI as UTF-8': '\u00C2\u009B2J',
    'alternate screen and mouse': '\u001B[?1049h\u001B[?1000h\u001B[?2004h',
    'window manipulation': '\u001B[8;999;999t\u001B[21t',
    'unfinished OSC': '\u001B]0;never ends',
  };
  test.each(Object.entries(attacks))('%s', async (_name, attack) => {
    const emulator = new Emulator(20, 4);
    const lines = await shown(emulator, bytesOf(`before\r\n${attack}`), bytesOf('\u0007\u001B\\after'));
    expect(lines).toHaveLength(4);
    for (const line of lines) {
      expect(line).toMatch(ONLY_OUR_SGR);
      expect(textWidth(line)).toBe(20);
    }
    expect(lines.join('')).toContain('after');
    expect(lines.join('')).not.toContain('pwned');
    expect([emulator.columns, emulator.rows]).toEqual([20, 4]);
    emulator.dispose();
  });

  test('emulator draws sanitised lines of exact width for any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 40 }),
            fc.string({ unit: 'binary', maxLength: 12 }).map((text) => Buffer.from(text)),
            fc.constantFrom(...Object.values(attacks).map(bytesOf)),
          ),
          { minLength: 1, maxLength: 12 },
        ),
        async (chunks) => {
          const emulator = new Emulator(17, 5);
          const lines = await shown(emulator, ...chunks, bytesOf(' '));
          const drawn = [...lines, ...emulator.lines(makeTheme({ colour: false, ascii: true }), true)];
          for (const line of drawn) {
            expect(line).toMatch(ONLY_OUR_SGR);
            expect(textWidth(line)).toBe(17);
          }
          emulator.dispose();
        },
      ),
      { numRuns: 100 },
    );
  });
});

test('emulator prints no parser errors', async () => {
  const program = `
    import { Emulator } from '${new URL('../../../src/ui/terminal/emulator.ts', import.meta.url).href}';
    const emulator = new Emulator(10, 2);
    emulator.feed(Buffer.from([0x1b, 0x5b, 0x7f, 0x18, 0x7f, 0xc2, 0x80, 0x1b, 0x5b, 0x31, 0xff, 0x6d]));
    emulator.subscribe(() => emulator.dispose());`;
  const run = promisify(execFile);
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', program]);
  expect(stdout + stderr).toBe('');
});

test('emulator keeps colours and weights, and shows hidden text', async () => {
  const emulator = new Emulator(30, 2);
  const lines = await shown(emulator, bytesOf('\u001B[1;31mred\u001B[0m \u001B[8mhidden\u001B[0m \u001B[38;5;200mx'));
  expect(lines[0]).toContain('\u001B[1;31mred\u001B[0m hidden ');
  expect(lines[0]).toContain('\u001B[38;5;200mx');
  const mono = emulator.lines(makeTheme({ colour: false, ascii: false }), false);
  expect(mono[0]).toContain('\u001B[1mred\u001B[0m hidden x');
});

test('lines inverts the cell of the cursor when wanted', async () => {
  const emulator = new Emulator(10, 2);
  await shown(emulator, bytesOf('(gdb) '));
  expect(emulator.lines(colour, true)[0]).toBe('(gdb) \u001B[7m \u001B[0m   ');
  expect(emulator.lines(colour, false)[0]).toBe('(gdb)     ');
});

test('lines keeps composed letters in one cell, wide letters in two, and replaces pictographs', async () => {
  const emulator = new Emulator(12, 1);
  const [line] = await shown(emulator, Buffer.from('e\u0301 \u4F60 \u{1F4A9}|'));
  expect(textWidth(line ?? '')).toBe(12);
  expect(line).toContain('\u00E9 \u4F60 \uFFFD');
});

test('emulator scrolls back and follows again, and keeps the text', async () => {
  const emulator = new Emulator(10, 3);
  await shown(emulator, bytesOf(Array.from({ length: 20 }, (_, i) => `line ${i}`).join('\r\n')));
  expect(emulator.lines(colour, false).map((line) => line.trim())).toEqual(['line 17', 'line 18', 'line 19']);
  emulator.scroll(-5);
  expect(emulator.scrolledRows).toBe(5);
  emulator.scroll(99);
  expect(emulator.scrolledRows).toBe(0);
  expect(emulator.text().split('\n')).toHaveLength(20);
});

test('resize redraws at once', async () => {
  const emulator = new Emulator(10, 3);
  await shown(emulator, bytesOf('hello'));
  emulator.resize(24, 5);
  const lines = emulator.lines(colour, false);
  expect(lines.map(textWidth)).toEqual([24, 24, 24, 24, 24]);
});

test('feed drops and counts whole lines of a flood', async () => {
  const emulator = new Emulator(40, 5);
  const perChunk = 1000;
  const chunk = bytesOf('0123456789012345678901234567890123456\r\n'.repeat(perChunk));
  const chunks = 200;
  for (let i = 0; i < chunks; i++) emulator.feed(chunk);
  const droppedAtOnce = emulator.droppedLines;
  expect(droppedAtOnce).toBeGreaterThan(0.8 * chunks * perChunk);
  const lines = await shown(emulator, bytesOf('\r\nlast\r\n'));
  expect(lines.every((line) => unstyled(line).trim() === '' || /^\d{37}\s*$|^last\s*$/.test(unstyled(line)))).toBe(
    true,
  );
});
