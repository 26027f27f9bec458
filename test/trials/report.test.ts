import { expect, it } from 'vitest';
import { ORDERS, reportOf, type Conditions, type Order, type Outcome } from './report.ts';
import { TRIALS } from './trials.ts';

const forAll = <Value>(value: Value) =>
  Object.fromEntries(ORDERS.map((order) => [order, value])) as Record<Order, Value>;

const conditions: Conditions = {
  date: '2026-11-30',
  machine: 'a machine',
  seconds: 25,
  connect: 'connected 10 s after the fault',
  load: 'nothing else at work',
  calm: [],
  calmMinutes: 10,
  falseCulprits: [],
};

const [single, double] = [TRIALS.find((all) => all.length === 1), TRIALS.find((all) => all.length === 2)];

it('reportOf counts a culprit as first when it is among as many lines as there are faults', () => {
  if (!single || !double) throw new Error('no trials');
  const one: Outcome = {
    faults: single,
    ranks: { ...forAll([0]), severity: [3] },
    lines: { ...forAll(1), severity: 5 },
    byTool: { lab: 'ceph', rank: 1 },
    secondsToFirst: 2.5,
    incidents: ['osd.1: slow (+2)'],
  };
  const two: Outcome = {
    faults: double,
    ranks: { ...forAll([1, 3]), severity: [undefined, 0] },
    lines: forAll(4),
    byTool: undefined,
    secondsToFirst: undefined,
    incidents: ['a', 'b', 'c', 'd', 'e'],
  };
  const text = reportOf([one, two], conditions);
  expect(text).toContain('2 trials with 3 faults, 1 of them double');
  // Of three faults the first two are first, and all among three lines more.
  expect(text).toContain('| incidents | 0.67 | 1.00 | 1.67 |');
  expect(text).toContain('| severity | 0.33 | 0.33 | 3.00 |');
  expect(text).toContain('| `ceph health detail`, single faults: 1 | 0.00 | 1.00 | |');
  expect(text).toContain(`Not first: ${double.map(({ lab, fault }) => `${lab} ${fault}`).join(' + ')}.`);
  expect(text).toContain('; and 1 more |');
});

it('a fifth of the trials, 30 or more, have two faults', () => {
  expect(TRIALS.length).toBeGreaterThanOrEqual(30);
  expect(TRIALS.filter((all) => all.length === 2).length).toBeGreaterThanOrEqual(TRIALS.length / 5);
});
