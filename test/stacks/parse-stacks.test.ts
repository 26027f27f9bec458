import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStacks } from '../../src/stacks/parse-stacks.ts';
import { stackGroups } from '../../src/stacks/stack-groups.ts';

const REPLY = JSON.stringify({
  pid: 712,
  name: 'nova-compute',
  at: 1_764_000_000_000,
  cost: 1820,
  runtime: 'CPython 3.11',
  frames: [
    ['kernel', 'do_epoll_wait', null, null],
    ['python', 'Hub.wait', '/usr/lib/python3/dist-packages/eventlet/hubs/poll.py', 80],
    ['native', null, '/usr/lib/x86_64-linux-gnu/libc.so.6', 0x10_a3f6],
  ],
  traces: [[0, 1], [2], [0, 99, 1]],
  stacks: [
    [712, 'nova-compute', 'S', 'do_epoll_wait', null, 0, null, 'hub of eventlet'],
    [713, 'worker', 'D', null, 12.5, 1, 'torn', null],
    [714, 'worker', 'S', 'do_epoll_wait', null, 0, null, null],
    [715, 'worker', 'S', null, null, 2, null, null],
  ],
  notes: ['eventlet: no parked greenlets'],
});

test('parseStacks gives each stack its frames', () => {
  const parsed = parseStacks(REPLY);
  expect(parsed).toMatchObject({
    pid: 712,
    runtime: 'CPython 3.11',
    costUs: 1820,
    notes: ['eventlet: no parked greenlets'],
  });
  expect(
    parsed?.stacks.map(({ tid, frames }) => [tid, frames.map(({ name, line, address }) => name ?? line ?? address)]),
  ).toEqual([
    [712, ['do_epoll_wait', 'Hub.wait']],
    [713, [0x10_a3f6n]],
    [714, ['do_epoll_wait', 'Hub.wait']],
    [715, ['do_epoll_wait', 'Hub.wait']],
  ]);
  expect(parsed?.stacks[1]).toMatchObject({ state: 'D', waitS: 12.5, cut: 'torn', wchan: undefined });
});

test('stackGroups joins equal stacks, blocked ones first', () => {
  const groups = stackGroups(parseStacks(REPLY)?.stacks ?? []);
  expect(groups.map(({ state, stacks, marks }) => [state, stacks.map(({ tid }) => tid), marks])).toEqual([
    ['D', [713], []],
    ['S', [712, 714], ['hub of eventlet']],
    ['S', [715], []],
  ]);
});

test('parseStacks bounds and never throws on arbitrary replies', () => {
  const long = { pid: 1, name: 'x'.repeat(10_000), notes: Array.from({ length: 1000 }, () => 'n'), traces: [Array.from({ length: 5000 }, () => 0)], frames: [['go', 'f'.repeat(9000), null, 1]], stacks: Array.from({ length: 30_000 }, () => [1, 'a', 'S', null, null, 0]) }; // prettier-ignore
  const parsed = parseStacks(JSON.stringify(long));
  expect([parsed?.name.length, parsed?.notes.length, parsed?.stacks.length, parsed?.stacks[0]?.frames.length, parsed?.stacks[0]?.frames[0]?.name?.length]).toEqual([500, 40, 20_000, 512, 500]); // prettier-ignore
  fc.assert(
    fc.property(
      fc.json(),
      (text) => void parseStacks(`{"pid":1,"frames":${text},"traces":${text},"stacks":[${text}]}`),
    ),
  );
  expect(parseStacks('not JSON')).toBeUndefined();
});
