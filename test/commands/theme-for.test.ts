import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backgroundBy, depthBy, themeFor } from '../../src/commands/theme-for.ts';
import { maxColoursOf, terminfoColours } from '../../src/commands/terminfo-colours.ts';

const none = { ascii: undefined, colour: undefined, theme: undefined } as const;
const nameOf = (...[screen, config, env]: Parameters<typeof themeFor>) => {
  const { colour, options } = themeFor(screen, config, { TERM: 'xterm', ...env });
  return colour ? options.name : 'mono';
};

test('themeFor takes the command line before the config, the config before the environment', () => {
  expect(nameOf(none, { theme: {} }, {})).toBe('auto');
  expect(nameOf(none, { theme: {} }, { NO_COLOR: '1' })).toBe('mono');
  expect(nameOf(none, { theme: {} }, { TERM: 'dumb' })).toBe('mono');
  expect(nameOf(none, { theme: { name: 'light' } }, { NO_COLOR: '1' })).toBe('light');
  expect(nameOf(none, { theme: { colour: true } }, { NO_COLOR: '1' })).toBe('auto');
  expect(nameOf(none, { theme: { colour: false, name: 'light' } }, {})).toBe('mono');
  expect(nameOf({ ...none, colour: true }, { theme: { colour: false } }, { NO_COLOR: '1' })).toBe('auto');
  expect(nameOf({ ...none, theme: 'high-contrast' }, { theme: { name: 'mono' } }, { NO_COLOR: '1' })).toBe(
    'high-contrast',
  );
  expect(nameOf({ ...none, theme: 'light', colour: false }, { theme: {} }, {})).toBe('mono');
});

test('backgroundBy reads COLORFGBG when its last colour is a number', () => {
  expect(['15;0', '0;default;15', '0;7', '12;8', 'default;default', undefined].map(backgroundBy)).toEqual([
    'dark',
    'light',
    'light',
    'dark',
    undefined,
    undefined,
  ]);
});

test('depthBy takes COLORTERM outside of GNU screen, then terminfo, then the name', () => {
  expect(depthBy({ COLORTERM: 'truecolor', TERM: 'xterm' }, 8)).toBe('truecolor');
  expect(depthBy({ COLORTERM: '24bit', TERM: 'screen', STY: '1.tty' }, 8)).toBe('16');
  expect(depthBy({ COLORTERM: 'truecolor', TERM: 'tmux-256color', STY: '1', TMUX: '/tmp/x' }, 256)).toBe('truecolor');
  expect(depthBy({ TERM: 'xterm-direct' }, 1 << 24)).toBe('truecolor');
  expect(depthBy({ TERM: 'foot' }, 256)).toBe('256');
  expect(depthBy({ TERM: 'screen-256color' }, undefined)).toBe('256');
  expect(depthBy({ TERM: 'linux' }, 8)).toBe('16');
});

/** Compiled terminfo entry (term(5)) with `max_colors`, two or four bytes a number. */
function entry(maxColours: number, bytes: 2 | 4): Buffer {
  const names = 'fake|test\0';
  const flags = 3;
  const count = 14;
  const header = Buffer.alloc(12);
  for (const [i, part] of [bytes === 2 ? 0o432 : 0o1036, names.length, flags, count, 0, 0].entries())
    header.writeInt16LE(part, i * 2);
  const numbers = Buffer.alloc(count * bytes, 0xff);
  if (bytes === 2) numbers.writeInt16LE(maxColours, 13 * 2);
  else numbers.writeInt32LE(maxColours, 13 * 4);
  return Buffer.concat([header, Buffer.from(names), Buffer.alloc(flags + 1), numbers]);
}

test('maxColoursOf reads the number of colours when the entry is whole, and nothing else', () => {
  expect(maxColoursOf(entry(256, 2))).toBe(256);
  expect(maxColoursOf(entry(1 << 24, 4))).toBe(1 << 24);
  expect(maxColoursOf(entry(-1, 2))).toBeUndefined();
  expect(maxColoursOf(entry(256, 2).subarray(0, 40))).toBeUndefined();
  expect(maxColoursOf(Buffer.from('not terminfo at all'))).toBeUndefined();
  expect(maxColoursOf(Buffer.alloc(0))).toBeUndefined();
});

test('terminfoColours finds the entry in TERMINFO when the name has no slash', () => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-terminfo-'));
  try {
    mkdirSync(join(folder, 'q'));
    writeFileSync(join(folder, 'q', 'q-88color'), entry(88, 2));
    expect(terminfoColours({ TERM: 'q-88color', TERMINFO: folder })).toBe(88);
    expect(terminfoColours({ TERM: '../q/q-88color', TERMINFO: join(folder, 'q') })).toBeUndefined();
    expect(terminfoColours({ TERM: 'q-none', TERMINFO: folder })).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
