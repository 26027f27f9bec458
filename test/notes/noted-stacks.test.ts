import { expect, test } from 'vitest';
import { notedProfile, StackNotes } from '../../src/notes/noted-stacks.ts';
import { foldedText } from '../../src/stacks/folded.ts';
import { notedNova, stacksRound } from '../helpers/noted-nova.ts';
import { novaProfile } from '../helpers/stacks.ts';

test('StackNotes makes one profile of the readings of a sampling', () => {
  const noted = notedNova();
  expect(noted).toMatchObject({
    process: 'nova-compute',
    pid: 1200,
    runtime: 'CPython 3.11',
    readings: 40,
    costUs: 160_000,
  });
  expect(noted.since).toBe('2023-11-14T22:13:20.000Z');
  expect(foldedText(notedProfile(noted))).toBe(foldedText(novaProfile()));
});

test('StackNotes begins another sampling after a pause, and stops at its limit', () => {
  const notes = new StackNotes();
  for (let sampling = 0; sampling < 40; sampling++)
    for (const reading of [0, 1]) notes.take(stacksRound(reading, sampling * 60_000 + reading * 100));
  expect(notes.noted().map(({ readings }) => readings)).toEqual(Array<number>(20).fill(2));
});

test('StackNotes passes over readings without stacks, and other sources', () => {
  const notes = new StackNotes();
  notes.take(stacksRound(0, 0, '{"pid":"x"}'));
  notes.take(stacksRound(0, 0, 'garbage'));
  notes.take({ ...stacksRound(0), source: 'process-stacks' });
  expect(notes.noted()).toEqual([]);
});
