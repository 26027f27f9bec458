import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('SECURITY.md names tests that exist', () => {
  const [, table = ''] = /^## Promises and their tests$([\s\S]*?)^## /m.exec(readFileSync('SECURITY.md', 'utf8')) ?? [];
  const rows = table.split('\n').filter((line) => line.startsWith('|')).slice(2); // prettier-ignore
  const named = rows.map((row) => [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path));
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter((_, i) => named[i]?.length === 0)).toEqual([]);
  expect(named.flat().filter((path) => !existsSync(path))).toEqual([]);
});
