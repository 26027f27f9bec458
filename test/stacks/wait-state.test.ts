import { expect, test } from 'vitest';
import type { StackFrame } from '../../src/stacks/stack.ts';
import { waitStateOf } from '../../src/stacks/wait-state.ts';

const kernel = (...names: readonly string[]): readonly StackFrame[] => names.map((name) => ({ kind: 'kernel', name }));

test.each([
  ['R', undefined, [], 'cpu'],
  ['S', 'ep_poll', [], 'events'],
  ['S', 'do_poll.constprop.0', [], 'events'],
  ['S', 'hrtimer_nanosleep', [], 'sleep'],
  ['S', 'futex_wait_queue', [], 'lock'],
  ['D', 'rwsem_down_read_slowpath', [], 'lock'],
  ['D', 'folio_wait_bit_common', [], 'io'],
  ['D', undefined, [], 'io'],
  ['S', 'inet_csk_accept', [], 'network'],
  ['S', 'unix_stream_read_generic', [], 'network'],
  ['S', 'pipe_read', [], 'pipe'],
  ['S', 'do_wait', [], 'child'],
  ['t', 'ptrace_stop', [], 'stopped'],
  ['I', 'rescuer_thread', [], 'events'],
  ['S', 'a_driver_of_1998', [], 'other'],
  ['chan receive', undefined, [], 'events'],
  ['sync.Mutex.Lock', undefined, [], 'lock'],
  ['IO wait', undefined, [], 'network'],
  ['D', undefined, kernel('schedule', 'io_schedule', 'blk_mq_get_tag'), 'io'],
] as const)('waitStateOf gives %s %s its state', (state, wchan, frames, expected) => {
  expect(waitStateOf({ state, wchan, frames })).toBe(expected);
});

test('waitStateOf takes a futex below a condition variable for idle', () => {
  const cond = { kind: 'native', name: 'pthread_cond_wait@@GLIBC_2.3.2' } as const;
  const mutex = { kind: 'native', name: '__lll_lock_wait' } as const;
  const futex = kernel('futex_wait_queue', 'do_futex');
  expect(waitStateOf({ state: 'S', wchan: 'futex_wait_queue', frames: [...futex, cond] })).toBe('events');
  expect(waitStateOf({ state: 'S', wchan: 'futex_wait_queue', frames: [...futex, mutex] })).toBe('lock');
});
