/**
 * Makes docs/KEYS.md, docs/CONFIG.md, docs/SOURCES.md, docs/FINDINGS.md and docs/crashcart.1 from the data that the program runs on,
 * and docs/FEATURES.md from test/features.
 * With --check it writes nothing and fails when one of them is stale.
 */
import '../bench/lib/raw-text.ts';
import { readFile, writeFile } from 'node:fs/promises';

const { findingsSheet, keysSheet, sourcesSheet } = await import('../src/commands/sheets.ts');
const { configSheet } = await import('../src/commands/config-sheet.ts');
const { manPage } = await import('../src/commands/man-page.ts');
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
const { findingExamples } = await import('../test/helpers/finding-examples.ts');
const { featuresSheet } = await import('../test/features/sheet.ts');

const examples = await findingExamples();
const sheets = {
  'docs/KEYS.md': keysSheet,
  'docs/CONFIG.md': configSheet,
  'docs/SOURCES.md': sourcesSheet,
  'docs/FINDINGS.md': () => findingsSheet(examples),
  'docs/FEATURES.md': featuresSheet,
  'docs/crashcart.1': () => manPage(version),
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
