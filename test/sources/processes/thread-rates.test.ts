import { expect, test } from 'vitest';
import type { ThreadTable } from '../../../src/host/host.ts';
import { threadRates } from '../../../src/sources/processes/thread-rates.ts';
import { threadsSample } from '../../../src/sources/processes/thread-table.ts';

/** proc_pid_stat(5): utime 14, stime 15, starttime 22, processor 39. */
const stat = (tid: number, name: string, ticks: number, start = 100, state = 'S'): string => {
  const fields = Array.from<string>({ length: 50 }).fill('0');
  fields[0] = state;
  fields[14 - 3] = String(ticks);
  fields[22 - 3] = String(start);
  fields[39 - 3] = '5';
  return `${tid} (${name}) ${fields.join(' ')}\n`;
};
const table = (schedstat: string | undefined, ticks: number, start = 100): ThreadTable => ({
  left: 0,
  processes: new Map([
    [
      7,
      {
        pid: 7,
        threads: new Map([
          [7, { tid: 7, stat: stat(7, 'qemu-system-x86', 0, start) }],
          [
            8,
            {
              tid: 8,
              stat: stat(8, 'CPU 0/KVM', ticks, start, 'D'),
              schedstat,
              cpusAllowed: '4-7',
              wchan: 'folio_wait',
            },
          ],
        ]),
      },
    ],
  ]),
});
const processOf = (given: ThreadTable) => threadsSample(given).processes.get(7)!;

test('threadTable parses scheduler counters of threads', () => {
  expect(processOf(table('1000 2000 3\n', 12))).toMatchObject({
    pid: 7,
    startTicks: 100,
    threads: [
      { tid: 7, name: 'qemu-system-x86', runNs: undefined, delayNs: undefined },
      {
        tid: 8,
        name: 'CPU 0/KVM',
        state: 'D',
        cpuSeconds: 0.12,
        runNs: 1000,
        delayNs: 2000,
        slices: 3,
        lastCpu: 5,
        cpusAllowed: '4-7',
        wchan: 'folio_wait',
      },
    ],
  });
  expect(threadsSample(undefined)).toEqual({ processes: new Map(), left: undefined });
});

test('threadRates computes CPU use and run delay', () => {
  const [, vcpu] = threadRates(
    processOf(table('1500000000 600000000 9\n', 0)),
    processOf(table('500000000 0 1\n', 0)),
    2,
  );
  expect([vcpu?.runPct, vcpu?.delayPct]).toEqual([50, 30]);
});

test('threadRates takes ticks, and has no delay, without schedstat', () => {
  const [, vcpu] = threadRates(processOf(table(undefined, 150)), processOf(table(undefined, 50)), 2);
  expect([vcpu?.runPct, vcpu?.delayPct]).toEqual([50, undefined]);
});

test('threadRates has no rates when a PID was reused', () => {
  const [, vcpu] = threadRates(processOf(table('9 9 9\n', 9, 200)), processOf(table('1 1 1\n', 1, 100)), 1);
  expect([vcpu?.runPct, vcpu?.delayPct]).toEqual([undefined, undefined]);
});
