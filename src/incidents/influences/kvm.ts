import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about guests. */
export const kvmInfluences: readonly InfluenceRow[] = [
  [
    'libvirt-unresponsive',
    'guest-monitor-stuck',
    'guest',
    ['served-by'],
    'sometimes',
    300,
    'the daemon holds the monitors',
  ],
  ['guest-swapped', 'guest-thread-blocked', 'guest', [], 'sometimes', HOUR, 'QEMU waits for its own memory from swap'],
  ['guest-throttled', 'guest-steal', 'guest', [], 'sometimes', 300, 'its CPU quota holds vCPUs back'],
];
