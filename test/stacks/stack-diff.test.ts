import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { printStacksDiff } from '../../src/commands/stacks-diff.ts';
import { foldedStacks, foldedText } from '../../src/stacks/folded.ts';
import { parseFolded } from '../../src/stacks/parse-folded.ts';
import { diffFolded, diffStacks, diffText } from '../../src/stacks/stack-diff.ts';
import { novaProfile } from '../helpers/stacks.ts';

const BEFORE = 'api;main;serve;parse 30\napi;main;serve;query 60\napi;main;idle 10\n';
/** Twice as long, and half of it in a lock that was not there before. */
const AFTER = 'api;main;serve;query;lock 100\napi;main;serve;query 20\napi;main;serve;parse 60\napi;main;idle 20\n';
const folded = parseFolded;

const folder = mkdtempSync(join(tmpdir(), 'stack-diff-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('parseFolded', () => {
  test('parseFolded reads what foldedText writes', () => {
    const profile = novaProfile();
    expect(parseFolded(foldedText(profile))).toEqual(foldedStacks(profile));
  });

  test('parseFolded adds equal stacks, sanitises them, and takes no other text', () => {
    expect([...folded('a;b 1\n# comment\n\na;b 2\r\nc d;e 3\n')]).toEqual([['a;b', 3], ['c d;e', 3]]); // prettier-ignore
    expect([...folded('a;\u001B[2Jb 1')].join('')).not.toContain('\u001B');
    expect([...folded('#worker;on CPU 3\n')]).toEqual([['#worker;on CPU', 3]]);
    for (const [text, why] of [
      ['', 'no folded stacks'],
      ['a;b 1\na;b', 'line 2: not a line of folded stacks'],
      ['a;b x', 'line 1: not a line of folded stacks'],
      ['{"frames": []}', 'line 1: not a line of folded stacks'],
      [`${'a'.repeat(70_000)} 1`, 'line 1: over 64K'],
      ['a;b 12 40\na 3 0\n', 'a diff of folded stacks, with two numbers in each line'],
    ] as const)
      expect(() => parseFolded(text)).toThrow(why);
  });
});

describe('diffStacks', () => {
  test('diffStacks compares shares, and ignores their lengths', () => {
    expect(diffStacks(folded(BEFORE), folded(BEFORE.replaceAll('0\n', '00\n'))).functions).toEqual([]);
  });

  test('diffStacks has the function that grew before what shrank, and no function without a change', () => {
    const { functions, beforeSamples, afterSamples } = diffStacks(folded(BEFORE), folded(AFTER));
    expect([beforeSamples, afterSamples]).toEqual([100, 200]);
    expect(functions).toEqual([
      // It is called as often, and no longer on the CPU itself.
      { name: 'query', beforePct: 60, afterPct: 60, selfPoints: -50 },
      { name: 'lock', beforePct: 0, afterPct: 50, selfPoints: 50 },
    ].toSorted((a, b) => (a.name < b.name ? -1 : 1))); // prettier-ignore
  });

  test('diffStacks counts a recursive function once for each stack', () => {
    const { functions } = diffStacks(folded('a;f;f;f 1\na 1\n'), folded('a;f 2\n'));
    expect(functions.find(({ name }) => name === 'f')).toEqual({ name: 'f', beforePct: 50, afterPct: 100, selfPoints: 50 }); // prettier-ignore
  });
});

test('diffText has both samples and a row for each change', () => {
  expect(diffText(diffStacks(folded(BEFORE), folded(AFTER)), 'a.folded', 'b.folded').split('\n')).toEqual([
    'before: a.folded, 100 samples',
    'after:  b.folded, 200 samples',
    '',
    '  BEFORE   AFTER  CHANGE    SELF  FUNCTION',
    '    0.0%   50.0%   +50.0   +50.0  lock',
    '   60.0%   60.0%    +0.0   -50.0  query',
    '',
  ]);
  expect(diffText(diffStacks(folded(BEFORE), folded(BEFORE)), 'a', 'b')).toContain('no function changed');
});

test('diffFolded has both numbers of each stack', () => {
  expect(diffFolded(folded('a;b 1\na;c 2\n'), folded('a;b 3\nd 4\n'))).toBe('a;b 1 3\na;c 2 0\nd 0 4\n');
});

test('stacks --diff compares two files, and names one that is not of folded stacks', async () => {
  const path = (name: string) => join(folder, name);
  writeFileSync(path('before'), BEFORE);
  writeFileSync(path('after'), AFTER);
  writeFileSync(path('other'), 'no stacks\n');
  const diff = { kind: 'stacks-diff', before: path('before'), after: path('after'), out: path('out') } as const;
  await printStacksDiff({ ...diff, format: 'text' });
  expect(readFileSync(path('out'), 'utf8')).toContain('+50.0  lock');
  await printStacksDiff({ ...diff, format: 'folded', out: path('folded') });
  expect(readFileSync(path('folded'), 'utf8')).toContain('api;main;serve;query 60 20\n');
  await expect(printStacksDiff({ ...diff, format: 'text', after: path('other') })).rejects.toThrow('other: line 1: not a line of folded stacks'); // prettier-ignore
  await expect(printStacksDiff({ ...diff, format: 'text', after: '/dev/zero' })).rejects.toThrow('/dev/zero: over 64M'); // prettier-ignore
  await expect(printStacksDiff({ ...diff, format: 'text', after: path('none') })).rejects.toThrow('no such file');
});
