import { expect, test } from 'vitest';
import { staleNote, type LastReading } from '../../src/lib/stale-note.ts';

const NOW = 1_000_000;
const note = (...ages: readonly (readonly [ageSeconds: number, everySeconds: number])[]) => {
  const readings = new Map<string, LastReading>(
    ages.map(([age, everySeconds], at) => [`${at}`, { wallMs: NOW - age * 1000, everySeconds }]),
  );
  return staleNote(['absent', ...readings.keys()], (id) => readings.get(id), NOW);
};

test('stale note gives the age of the oldest source beyond twice its period', () => {
  expect(note([0.5, 1], [248, 15])).toBe('stale 4m08s');
  expect(note([12, 5], [9, 2])).toBe('stale 12 s');
});

test('stale note is absent within two periods, within 3 s, and for what is read once', () => {
  expect(note([30, 15], [2.9, 1], [9000, Infinity])).toBeUndefined();
  expect(note()).toBeUndefined();
});
