import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { subsystems } from '../../src/subsystems/index.ts';

/** First words of the titles of all tests in a folder. */
function unitsIn(folder: string): ReadonlySet<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.ts'));
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8'));
  return new Set(texts.flatMap((text) => [...text.matchAll(/(?:\b(?:test|describe)|\))\(\s*['"`]([\w-]+)/g)].map(([, word]) => word ?? ''))); // prettier-ignore
}

const camelCase = (id: string): string => id.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

test.each(subsystems.filter(({ sources }) => sources.length > 0))(
  'sources of $id have a test of their name each',
  ({ id, sources }) => {
    const units = unitsIn(join(import.meta.dirname, id));
    const missing = sources.map((source) => source.id).filter((one) => !units.has(one) && !units.has(camelCase(one)));
    expect(missing).toEqual([]);
  },
);
