import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf } from '../../../src/panes/processes/stacks.ts';
import { processStacks } from '../../../src/sources/processes/stacks.ts';

const at = (file: string, byTid: Readonly<Record<number, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(byTid).map(([tid, text]) => [`/proc/7/task/${tid}/${file}`, text]));

const sleeping =
  '[<0>] hrtimer_nanosleep+0x74/0xf0\n[<0>] common_nsleep+0x30/0x60\n[<0>] __x64_sys_clock_nanosleep+0xce/0x140\n[<0>] do_syscall_64+0x71/0x280\n';
const values = {
  stats: at('stat', {
    7: '7 (evil) Z (\u001B[2J) S 1 7',
    8: '8 (worker) S 1 7',
    9: '9 (worker) D 1 7',
    10: '10 (worker) S 1 7',
  }),
  stacks: at('stack', {
    7: '',
    8: sleeping,
    9: '[<0>] rq_qos_wait+0x10/0x20\n[<0>] __arm64_sys_fsync+0x1/0x2\n',
    10: sleeping,
  }),
  wchans: at('wchan', { 7: '0', 8: 'hrtimer_nanosleep', 9: 'rq_qos_wait', 10: 'hrtimer_nanosleep' }),
  calls: at('syscall', { 7: 'running\n', 8: '230 0x0 0x0\n', 9: '82 0x3\n', 10: '230 0x1 0x0\n' }),
};

test('processStacks parses stack and system call of each thread', () => {
  const { threads } = processStacks.parse(values, { pid: 7 });
  expect(threads).toHaveLength(4);
  expect(threads[0]).toMatchObject({ tid: 7, state: 'S', frames: [], wchan: undefined, call: undefined });
  expect(threads[1]).toMatchObject({ name: 'worker', call: 'clock_nanosleep', wchan: 'hrtimer_nanosleep' });
  expect(threads[2]).toMatchObject({ call: 'fsync', frames: ['rq_qos_wait', '__arm64_sys_fsync'] });
});

test('processStacks has no stack, and only the number of the system call, without root', () => {
  const { threads } = processStacks.parse({ ...values, stacks: undefined, wchans: undefined }, { pid: 7 });
  expect(threads[1]).toMatchObject({ frames: undefined, wchan: undefined, call: 'call 230' });
});

test('groupsOf groups threads with the same stack, blocked first, sanitised', () => {
  const groups = groupsOf(processStacks.parse(values, { pid: 7 }).threads);
  expect(groups.map(({ state, threads }) => [state, threads.length])).toEqual([
    ['D', 1],
    ['S', 2],
    ['S', 1],
  ]);
  expect(JSON.stringify(groups)).not.toContain('\\u001b');
});

test('processStacks parses any text', () => {
  const files = fc.dictionary(fc.nat(20).map(String), fc.string({ unit: 'binary' }));
  fc.assert(
    fc.property(files, files, files, files, (stats, stacks, wchans, calls) => {
      const given = {
        stats: at('stat', stats),
        stacks: at('stack', stacks),
        wchans: at('wchan', wchans),
        calls: at('syscall', calls),
      };
      for (const { tid } of processStacks.parse(given, { pid: 7 }).threads) expect(Number.isFinite(tid)).toBe(true);
    }),
  );
});
