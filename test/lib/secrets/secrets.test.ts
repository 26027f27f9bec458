import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { applied } from '../../../src/lib/edits.ts';
import { maskSecrets, secretEdits, suspicionIn } from '../../../src/lib/secrets.ts';
import { hostArchive, hostNames } from '../../helpers/hosts.ts';
import { EXAMPLES, MISSED } from './corpus.ts';
import { ORDINARY } from './ordinary.ts';

const SECRET = 'hunter2secret';
const filled = ([, text, secret = SECRET]: (typeof EXAMPLES)[number]): string => text.replaceAll('§', () => secret);
const left = (example: (typeof EXAMPLES)[number], masked: string): boolean =>
  masked.includes(example[2] ?? SECRET) || !masked.includes('********');

describe('maskSecrets', () => {
  test('masks 99 % of a corpus of secrets when they stand in their usual context', () => {
    const missed = EXAMPLES.filter((example) => left(example, maskSecrets(filled(example))));
    expect(missed.map(([kind, text]) => `${kind}: ${text}`)).toEqual(MISSED.map(([kind, text]) => `${kind}: ${text}`));
    expect(EXAMPLES.length).toBeGreaterThanOrEqual(300);
    expect(missed.length / EXAMPLES.length).toBeLessThanOrEqual(0.01);
  });

  test('leaves ordinary lines unchanged', () => {
    expect(ORDINARY.filter((line) => maskSecrets(line) !== line)).toEqual([]);
  });

  test('leaves the lines of all recorded hosts and of the documentation unchanged', () => {
    const files = [...hostNames.map(hostArchive), ...globSync('docs/*.md')];
    const lines = new Set(files.flatMap((file) => readFileSync(file, 'utf8').split('\n')));
    const changed = [...lines].filter((line) => maskSecrets(line) !== line);
    expect(lines.size).toBeGreaterThan(10_000);
    expect(changed).toEqual([]);
  });

  test('keeps JSON valid and other fields unchanged for each secret in a field', () => {
    for (const example of EXAMPLES) {
      const text = JSON.stringify({ before: 'kept', log: [filled(example)], after: 1 });
      const parsed: unknown = JSON.parse(maskSecrets(text));
      expect(parsed).toMatchObject({ before: 'kept', after: 1 });
    }
  });

  test('gives the text of its edits for each example that is not JSON', () => {
    for (const example of EXAMPLES) {
      const text = `x ${filled(example)}`;
      expect(applied(text, secretEdits(text))).toBe(maskSecrets(text));
    }
  });

  test('masks nothing twice', () => {
    for (const example of EXAMPLES) {
      const once = maskSecrets(filled(example));
      expect(maskSecrets(once)).toBe(once);
    }
  });
});

/** What a long line consists of. */
const REPEATED = [
  'a', '0', ' ', '"', "'", '\\', '\\"', '-', 'password', 'password=', 'password="', 'password=\\"', 'password:\\\\\\"',
  '--password', '--password ', 'secret', 'token', '<password>', '<secret ', 'mysql ', 'mysql "', '/mysql', 'mysql -p',
  '"mysql",', '"mysql\\",', 'mysql', 'fence_', 'curl -u ', 'a://', 'a://b:', 'a://b:c', 'authorization: ', 'bearer ', 'cookie: ',
  '-----BEGIN ', '-----BEGIN A PRIVATE KEY-----', 'eyJaaaaaaaaa.', 's.', 'AKIA', '$6$', 'a.b:5432:', 'login a ', 'echo a',
  'echo a | ', 'secret,', 'identified by ', '&sig=', 'pw:', 'password: |\n ', 'password\n value: ', 'password=,a',
  'password=a)', 'createUser a ', 'docker login -p ', 'redis-cli AUTH ', '{"a":',
]; // prettier-ignore

test.each(REPEATED)('maskSecrets is linear for a line of %j', (piece) => {
  const took = (length: number): number => {
    const text = piece.repeat(Math.ceil(length / piece.length));
    const began = process.cpuUsage().user;
    maskSecrets(text);
    suspicionIn(text);
    return (process.cpuUsage().user - began) / 1000;
  };
  // About 25 ms on an idle machine; a quadratic pattern takes seconds.
  expect(took(250_000)).toBeLessThan(500);
});
