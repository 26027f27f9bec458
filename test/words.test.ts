import { expect, test } from 'vitest';
import { grown, wordsIn } from '../scripts/words.ts';

test('wordsIn finds words when they stand in identifiers, comments and sentences', () => {
  expect(wordsIn('const toldSeconds = 1; // what the daemon said')).toEqual(['told', 'said']);
  expect(wordsIn('there IS NO room, of its own')).toEqual(['is no', 'of its own']);
  expect(wordsIn('instead, retold, saidness, amends, telling')).toEqual([]);
});

test('grown names a file when it holds more than it may', () => {
  expect(grown({ 'a.ts': 2, 'b.ts': 1 }, { 'a.ts': 1, 'b.ts': 1 })).toEqual([
    'a.ts: 2 words that the glossary replaces, 1 allowed',
  ]);
  expect(grown({ 'new.ts': 1 }, {})).toHaveLength(1);
  expect(grown({ 'a.ts': 1 }, { 'a.ts': 3 })).toEqual([]);
});
