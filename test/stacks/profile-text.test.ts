import { expect, test } from 'vitest';
import { effectText, profileText } from '../../src/stacks/profile-text.ts';
import { targetEffect } from '../../src/stacks/target-effect.ts';
import { novaProfile, novaStacks, profileOf } from '../helpers/stacks.ts';

test('profileText shows cost, stops and shares before the stacks', () => {
  const effect = { seconds: 9.8, cpuSeconds: 6.9, delaySeconds: 0.012 };
  const lines = profileText(novaProfile(), effect).split('\n');
  expect(lines.slice(0, 9)).toEqual([
    'nova-compute (1200): CPython 3.11, 7 stacks at a time, 40 readings in 9.8 s, 4.0/s',
    'cost: 4.0 ms of CPU per reading, 1.6 % of a CPU',
    'target: not stopped in any reading; ran 6900 ms, waited for a CPU 12 ms in 9.8 s (schedstat)',
    '',
    '  10.7 %      0.8 at a time  on CPU',
    '  14.3 %      1.0 at a time  disk I/O, off CPU',
    '  14.3 %      1.0 at a time  lock, off CPU',
    '  60.7 %      4.3 at a time  idle, off CPU',
    '',
  ]);
  expect(lines).toContain('57.1 %, 4.0 at a time, idle, off CPU: tpool 1203, tpool 1204, tpool 1205 and more');
  expect(lines).toContain('    io_schedule [kernel]');
  expect(lines).toContain('    spawn (driver.py:4501)');
});

test('effectText shows what was read alone', () => {
  const times = (tid: number, cpuSeconds: number | undefined, delaySeconds?: number) => ({ tid, cpuSeconds, delaySeconds }); // prettier-ignore
  type Times = readonly ReturnType<typeof times>[];
  const text = (before: Times, after: Times) => effectText(novaProfile(), targetEffect(before, after, 2));
  expect(text([times(1, 1), times(2, 5)], [times(1, 1.5), times(3, 7)])).toBe('not stopped in any reading; ran 500 ms in 2.0 s (stat)'); // prettier-ignore
  // Threads that have exited, and times that were not read, are no zeros.
  expect(text([times(1, 1)], [times(2, 1)])).toBe('not stopped in any reading');
  expect(text([times(1, undefined)], [times(1, undefined)])).toBe('not stopped in any reading');
});

test('profileText of one reading has no rate, and shows a tracer', () => {
  const [first] = novaStacks().stacks;
  if (!first) throw new Error('no stack');
  const text = profileText(profileOf([{ ...novaStacks(), stacks: [{ ...first, state: 't' }], notes: ['\u001B[31mlate'] }]), undefined); // prettier-ignore
  expect(text).toContain('1 stack at a time, 1 reading\n');
  expect(text).toContain('target: stopped or traced by another in 1 of 1 reading\n');
  expect(text).not.toContain('\u001B');
});

test('profileText has no rate when the clock of the host went back', () => {
  const text = profileText(profileOf([novaStacks(0, 2000), novaStacks(1, 1000)]), undefined);
  expect(text).toContain('7 stacks at a time, 2 readings\n');
});
