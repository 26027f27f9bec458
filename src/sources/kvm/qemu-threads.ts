import { threadsOf } from '../processes/thread-table.ts';

/** Threads of guests: `CPU n/KVM` (or `/TCG`), `IO iothread1`, `worker`, and the main loop under the program's own name. */
export const qemuThreads = threadsOf(
  {
    id: 'qemu-threads',
    title: 'Threads of guests',
    why: 'Shows how long each virtual CPU of a guest ran and how long it was kept waiting for a CPU, without asking a daemon.',
    everySeconds: 1,
    value: 'high',
  },
  ['qemu-system-', 'qemu-kvm', 'kvm'],
);
