import xterm from '@xterm/headless';
import { expect, test } from 'vitest';
import { parseCommand } from '../../src/commands/arguments.ts';
import { keysOf, SharedView } from '../../src/commands/watch.ts';

/** View on a terminal of that size, with its text. */
function viewOf(columns: number, rows: number) {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
  let raw = '';
  const write = (text: string) => {
    raw += text;
    terminal.write(text);
  };
  const text = async () => {
    await new Promise<void>((done) => terminal.write('', done));
    const lines = Array.from({ length: rows }, (_, row) =>
      terminal.buffer.active.getLine(row)?.translateToString(true),
    );
    return lines.join('\n');
  };
  return { view: new SharedView(write, () => ({ columns, rows })), text, raw: () => raw };
}

const message = (lines: readonly string[], columns = 10) =>
  JSON.stringify({ columns, rows: lines.length, lines: lines.map((line, row) => [row, line]) });

test('SharedView shows a smaller screen whole, and of a larger one the part that arrows choose', async () => {
  const lines = Array.from({ length: 12 }, (_, row) => `${String.fromCodePoint(97 + row)}23456789${'-'.repeat(10)}END`);
  const large = viewOf(60, 20);
  expect(large.view.take(message(lines, 22))).toBeUndefined();
  expect(await large.text()).toContain('l23456789----------END');
  expect(await large.text()).not.toContain('part of');
  const small = viewOf(50, 6);
  small.view.take(message(lines, 22));
  expect(await small.text()).toContain('e23456789');
  expect(await small.text()).not.toContain('f23456789');
  expect(await small.text()).toContain('part of 22x12 from column 1, line 1: arrows move i');
  small.view.move('\u001B[B');
  expect(await small.text()).toContain('e23456789');
  expect(await small.text()).not.toContain('d23456789');
  for (let i = 0; i < 9; i++) small.view.move('j');
  expect(await small.text()).toContain('l23456789');
  const narrow = viewOf(14, 20);
  narrow.view.take(message(lines, 22));
  expect(await narrow.text()).not.toContain('END');
  narrow.view.move('\u001B[C');
  expect(await narrow.text()).toContain('END');
});

test('keysOf takes each key of one read', () => {
  expect(keysOf('\u001B[B\u001B[B\u001BOCjq\u0003')).toEqual(['\u001B[B', '\u001B[B', '\u001BOC', 'j', 'q', '\u0003']);
  // A q within a sequence of another key is none.
  expect(keysOf('\u001B[15~\u001B[1;2q')).toEqual(['\u001B[15~', '\u001B[1;2q']);
  expect(keysOf('')).toEqual([]);
});

test('SharedView lets no escape of the other side through but colours', () => {
  const { view, raw } = viewOf(40, 5);
  view.take(message(['\u001B]0;title\u0007\u001B[5;5H\u001B[31mred\u001B[0m\u009B2J', 'x']));
  expect(raw().replaceAll(/\u001B\[(?:\d+;\d+H|[\d;]*m|\?2026[hl])/g, '')).not.toMatch(/[\u001B\u0007\u009B]/);
  expect(raw()).toContain('\u001B[31mred');
  expect(raw()).not.toContain('\u001B[5;5H');
});

test('SharedView ends with the reason of the other side, and with one for what is not a screen', () => {
  const { view } = viewOf(40, 5);
  expect(view.take('{"end":"ended by the engineer"}')).toBe('ended by the engineer');
  expect(view.take('HTTP/1.1 400 Bad Request')).toBe('not a shared screen of crashcart');
  expect(view.take('{"columns":1e9,"rows":1e9,"lines":[]}')).toBe('not a shared screen of crashcart');
  expect(view.hasShown).toBe(false);
});

test('parseCommand takes a socket or a loopback address to watch', () => {
  expect(parseCommand(['watch', '/run/user/1/crashcart-a/viewers'])).toEqual({ kind: 'watch', at: { path: '/run/user/1/crashcart-a/viewers' }, ticket: undefined }); // prettier-ignore
  expect(parseCommand(['watch', '127.0.0.1:40123', '--ticket', 'x'])).toEqual({ kind: 'watch', at: { host: '127.0.0.1', port: 40_123 }, ticket: 'x' }); // prettier-ignore
  expect(() => parseCommand(['watch', '10.1.2.3:40123'])).toThrow('forward the port with ssh -L');
  expect(() => parseCommand(['watch'])).toThrow('missing SOCKET');
  expect(() => parseCommand(['host', '--ticket', 'x'])).toThrow('--ticket is an option of watch');
});
