import { expect, test } from 'vitest';
import { missing, type Missing } from '../../src/host/host.ts';
import { notTaken } from '../../src/host/not-taken.ts';
import {
  nothingWords,
  numberKnown,
  stateOf,
  stateOfAll,
  stateOfDetail,
  stateOfMissing,
  stateWords,
} from '../../src/timeline/reading-state.ts';

const denied = missing('denied', '/proc/1/io: permission denied');
const absent = missing('absent', '/proc/mdstat: no such file');
const seen = (gaps: Readonly<Record<string, Missing>> = {}) => ({ ageMs: 0, missing: gaps, now: {} });
const NEVER = { ageMs: undefined, missing: {}, now: undefined };

test.each([
  [absent, 'not present'],
  [denied, 'not readable: permission denied (/proc/1/io)'],
  [missing('denied', 'hidden by hidepid=2'), 'not readable: hidden by hidepid=2'],
  [missing('timeout', '/mnt/x: timeout after 2 s'), 'not readable: timeout after 2 s (/mnt/x)'],
  [notTaken({ kind: 'file', path: '/proc/stat' }, 'recording'), 'not in this recording'],
  [notTaken({ kind: 'file', path: '/proc/stat' }, 'sosreport'), 'not in this sosreport'],
])('stateWords gives the one word for %j', (gap, words) => {
  expect(stateWords(stateOfMissing(gap))).toBe(words);
});

test('stateWords gives the age of a stale value', () => {
  expect(stateWords({ state: 'stale', seconds: 12 })).toBe('stale 12 s');
});

test('stateOf is read only where no value is missing but for what is not present', () => {
  expect(stateOf(NEVER).state).toBe('not read yet');
  expect(stateOf(seen()).state).toBe('read');
  expect(stateOf(seen({ a: absent })).state).toBe('read');
  expect(stateOf({ ...seen({ a: absent }), now: undefined }).state).toBe('not present');
  expect(stateOf(seen({ a: absent, b: denied })).state).toBe('not readable');
  expect(stateOf(seen({ a: absent, b: denied }), 'a').state).toBe('not present');
  expect(stateOf(seen({ b: denied }), 'a').state).toBe('read');
});

test('stateOfDetail is not read yet until there is a sample', () => {
  expect(stateOfDetail(undefined, undefined).state).toBe('not read yet');
  expect(stateOfDetail([], { list: denied }).state).toBe('not readable');
  expect(stateOfDetail([], undefined).state).toBe('read');
});

test('stateOfAll is that of the part that is not known', () => {
  const [read, gone, not] = [stateOf(seen()), stateOfMissing(absent), stateOfMissing(denied)];
  expect(stateOfAll(read, gone).state).toBe('read');
  expect(stateOfAll(gone, gone).state).toBe('not present');
  expect(stateOfAll(read, not).state).toBe('not readable');
  expect(stateOfAll(not, stateOf(NEVER)).state).toBe('not read yet');
});

test('nothingWords and numberKnown claim nothing when a part was not read', () => {
  const [read, not] = [stateOf(seen()), stateOfMissing(denied)];
  expect(nothingWords('no guests', read)).toBe('no guests');
  expect(nothingWords('no guests', read, not)).toBe('not readable: permission denied (/proc/1/io)');
  expect(numberKnown(0, read)).toBe(0);
  expect(numberKnown(0, not)).toBeUndefined();
  expect(numberKnown(3, not)).toBe(3);
});
