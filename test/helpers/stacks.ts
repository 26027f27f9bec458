import type { ProcessStacks, Stack, StackFrame } from '../../src/stacks/stack.ts';
import { ProfileBuilder, type StackProfile } from '../../src/stacks/profile.ts';

const kernel = (...names: readonly string[]): readonly StackFrame[] => names.map((name) => ({ kind: 'kernel', name }));
const native = (module: string, ...names: readonly string[]): readonly StackFrame[] =>
  names.map((name, index) => ({ kind: 'native', name, module, buildId: 'a1b2c3', address: BigInt(0x1000 + index) }));
const python = (file: string, ...calls: readonly (readonly [string, number])[]): readonly StackFrame[] =>
  calls.map(([name, line]) => ({ kind: 'python', name, file, line, module: 'nova' }));

const POLL = kernel(
  'ep_poll',
  'do_epoll_wait',
  '__x64_sys_epoll_wait',
  'do_syscall_64',
  'entry_SYSCALL_64_after_hwframe',
);
const FUTEX = kernel('futex_wait_queue', '__futex_wait', 'futex_wait', 'do_futex', '__x64_sys_futex', 'do_syscall_64');
const DISK = kernel('io_schedule', 'folio_wait_bit_common', 'filemap_fault', '__do_fault', 'do_user_addr_fault');
const MAIN = python('/usr/lib/python3/dist-packages/nova/cmd/compute.py', ['main', 59], ['<module>', 10]);
const HUB = python('/usr/lib/python3/dist-packages/eventlet/hubs/hub.py', ['run', 352]);

/** Threads of a nova-compute: one runs, one reads a page from disk, one waits for a lock, the hub is idle, four workers wait for work. */
export function novaStacks(reading = 0, atMs = 1_700_000_000_000 + reading * 250): ProcessStacks {
  const line = 200 + (reading % 3);
  const busy = python(
    '/usr/lib/python3/dist-packages/nova/virt/libvirt/driver.py',
    ['_get_guest_xml', line],
    ['spawn', 4501],
  );
  const stacks: readonly Stack[] = [
    reading % 4 === 0
      ? {
          tid: 1200,
          name: 'nova-compute',
          state: 'S',
          wchan: 'ep_poll',
          frames: [...POLL, ...native('libc.so.6', 'epoll_wait'), ...HUB, ...MAIN],
        }
      : { tid: 1200, name: 'nova-compute', state: 'R', frames: [...busy, ...MAIN] },
    {
      tid: 1201,
      name: 'nova-compute',
      state: 'D',
      wchan: 'folio_wait_bit_common',
      frames: [...DISK, ...native('libvirt.so.0', 'virXMLParseHelper'), ...MAIN],
    },
    {
      tid: 1202,
      name: 'nova-compute',
      state: 'S',
      wchan: 'futex_wait_queue',
      frames: [
        ...FUTEX,
        ...native('libc.so.6', '__lll_lock_wait', 'pthread_mutex_lock'),
        ...native('libvirt.so.0', 'virMutexLock'),
      ],
    },
    ...[1203, 1204, 1205, 1206].map((tid): Stack => ({
      tid,
      name: 'tpool',
      state: 'S',
      wchan: 'futex_wait_queue',
      frames: [
        ...FUTEX,
        ...native('libc.so.6', 'pthread_cond_wait@@GLIBC_2.3.2'),
        ...python('/usr/lib/python3.11/threading.py', ['wait', 327]),
      ],
    })),
  ];
  return { pid: 1200, name: 'nova-compute', runtime: 'CPython 3.11', atMs, costUs: 4000, stacks, notes: [] };
}

/** Profile of several readings. */
export function profileOf(readings: readonly ProcessStacks[]): StackProfile {
  const builder = new ProfileBuilder();
  for (const reading of readings) builder.add(reading);
  const profile = builder.profile();
  if (!profile) throw new Error('no reading');
  return profile;
}

export const novaProfile = (): StackProfile =>
  profileOf(Array.from({ length: 40 }, (_, reading) => novaStacks(reading)));

/** The reply of the host's program that `reading` is parsed of. */
export function stacksReply({ pid, name, runtime, atMs, costUs, stacks, notes }: ProcessStacks): string {
  const frames = stacks.flatMap((stack) => stack.frames);
  return JSON.stringify({
    pid,
    name,
    runtime,
    at: atMs,
    cost: costUs,
    frames: frames.map(({ kind, name: called = null, module = null, address, file = null, line = null }) => kind === 'native' ? [kind, called, module, Number(address ?? 0n)] : [kind, called, file, line]), // prettier-ignore
    traces: stacks.map((stack) => stack.frames.map((frame) => frames.indexOf(frame))),
    stacks: stacks.map((stack, trace) => [stack.tid ?? null, stack.name, stack.state, stack.wchan ?? null, null, trace, null, null]), // prettier-ignore
    notes,
  });
}
