import { expect, test } from 'vitest';
import { troubledUnits } from '../../../src/entities/systemd/unit-trouble.ts';
import { units } from '../../../src/sources/systemd/units.ts';

/** Starts of a service, 10 s apart, where these units are listed. */
const loops = (...names: readonly string[]) => {
  const history = ['a', 'b', 'c', 'd'].map((id, i) => ({ sample: new Map([['job.service', id]]), at: i * 10, wallMs: 0, missing: {}, tookMs: 0 })); // prettier-ignore
  const reply = { units: names.map((name) => [name, name, 'loaded', 'active', 'running', '']), suspects: {} };
  return troubledUnits(units.parse({ units: JSON.stringify(reply) }), 30, history).map(({ trouble }) => trouble);
};

test('troubledUnits finds a service that is started again and again by hand', () => {
  expect(loops('job.service')).toEqual(['restart loop']);
});

test.each(['job.timer', 'job.socket', 'job.path'])('troubledUnits leaves a service to its %s', (trigger) => {
  expect(loops('job.service', trigger)).toEqual([]);
});
