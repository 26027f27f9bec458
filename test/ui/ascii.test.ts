import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { textWidth } from '../../src/lib/text-width.ts';
import { asciiOnly } from '../../src/ui/ascii.ts';

test('asciiOnly has a likeness of every character that the program draws', () => {
  const root = join(import.meta.dirname, '../../src');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name));
  const ours = new Set(
    files.flatMap((name) => readFileSync(join(root, name), 'utf8').match(/[^\u0000-\u007F]/gu) ?? []),
  );
  expect(ours.size).toBeGreaterThan(40);
  expect([...ours].filter((character) => asciiOnly(character) === '_')).toEqual([]);
});

test('asciiOnly keeps the width and never writes a question mark', () => {
  for (const text of ['Zoë', 'ﬁle', '日本', 'naïve → …', '␛[2J', '🙂', 'e\u0301', '⠿⠿']) {
    const ascii = asciiOnly(text);
    expect(ascii).toMatch(/^[\u0020-\u007E]*$/);
    expect(ascii).not.toContain('?');
    expect([text, textWidth(ascii)]).toEqual([text, textWidth(text)]);
  }
});
