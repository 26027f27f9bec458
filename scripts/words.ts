import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Keeps paraphrases of the field's terms out of identifiers, comments, texts and docs (`npm run words`). Files that still hold some stand
 * with their count in `words-left.json`: a count may fall (`npm run words -- --write` records it), and never rises.
 */
const WORDS = [
  'told',
  'tells',
  'said',
  'says',
  'heard',
  'anew',
  'stead',
  'whom',
  'whoever',
  'nobody',
  'somebody',
  'ails',
  'mend',
  'mends',
  'dear',
  'lately',
  'of ours',
  'of its own',
  'is no',
  'get on',
  'for want of',
];

const PATTERN = new RegExp(String.raw`\b(?:${WORDS.join('|')})\b`, 'gi');

/** Words in a text, identifiers taken apart: `toldSeconds` holds `told`. */
export const wordsIn = (text: string): readonly string[] =>
  (
    text
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .replaceAll('_', ' ')
      .match(PATTERN) ?? []
  ).map((word) => word.toLowerCase());

const ROOTS = [
  'src',
  'bin',
  'scripts',
  'bench',
  'test',
  'docs',
  'README.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
];
/** Recorded texts of real programs and pictures made of them, and this list itself. */
const NOT_OURS = /^(?:test\/(?:hosts|fixtures)\/|scripts\/words|test\/words\.test\.ts)/;
const KINDS = /\.(?:tsx?|cjs|py|sh|md|txt)$/;

/** Counts by file below `root`, of files that hold any. */
export function wordsByFile(root: string): Readonly<Record<string, number>> {
  const files = ROOTS.flatMap((name) =>
    name.endsWith('.md')
      ? [name]
      : readdirSync(join(root, name), { recursive: true, encoding: 'utf8' }).map((file) => join(name, file)),
  );
  const counts = files
    .filter((file) => KINDS.test(file) && !NOT_OURS.test(file))
    .toSorted()
    .map((file) => [file, wordsIn(readFileSync(join(root, file), 'utf8')).length] as const);
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** A sentence for each file that holds more than it may. */
export const grown = (
  now: Readonly<Record<string, number>>,
  left: Readonly<Record<string, number>>,
): readonly string[] =>
  Object.entries(now)
    .filter(([file, count]) => count > (left[file] ?? 0))
    .map(([file, count]) => `${file}: ${count} words that the glossary replaces, ${left[file] ?? 0} allowed`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = resolve(import.meta.dirname, '..');
  const list = join(root, 'scripts', 'words-left.json');
  const now = wordsByFile(root);
  if (process.argv.includes('--write')) writeFileSync(list, `${JSON.stringify(now, undefined, 2)}\n`);
  // The file is written by the line above only.
  const left = JSON.parse(readFileSync(list, 'utf8')) as Readonly<Record<string, number>>;
  const sentences = grown(now, left);
  for (const sentence of sentences) console.error(sentence);
  const total = Object.values(now).reduce((sum, count) => sum + count, 0);
  console.log(`${total} words left in ${Object.keys(now).length} files (npm run words -- --write records fewer)`);
  process.exitCode = sentences.length === 0 ? 0 : 1;
}
