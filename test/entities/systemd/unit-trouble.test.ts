import { expect, test } from 'vitest';
import { troubledUnits } from '../../../src/entities/systemd/unit-trouble.ts';
import { units } from '../../../src/sources/systemd/units.ts';

/** Readings of the manager's replies, 5 s apart, the last at a time. */
const readings = (at: number, ...replies: readonly object[]) => {
  const history = replies.map((reply, i) => ({ sample: units.parse({ units: JSON.stringify(reply) }), at: at - 5 * (replies.length - 1 - i), wallMs: 0, missing: {}, tookMs: 0 })); // prettier-ignore
  return { now: history.at(-1)?.sample, history };
};

/** Starts of a service, 10 s apart, where these units are listed. */
const loops = (names: readonly string[], startedByBus?: ReadonlySet<string>) => {
  const history = ['a', 'b', 'c', 'd'].map((id, i) => ({ sample: new Map([['job.service', id]]), at: i * 10, wallMs: 0, missing: {}, tookMs: 0 })); // prettier-ignore
  const reply = { units: names.map((name) => [name, name, 'loaded', 'active', 'running', '']), suspects: {} };
  return troubledUnits(readings(30, reply), history, startedByBus).map(({ trouble }) => trouble);
};

test('troubledUnits finds a service that is started again and again by hand', () => {
  expect(loops(['job.service'])).toEqual(['restart loop']);
});

test.each(['job.timer', 'job.socket', 'job.path'])('troubledUnits leaves a service to its %s', (trigger) => {
  expect(loops(['job.service', trigger])).toEqual([]);
});

test('troubledUnits leaves a service to D-Bus, which starts it by use', () => {
  expect(loops(['job.service'], new Set(['job.service']))).toEqual([]);
});

test.each([
  ['oneshot', []],
  ['notify', ['stuck']],
])('troubledUnits judges a service of type %s that is activating for 10 min', (Type, expected) => {
  const reply = { units: [['backup.service', '', 'loaded', 'activating', 'start', '']], suspects: { 'backup.service': { Type, StateChangeTimestampMonotonic: 1 } } }; // prettier-ignore
  expect(troubledUnits(readings(600, reply), []).map(({ trouble }) => trouble)).toEqual(expected); // prettier-ignore
});

/** A service that runs after this many restarts, or is not there. */
const running = (restarts?: number) => ({
  units: restarts === undefined ? [] : [['shop.service', '', 'loaded', 'active', 'running', '']],
  suspects: restarts === undefined || restarts < 3 ? {} : { 'shop.service': { NRestarts: restarts } },
});

test.each([
  ['grew from none', [undefined, 4], ['restart loop']],
  ['grew by two', [6, 8], ['restart loop']],
  ['grew by one', [6, 7], []],
  ['are old', [6, 6], []],
  ['are of the first reading', [6], []],
])('troubledUnits judges a service that runs at each reading and whose restarts %s', (_, restarts, expected) => {
  const seen = readings(100, ...restarts.map((number) => running(number)));
  expect(troubledUnits(seen, []).map(({ trouble }) => trouble)).toEqual(expected);
});
