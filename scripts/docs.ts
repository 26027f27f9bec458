/**
 * Makes docs/KEYS.md, docs/SOURCES.md and docs/FINDINGS.md from the data that the program runs on.
 * With --check it writes nothing and fails when one of them is stale.
 */
import '../bench/lib/raw-text.ts';
import { readFile, writeFile } from 'node:fs/promises';

const { findingsSheet, keysSheet, sourcesSheet } = await import('../src/commands/sheets.ts');
const { findingExamples } = await import('../test/helpers/finding-examples.ts');

const examples = await findingExamples();
const sheets = {
  'docs/KEYS.md': keysSheet,
  'docs/SOURCES.md': sourcesSheet,
  'docs/FINDINGS.md': () => findingsSheet(examples),
};
const check = process.argv.includes('--check');
const stale: string[] = [];

for (const [path, make] of Object.entries(sheets)) {
  const wanted = make();
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found === wanted) continue;
  stale.push(path);
  if (!check) await writeFile(path, wanted);
}

if (check && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}. Run npm run docs and commit the result.`);
  process.exitCode = 1;
} else console.log(stale.length > 0 ? `written: ${stale.join(', ')}` : 'docs are up to date');
