import { beforeAll, expect, it } from 'vitest';
import { trial, watchCalm } from '../trials/trial.ts';
import { TRIALS } from '../trials/trials.ts';
import { lab } from './lib/lab.ts';

/** A handful of the trials of the diagnosis (`npm run trials`): two single faults and a double one. */
const NAMES = ['docker oom', 'ovs upcall', 'docker oom + ovs nodev'];

let calm: ReadonlySet<string>;

beforeAll(async () => {
  await lab('docker', 'up');
  await lab('ovs', 'up');
  ({ keys: calm } = await watchCalm(0.5));
});

/** Lines that what other labs have left on the machine may take: `npm run trials` on a quiet one counts the first. */
const OTHER_LINES = 2;

it.each(NAMES)('the culprit stands among the first lines when broken: %s', { timeout: 180_000 }, async (name) => {
  const faults = TRIALS.find((all) => all.map(({ lab: of, fault }) => `${of} ${fault}`).join(' + ') === name);
  if (!faults) throw new Error(`no trial "${name}"`);
  const { ranks, incidents } = await trial(faults, calm, { seconds: 15, before: false, waitMs: 5000 });
  const isNamed = ranks.incidents.map((rank) => (rank ?? Infinity) < faults.length + OTHER_LINES);
  expect(isNamed.every(Boolean) ? [] : incidents).toEqual([]);
});
