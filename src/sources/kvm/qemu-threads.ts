import { threadsOf } from '../processes/thread-table.ts';

/** Threads of QEMU: `CPU n/KVM` (or `/TCG`), `IO iothread1`, `worker`, and the main loop under the program's own name. */
export const qemuThreads = threadsOf(
  {
    id: 'qemu-threads',
    title: 'Threads of QEMU',
    why: 'Shows run time and run delay (steal) of each vCPU, without a request to a daemon.',
    everySeconds: 1,
    value: 'high',
  },
  ['qemu-system-', 'qemu-kvm', 'kvm'],
);
