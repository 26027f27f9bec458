/**
 * Writes src/redact/own-words.ts: words of this program's own texts, from the literals in the folders that draw and judge. A name equal to
 * one of them is redacted only where it stands as a name. `node scripts/own-words.ts`
 */
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { wordsIn } from './words.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDERS =
  'app changes collect correlate entities findings incidents ledger notes panes ui commands fleet host/ssh'.split(' ');
const LITERAL = /`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'/g;
const MAX_COLUMNS = 138;

/** Words of the literals of a source, without names of files, options and fields. */
function wordsOf(code: string): readonly string[] {
  const bare = code
    .replaceAll(/^(?:import|export) .*? from .*$/gm, '')
    .replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return [...bare.matchAll(LITERAL)].flatMap(
    ([literal]) =>
      literal.replaceAll(/\$\{[^}]*\}?/g, ' ').match(/(?<![\w./@-])[A-Za-z][a-z]{2,}(?:-[a-z]+)*(?![\w/@-])/g) ?? [],
  );
}

/** All words of a source with markup: tags, classes, properties. */
const markupOf = (code: string): readonly string[] => code.match(/[A-Za-z][a-z]{2,}/g) ?? [];

export function ownWords(): readonly string[] {
  const words = FOLDERS.flatMap((folder) => globSync(`src/${folder}/**/*.{ts,tsx}`, { cwd: ROOT })).flatMap((file) =>
    (file.startsWith('src/notes/') ? markupOf : wordsOf)(readFileSync(join(ROOT, file), 'utf8')),
  );
  // Without words on their way out of the texts (`npm run words`).
  return [...new Set(words.map((word) => word.toLowerCase()))].filter((word) => wordsIn(word).length === 0).toSorted();
}

function source(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < MAX_COLUMNS) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(`  ${word}`);
  }
  return `/** Words of this program's own texts: written by scripts/own-words.ts. */\nexport const OWN_WORDS: ReadonlySet<string> = new Set(\n  \`${lines.join('\n').trimStart()}\`.split(/\\s+/),\n);\n`;
}

if (import.meta.main) writeFileSync(join(ROOT, 'src/redact/own-words.ts'), source(ownWords()));
