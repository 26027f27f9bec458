import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { featureRows } from './rows.ts';
import { countsOf, featuresSheet } from './sheet.ts';

describe('feature rows', () => {
  test('are numbered from 1 to 110 in order', () => {
    expect(featureRows.map(({ number }) => number)).toEqual(Array.from({ length: 110 }, (_, index) => index + 1));
  });

  test('name files and folders that exist', () => {
    const named = featureRows.flatMap(({ source, shown }) => [...source, ...shown]);
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('have a source, and a test or a picture, unless the feature is not there', () => {
    const unproven = featureRows.filter(({ state, source, shown }) => {
      const proofs = shown.filter((path) => /^test\/.+(?:\.test\.tsx?|\.txt)$|^docs\/BENCHMARKS\.md$/.test(path));
      return state === 'no' ? source.length + shown.length > 0 : source.length === 0 || proofs.length === 0;
    });
    expect(unproven).toEqual([]);
  });

  test('name what is missing exactly where a feature is not complete', () => {
    expect(featureRows.filter(({ state, missing }) => (state === 'full') !== (missing === undefined))).toEqual([]);
  });
});

describe('docs/FEATURES.md', () => {
  test('has the counts of the rows', async () => {
    const page = await readFile('docs/FEATURES.md', 'utf8');
    expect(page).toContain(`**${featureRows.length} rows: ${countsOf(featureRows)}.**`);
    const cells = page.split('\n').flatMap((line) => /^\| \d+ \| [^|]+ \| (full|part|no) \|/.exec(line)?.[1] ?? []);
    const count = (state: string): number => cells.filter((cell) => cell === state).length;
    expect(`${count('full')} full, ${count('part')} in part, ${count('no')} not`).toBe(countsOf(featureRows));
  });

  test('is the page that the rows make', async () => {
    expect(await readFile('docs/FEATURES.md', 'utf8')).toBe(featuresSheet());
  });
});
