import xterm from '@xterm/headless';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TerminalFilter } from '../../src/lib/terminal-filter.ts';

const filtered = (...pieces: readonly string[]): string => {
  const filter = new TerminalFilter();
  return pieces.map((piece) => filter.push(piece)).join('');
};

/** Output of terminals: whole sequences and fragments. */
const output = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom('\u001B]52;c;aGk=\u0007', '\u001B]0;t\u001B\\', '\u001B]8;;http://a\u001B\\', '\u009D0;t\u009C', '\u001BPq#0\u001B\\', '\u0090+q\u009C', '\u001B_G\u001B\\', '\u001B^x\u001B\\', '\u001BXx\u001B\\'), // prettier-ignore
      fc.constantFrom('\u001B', '\u009B', '[', ']', '?', ';', '\\', '\u0007', '\u009C', '\u0018', '\u001A', '\u0085', '\u202E', '\u2066', '\u200B', '\uD83D', '\uDE00', '\u{E0041}'), // prettier-ignore
      fc
        .tuple(
          fc.constantFrom('\u001B[', '\u009B'),
          fc.constantFrom('', '?', '>', '!', '='),
          fc.stringMatching(/^[\d;:]{0,9}$/),
          fc.constantFrom('', ' ', '$'),
          fc.integer({ min: 0x40, max: 0x7e }),
        ) // prettier-ignore
        .map(
          ([begin, mark, parameters, between, final]) =>
            begin + mark + parameters + between + String.fromCharCode(final),
        ),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''));

const HARMLESS =
  /^(?:[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|[\b\t\n\v\f\r\u000E\u000F]|\u001B(?:[78DEM]|[()][0AB]|\[[\d;:]{0,64}[@A-MPSTXZ`abdefgmrsu]|\[4[hl]|\[\?(?:6|7|25|47|104[789]|2026)(?:;(?:6|7|25|47|104[789]|2026))*[hl]))*$/u;

describe('TerminalFilter', () => {
  test.each([
    [
      'text, colours and moves',
      '\u001B[1;38;5;9mred\u001B[0m\r\n\u001B[2J\u001B[3;4Hx\u001B[K\u001B7\u001B8\u001BM\u001B(0q\u001B(B\t\b日本',
    ],
    ['the alternate screen and the cursor', '\u001B[?1049h\u001B[?25l\u001B[?2026h\u001B[4h'],
  ])('keeps %s', (_, data) => {
    expect(filtered(data)).toBe(data);
  });

  test.each([
    ['OSC 52, the clipboard', 'a\u001B]52;c;aGk=\u0007b', 'ab'],
    ['a title', 'a\u001B]0;title\u001B\\b', 'ab'],
    ['a link', '\u001B]8;;http://a\u001B\\text\u001B]8;;\u001B\\', 'text'],
    ['DCS, APC, PM and SOS', '\u001BPq\u001B\\a\u001B_G\u001B\\b\u001B^x\u001B\\c\u001BXx\u001B\\d', 'abcd'],
    ['C1 and what it introduces', 'a\u009D0;t\u009Cb\u0090q\u009Cc\u009B31md\u0085e\u0084', 'abcde'],
    ['C1 as escapes', 'a\u001BHb\u001BZc\u001BVd', 'abcd'],
    [
      'reports, window operations, printing, the mouse',
      '\u001B[6n\u001B[c\u001B[>c\u001B[21t\u001B[5i\u001B[?1000h\u001B[1;1;1;1;1T\u001B[?2004hx',
      'x',
    ],
    ['modes beside one that is kept', '\u001B[?1000;25;1006l', '\u001B[?25l'],
    ['bidi and other hidden characters', 'a\u202Eb\u2066c\u200Fd\u200Be\u{E0041}f\u2028g', 'abcdefg'],
    ['bells and NUL', 'a\u0007b\0c\u007F', 'abc'],
    ['a repetition of a million characters', 'a\u001B[999999b', 'a'],
    ['a sequence that has no end', `a\u001B[${'1;'.repeat(4000)}mb`, 'ab'],
  ])('drops %s', (_, data, kept) => {
    expect(filtered(data)).toBe(kept);
  });

  test('clears the screen when a terminal would reset itself', () => {
    expect(filtered('a\u001Bcb')).toBe('a\u001B[0m\u001B[H\u001B[2Jb');
  });

  test('drops a sequence when it comes in pieces', () => {
    expect(filtered('a\u001B', ']52;c;a', 'Gk=', '\u001B', '\\b\uD83D', '\uDE00\u001B[3', '1m')).toBe('ab😀\u001B[31m');
    expect(filtered('a\uDB40', '\uDC41b')).toBe('ab');
  });

  test('passes only text and allowed sequences when the output is arbitrary', () => {
    fc.assert(
      fc.property(output, (data) => {
        expect(HARMLESS.test(filtered(data))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('has the same result when the output comes in other pieces, and is idempotent', () => {
    fc.assert(
      fc.property(output, fc.array(fc.nat(200), { maxLength: 6 }), (data, cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), Infinity];
        const once = filtered(data);
        expect(filtered(...places.slice(1).map((end, place) => data.slice(places[place], end)))).toBe(once);
        expect(filtered(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  test('makes a terminal send nothing and keep its title when its output is played', async () => {
    const seen = async (data: string): Promise<readonly string[]> => {
      const terminal = new xterm.Terminal({ allowProposedApi: true, logLevel: 'off' });
      const events: string[] = [];
      terminal.onData((answer) => events.push(answer));
      terminal.onTitleChange((title) => events.push(title));
      terminal.onBell(() => events.push('bell'));
      await new Promise<void>((resolve) => terminal.write(data, resolve));
      terminal.dispose();
      return events;
    };
    const hostile = '\u001B]0;title\u0007\u001B[c\u001B[6n\u001BP$qm\u001B\\\u0007\u001B[?6n';
    expect((await seen(hostile)).length).toBeGreaterThan(3);
    expect(await seen(filtered(hostile))).toEqual([]);
  });
});
