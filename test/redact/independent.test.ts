import { expect, test } from 'vitest';
import { maskSecrets } from '../../src/lib/secrets.ts';
import type { Identifier } from '../../src/redact/identifier.ts';
import { Redactor } from '../../src/redact/redactor.ts';
import { corpusLines, markedLines, type Marked } from './independent/marked.ts';

/** Letters in a row of a secret that must not be left. */
const WINDOW = 10;

/** Whether ten letters in a row of a secret, or all of a shorter one, are left. */
const hasLeft = (text: string, secret: string): boolean => {
  const length = Math.min(WINDOW, secret.length);
  return Array.from({ length: secret.length - length + 1 }, (_, i) => secret.slice(i, i + length)).some((part) =>
    text.includes(part),
  );
};

const sourcesOf = (lines: readonly Marked[]): readonly string[] => lines.map(({ source }) => source);

test('maskSecrets leaves none of the secrets that were written apart from its rules', () => {
  const lines = markedLines('secrets.txt');
  const count = lines.flatMap(({ parts }) => parts).length;
  const missed = lines.filter(({ text, parts }) => parts.some((part) => hasLeft(maskSecrets(text), part)));
  expect(sourcesOf(missed)).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(415);
});

const known: readonly Identifier[] = corpusLines('identifiers.txt').flatMap((line) => {
  const [, kind, value = ''] = /^known (\S+) (\S+)$/.exec(line) ?? [];
  // Kinds of the corpus are kinds of identifiers.
  return kind === undefined ? [] : [{ kind: kind as Identifier['kind'], value }];
});

/** Redactor that has learned what the sources of the corpus' host give. */
function redactor(): Redactor {
  const made = new Redactor();
  for (const identifier of known) made.learn(identifier);
  return made;
}

/** Names within a compound one, of five letters or more. */
const namesIn = (part: string): readonly string[] => [
  part,
  ...part.split(/[\s/@()\\_:]/).filter((name) => name.length > 4),
];

test('Redactor leaves none of the identifiers that were written apart from its rules', () => {
  const lines = markedLines('identifiers.txt').filter(({ parts }) => parts.length > 0);
  const count = lines.flatMap(({ parts }) => parts).length;
  const missed = lines.flatMap(({ source, text, parts }) => {
    const redacted = redactor().text(text);
    const rest = parts.reduce((out, part) => out.replaceAll(part, ''), text);
    const left = parts.filter((part) => namesIn(part).some((name) => redacted.includes(name) && !rest.includes(name)));
    return left.length > 0 ? [`${source} → ${redacted}`] : [];
  });
  expect(missed).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(419);
});

test('maskSecrets leaves all harmless lines unchanged, Redactor all but one', () => {
  const lines = corpusLines('harmless.txt');
  expect(lines.length).toBeGreaterThanOrEqual(461);
  expect(lines.filter((line) => maskSecrets(line) !== line)).toEqual([]);
  const changed = lines.flatMap((line) =>
    redactor().text(line) === line ? [] : [`${line} → ${redactor().text(line)}`],
  );
  // The name of a job, by an option that names containers.
  expect(changed).toEqual([
    'fio --name=randread --rw=randread --bs=4k --iodepth=32 --numjobs=4 → fio --name=ct-2 --rw=ct-2 --bs=4k --iodepth=32 --numjobs=4',
  ]);
});
