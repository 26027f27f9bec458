import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { missing } from '../../../src/host/host.ts';
import { userStacksDetail } from '../../../src/panes/processes/user-stacks.ts';
import { processUserStacks } from '../../../src/sources/processes/user-stacks.ts';
import { sectionLines } from '../../helpers/plain-pane.ts';

const frames = [
  ['kernel', 'futex_wait', null, null],
  ['go', 'runtime.gopark', 'runtime/proc.go', 363],
  ['go', 'example.org/app/store.(*Cache).Get', 'example.org/app/store/cache.go', 41],
  ['python', 'evil\u001B[2J', '/srv/\u202Eapp.py', 7],
];
const reply = JSON.stringify({
  pid: 7,
  name: 'app',
  at: 1,
  cost: 18_383,
  runtime: 'go1.22.1',
  frames,
  traces: [[1, 2], [0], [3]],
  stacks: [
    [null, 'goroutine 9', 'select', null, 93, 0, null, null],
    [null, 'goroutine 8', 'select', null, null, 0, null, null],
    [71, 'app', 'S', 'futex_wait', null, 1, null, 'no goroutine'],
    [72, '\u001B]0;x', 'D', null, null, 2, null, null],
  ],
  notes: ['2 of 3 goroutines read'],
});
const detail = userStacksDetail({ pid: 7, name: 'app', startTicks: 99 });
const drawn = (sample: unknown, gaps = {}) => detail.sections({ stacks: sample }, { stacks: gaps });
const text = (sample: unknown, gaps = {}): string =>
  drawn(sample, gaps)
    .flatMap((section) => sectionLines(section, 120, 20))
    .join('\n');

test('processUserStacks requests the stacks of the process with its start time', () => {
  expect(processUserStacks.reads({ pid: 7, startTicks: 99 }).stacks).toMatchObject({
    request: 'read 7 99',
    as: 'root',
  });
  expect(processUserStacks.reads({ pid: 7 }).stacks.request).toBe('read 7 -');
});

test('processUserStacks parses any text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (stacks) => {
      expect(processUserStacks.parse({ stacks }, { pid: 1 })).toBeUndefined();
    }),
  );
});

test('userStacksDetail groups equal stacks and leaves out frames of the Go runtime where others are', () => {
  const lines = text(processUserStacks.parse({ stacks: reply }, { pid: 7 }));
  expect(lines).toMatch(/2 sele… +1m33 .*store\.\(\*Cache\)\.Get:41 +goroutine 9/);
  expect(lines).not.toContain('gopark');
  expect(lines).toMatch(/1 S .*futex_wait .*futex_wait +app 71, no goro/);
  expect(lines).toMatch(/go1\.22\.1 · 18\.4 ms of CPU per reading\n.*2 of 3 goroutines read/);
});

test('userStacksDetail lists all frames of a group, sanitised', () => {
  const [table] = drawn(processUserStacks.parse({ stacks: reply }, { pid: 7 }));
  if (table?.kind !== 'table') throw new Error('no table');
  const details = table.rows.map((row) => table.detail?.(row));
  const all = details.flatMap(
    (one) => one?.sections({}, {}).flatMap((section) => sectionLines(section, 120, 20)) ?? [],
  );
  expect(all.join('\n')).toContain('runtime.gopark');
  expect([...all, ...details.map((one) => one?.title ?? ''), text(processUserStacks.parse({ stacks: reply }, { pid: 7 }))].join('')).not.toMatch(/\u001B\[2J|\u001B\]0|\u202E/); // prettier-ignore
});

test('userStacksDetail states why nothing was read', () => {
  const denied = missing('denied', '/proc/7/mem: kernel.yama.ptrace_scope is 1: needs root');
  expect(text(undefined, { stacks: denied })).toBe(
    'not readable: kernel.yama.ptrace_scope is 1: needs root (/proc/7/mem)',
  );
  expect(text(undefined)).toBe('not read yet');
});
