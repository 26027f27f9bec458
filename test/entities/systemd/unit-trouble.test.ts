import { expect, test } from 'vitest';
import { troubledUnits } from '../../../src/entities/systemd/unit-trouble.ts';
import { units } from '../../../src/sources/systemd/units.ts';

/** Starts of a service, 10 s apart, where these units are listed. */
const loops = (names: readonly string[], startedByBus?: ReadonlySet<string>) => {
  const history = ['a', 'b', 'c', 'd'].map((id, i) => ({ sample: new Map([['job.service', id]]), at: i * 10, wallMs: 0, missing: {}, tookMs: 0 })); // prettier-ignore
  const reply = { units: names.map((name) => [name, name, 'loaded', 'active', 'running', '']), suspects: {} };
  return troubledUnits(units.parse({ units: JSON.stringify(reply) }), 30, history, startedByBus).map(
    ({ trouble }) => trouble,
  );
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
  expect(troubledUnits(units.parse({ units: JSON.stringify(reply) }), 600, []).map(({ trouble }) => trouble)).toEqual(expected); // prettier-ignore
});
