import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLines } from '../../src/lib/json-lines.ts';

const long = { osd: 'x'.repeat(200), checks: { OSD_DOWN: { severity: 'HEALTH_WARN', detail: ['osd.1 is down'] } } };

test('jsonLines breaks a long reply into indented lines, with its path before', () => {
  expect(jsonLines(`/run/a.asok: ${JSON.stringify(long)}`)).toEqual([
    '/run/a.asok: {',
    ` "osd":"${'x'.repeat(200)}",`,
    ' "checks":{',
    '  "OSD_DOWN":{',
    '   "severity":"HEALTH_WARN",',
    '   "detail":["osd.1 is down"]',
    '  }',
    ' }',
    '}',
  ]);
});

test('jsonLines leaves a short line and a line of plain text as they are', () => {
  expect(jsonLines('{"a":1}')).toEqual(['{"a":1}']);
  const text = `cpu ${'1 '.repeat(150)}`;
  expect(jsonLines(text)).toEqual([text]);
});

test('jsonLines keeps braces, quotes and commas in strings', () => {
  const value = { text: `a{b,"c]${'x'.repeat(200)}` };
  expect(jsonLines(JSON.stringify(value))).toContain(` ${JSON.stringify(value).slice(1, -1)}`);
});

test('jsonLines keeps every character but blanks, for any text', () => {
  const letters = (text: string) => text.replaceAll(/\s/g, '');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string({ minLength: 200, unit: fc.constantFrom('{', '}', '[', ']', '"', ',', '\\', ':', ' ', 'a') }),
      ),
      (text) => {
        expect(letters(jsonLines(text).join(''))).toBe(letters(text));
      },
    ),
  );
});
