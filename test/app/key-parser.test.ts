import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { KeyParser, type Input } from '../../src/app/key-parser.ts';

const parse = (...chunks: readonly string[]): Input[] => {
  const parser = new KeyParser();
  return [...chunks.flatMap((chunk) => parser.feed(Buffer.from(chunk, 'utf8'))), ...parser.flush()];
};
const names = (...chunks: readonly string[]): readonly string[] =>
  parse(...chunks).map((event) => (event.kind === 'key' ? event.name : event.kind));

test('feed returns keys by the names of the keymap', () => {
  expect(names('a', 'G', ' ', '\r', '\t', '\u007F', '\u0003')).toEqual(
    'a G space enter tab backspace ctrl-c'.split(' '),
  );
  expect(names('\u001B[A\u001B[6~\u001B[Z\u001BOP\u001B[15~\u001B[24~\u001B[1;5C\u001BOH')).toEqual(
    'up pgdn shift-tab f1 f5 f12 ctrl-right home'.split(' '),
  );
  expect(names('\u001Bx')).toEqual(['alt-x']);
});

test('flush returns escape for a lone escape byte, also before a sequence', () => {
  expect(names('\u001B')).toEqual(['esc']);
  expect(names('\u001B\u001B[A')).toEqual(['esc', 'up']);
});

test('feed joins a sequence in pieces', () => {
  expect(names('\u001B', '[', '5', '~', 'x')).toEqual(['pgup', 'x']);
  const parser = new KeyParser();
  const euro = Buffer.from('€');
  expect(parser.feed(euro.subarray(0, 1))).toEqual([]);
  expect(parser.feed(euro.subarray(1))).toEqual([{ kind: 'key', name: '€', text: '€' }]);
});

test('feed returns clicks and wheel of mouse reports, nothing for releases and other buttons', () => {
  expect(parse('\u001B[<0;11;3M\u001B[<0;11;3m\u001B[<65;1;1M\u001B[<64;2;2M\u001B[<2;5;5M')).toEqual([
    { kind: 'click', x: 10, y: 2 },
    { kind: 'wheel', rows: 1, x: 0, y: 0 },
    { kind: 'wheel', rows: -1, x: 1, y: 1 },
  ]);
});

test('feed returns one event for a paste of any text', () => {
  expect(parse('\u001B[200~q\rrm -rf\u001B[A', '\u0003\u001B[201~x')).toEqual([
    { kind: 'paste', text: 'q\rrm -rf\u001B[A\u0003' },
    { kind: 'key', name: 'x', text: 'x' },
  ]);
});

test('feed ends for any bytes in any pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 5 }), (chunks) => {
      const parser = new KeyParser();
      for (const chunk of chunks) parser.feed(Buffer.from(chunk));
      parser.flush();
      expect(parser.waiting && !String(chunks).includes('27')).toBe(false);
    }),
  );
});

test('feed returns the background of a report, whole or in pieces, and types nothing of it', () => {
  const parse11 = (text: string) =>
    parse(text).map((event) => (event.kind === 'background' ? event.background : event.kind));
  expect(parse11('\u001B]11;rgb:ffff/fafa/0000\u0007')).toEqual(['light']);
  expect(parse11('\u001B]11;rgb:1e/1e/2e\u001B\\\u001B[?62;22c')).toEqual(['dark', 'attributes']);
  expect(parse11('\u001B]11;rgba:f/f/f/f\u0007')).toEqual(['light']);
  const whole = '\u001B]11;rgb:0000/2b2b/3636\u001B\\\u001B[?1;2c';
  for (let cut = 1; cut < whole.length; cut++)
    expect([cut, names(whole.slice(0, cut), whole.slice(cut))]).toEqual([cut, ['background', 'attributes']]);
});

test('feed drops a torn report when a key follows it', () => {
  expect(names('\u001B]11;rgb:0000/2b', 'q')).toEqual(['q']);
  expect(names('\u001B]')).toEqual(['alt-]']);
});
