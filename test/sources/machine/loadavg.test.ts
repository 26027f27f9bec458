import { expect, test } from 'vitest';
import { loadavg } from '../../../src/sources/machine/loadavg.ts';

test('loadavg parses averages, threads and the last PID', () => {
  expect(loadavg.parse({ text: '3.34 2.51 1.89 5/412 20417\n' })).toEqual({
    load1: 3.34,
    load5: 2.51,
    load15: 1.89,
    runnableThreads: 5,
    threads: 412,
    lastPid: 20_417,
  });
});

test('loadavg parses what a cut line has', () => {
  expect(loadavg.parse({ text: '3.34 x 1.89' })).toMatchObject({ load1: 3.34, load5: undefined, threads: undefined });
  expect(loadavg.parse({ text: undefined }).load1).toBeUndefined();
});
