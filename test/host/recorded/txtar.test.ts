import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bytesOf, formatTxtar, parseTxtar, textOf, TxtarError } from '../../../src/host/recorded/txtar.ts';

const files = (text: string) =>
  Object.fromEntries(parseTxtar(text).entries.map((entry) => [entry.name, textOf(entry)]));
const packed = (text: string) => formatTxtar('', [['f', Buffer.from(text)]]);
const faultOf = (text: string): unknown => {
  try {
    parseTxtar(text);
  } catch (error) {
    return error instanceof TxtarError ? [error.line, error.message] : error;
  }
  return undefined;
};

test('parseTxtar reads comment and files when the archive is the one of the Go documentation', () => {
  const archive = parseTxtar('a comment\nof two lines\n-- file1 --\nFile 1 text.\n--  file2  --\nFile 2 text.');
  expect(archive.comment).toBe('a comment\nof two lines\n');
  expect(archive.entries).toEqual([
    { name: 'file1', line: 3, content: 'File 1 text.\n' },
    { name: 'file2', line: 5, content: 'File 2 text.\n' },
  ]);
});

test('parseTxtar takes a line for text when it lacks a part of a marker', () => {
  expect(files('-- a --\n-- b\n --c --\n--  --\n-- d -- \n')).toEqual({ a: '-- b\n --c --\n--  --\n-- d -- \n' });
});

test.each([
  ['a\nb\n', '-- f --\na\nb\n'],
  ['', '-- f --\n'],
  ['ep_poll', '-- f (no newline) --\nep_poll\n'],
  ['qemu\0-S\0', '-- f (escaped) --\nqemu\\0-S\\0\n'],
  ['C:\\\r\n', '-- f (escaped) --\nC:\\\\\\r\n\n'],
  ['-- x --\n', '-- f (escaped) --\n\\u{2d}- x --\n\n'],
  ['\u001B[1m\u202E', '-- f (escaped) --\n\\u{1b}[1m\\u{202e}\n'],
])('formatTxtar writes what a person can read when the file holds %j', (text, expected) => {
  expect(packed(text)).toBe(expected);
  expect(files(expected)).toEqual({ f: text });
});

test('formatTxtar writes base64 when the bytes are not UTF-8', () => {
  const text = formatTxtar('', [['f', Buffer.from([0xff, 0, 0x80])]]);
  expect(text).toBe('-- f (base64) --\n/wCA\n');
  expect(parseTxtar(text).entries.map(bytesOf)).toEqual([Buffer.from([0xff, 0, 0x80])]);
});

test('formatTxtar quotes a name when it would be read as another', () => {
  const names = ['', ' a', 'a\nb', '"a"', 'a (escaped)', 'a (links)', 'a\u202Eb', '\uD800', 'a --', '-- b'];
  const text = formatTxtar(
    '',
    names.map((name) => [name, Buffer.from('x\n')] as const),
  );
  expect(parseTxtar(text).entries.map(({ name }) => name)).toEqual(names);
  expect(text).not.toMatch(/\u202E/);
});

test('formatTxtar refuses a comment when a line of it is a marker', () => {
  expect(() => formatTxtar('one\n-- two --\n', [])).toThrow(RangeError);
});

test.each([
  ['-- a --\n\n-- b (packed) --\n', [3, '"(packed)" is not known: no newline, escaped and base64 are']],
  ['-- a --\n-- "b --\n', [2, 'name is not a JSON string']],
  ['about\n-- a --\n1\n-- b --\n-- a --\n', [5, '"a" stands twice, first at line 2']],
  ['-- a (escaped) --\nx\n\\q\n', [3, '"\\" is not an escape']],
  ['-- a (escaped) --\n\\u{d800}\n', [2, '"\\u{d800}" is not an escape']],
  ['-- a (base64) --\n*\n', [2, 'not base64']],
  ['-- a --\r\nx\r\n', [1, 'line ends with a carriage return (CRLF)']],
])('parseTxtar names the line when %j cannot be read', (text, fault) => {
  expect(faultOf(text)).toEqual(fault);
});

/** Text that is often like a marker, a flag or an escape. */
const awkward = fc
  .array(
    fc.oneof(
      fc.constantFrom('-- ', ' --', '\n', '\r', '\0', '\\', '"', ' (', ')', 'base64', 'escaped', 'no newline', 'u{2d}'),
      fc.string({ unit: 'binary', maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const anyBytes = fc.oneof(
  awkward.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);

test('parseTxtar gives back names and bytes when they are arbitrary', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(awkward, anyBytes), { selector: ([name]) => name, maxLength: 6 }),
      fc.string().filter((comment) => !comment.includes('-- ')),
      (entries, comment) => {
        const read = parseTxtar(formatTxtar(comment, entries));
        expect(read.entries.map((entry) => [entry.name, bytesOf(entry)])).toEqual(entries);
        expect(read.comment).toBe(comment === '' || comment.endsWith('\n') ? comment : `${comment}\n`);
      },
    ),
    { numRuns: 2000 },
  );
});

test('parseTxtar reads it or names a line when the text is arbitrary', () => {
  fc.assert(
    fc.property(awkward, (text) => {
      expect(faultOf(text) ?? [1, '']).toEqual([expect.any(Number), expect.any(String)]);
    }),
    { numRuns: 2000 },
  );
});
