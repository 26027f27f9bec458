import { expect, test } from 'vitest';
import { fittingTools, runtimeOf, type ProcessActivity } from '../../src/debugger/tool-fit.ts';

const calm: ProcessActivity = {
  threads: [{ state: 'S', wchan: 'ep_poll' }],
  userPct: 1,
  systemPct: 1,
  runtime: undefined,
  isKernelThread: false,
};

test.each([
  ['a process that waits for a disk', { threads: [{ state: 'D', wchan: 'io_schedule' }, { state: 'S', wchan: undefined }] }, [['kernel-stacks', '1 of 2 threads in D state (io_schedule)']]],
  ['a process in system calls', { userPct: 10, systemPct: 62 }, [['strace-summary', 'system calls use 62% of a CPU, user code 10%'], ['sample-10', 'uses 72% of a CPU']]],
  ['a busy program', { userPct: 98 }, [['sample-10', 'uses 99% of a CPU']]],
  ['Python', { runtime: 'CPython' }, [['stacks', 'CPython: functions and lines']]],
  ['Java', { runtime: 'Java' }, [['java-threads', 'JVM: frames and monitors of its threads, deadlocks']]],
  ['a thread that waits for a lock', { threads: [{ state: 'S', wchan: 'futex_wait_queue' }] }, [['stacks', '1 of 1 thread in futex: frames name the lock']]],
  ['a kernel thread', { isKernelThread: true, systemPct: 99 }, [['kernel-stacks', 'kernel thread: all of its code is in the kernel']]],
  ['a process that waits for work', {}, []],
  ['a process that was not read', { threads: [], userPct: undefined, systemPct: undefined }, []],
] as const)('fittingTools ranks the tools of %s', (_, change, expected) => {
  expect([...fittingTools({ ...calm, ...change })]).toEqual(expected);
}); // prettier-ignore

test('runtimeOf recognises a runtime by the program or a library', () => {
  expect(runtimeOf('/usr/bin/python3.11', undefined)).toBe('CPython');
  expect(runtimeOf('/usr/bin/uwsgi', '7f00 r-xp 0 fe:00 1 /usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0\n')).toBe(
    'CPython',
  );
  expect(runtimeOf('/opt/jdk/bin/java', '7f00 r-xp 0 fe:00 1 /opt/jdk/lib/server/libjvm.so\n')).toBe('Java');
  expect(runtimeOf('/usr/bin/dockerd', 'c000000000-c000400000 rw-p 0 00:00 0 [anon: Go: heap]\n')).toBe('Go');
  expect(runtimeOf('/usr/sbin/ovs-vswitchd', '7f00 r-xp 0 fe:00 1 /usr/lib/libc.so.6\n')).toBeUndefined();
});
