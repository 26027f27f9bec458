import { command, kernelLog, operand, unitLog, type CommandStep, type Standing, type StepTable } from '../next-step.ts';

const LIBVIRT_UNITS = ['libvirtd', 'virtqemud'];

/** Guest as libvirt finds it: UUID, or name of a guest without one. */
const guest = ({ entity: { id } }: Standing): string | undefined => operand(id.split('/', 1)[0]);

const virsh = (found: Standing, [verb = '', ...rest]: readonly string[], shows: string): CommandStep | undefined =>
  command(['virsh', verb, ...rest, guest(found)], shows);

/** Disk or tap in the subject, after the name of the guest: `lab-db vda`. */
const device = ({ subject }: Standing): string | undefined => operand(subject.split(' ').at(-1));

/** The name of a guest is that of its log. */
const qemuLog = (name: string | undefined): CommandStep | undefined =>
  name === undefined || name.includes('/')
    ? undefined
    : command(['tail', '-n', '50', `/var/log/libvirt/qemu/${name}.log`], 'log of QEMU');

/** Next steps of the rules of guests. */
export const kvmSteps: StepTable = {
  'guest-down': {
    commands: (found) => [
      qemuLog(operand(found.subject)),
      virsh(found, ['domstate', '--reason'], 'state and reason'),
      virsh(found, ['domblkerror'], 'errors of its disks'),
    ],
  },
  'guest-paused': {
    commands: (found) => [
      virsh(found, ['domstate', '--reason'], 'state and reason'),
      virsh(found, ['domjobinfo'], 'job that paused it'),
      qemuLog(operand(found.subject)),
    ],
  },
  // No virsh: each command for a guest whose monitor hangs blocks a worker of libvirt.
  'guest-monitor-stuck': {
    commands: (found) => [qemuLog(operand(found.subject)), unitLog(found, LIBVIRT_UNITS, 'log of libvirt')],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'guest-steal': {
    commands: (found) => [virsh(found, ['vcpuinfo'], 'CPU, affinity and CPU time of each vCPU')],
    tracers: () => ['runqlat', 'kvmexit'],
  },
  'guest-throttled': { commands: (found) => [virsh(found, ['schedinfo'], 'CPU shares, period and quota')] },
  'guest-disk-slow': {
    tracers: () => ['biolatency'],
    commands: (found) => [
      command(['virsh', 'domblkstat', guest(found), device(found)], 'requests, bytes and times of the disk'),
      command(['virsh', 'blkdeviotune', guest(found), device(found)], 'I/O limits of the disk'),
      virsh(found, ['domblklist', '--details'], 'images behind its disks'),
    ],
  },
  'guest-memory-remote': {
    commands: (found) => [
      virsh(found, ['numatune'], 'NUMA mode and nodeset'),
      virsh(found, ['vcpuinfo'], 'CPU, affinity and CPU time of each vCPU'),
    ],
  },
  'guest-job-stuck': {
    commands: (found) => [
      virsh(found, ['domjobinfo'], 'kind, time and progress of the job'),
      unitLog(found, LIBVIRT_UNITS, 'log of libvirt'),
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'guest-swapped': {
    commands: (found) => [virsh(found, ['dommemstat'], 'balloon, resident and unused memory')],
  },
  'guest-memory-low': {
    commands: (found) => [virsh(found, ['dommemstat'], 'balloon, resident and unused memory')],
  },
  'guest-nic-drops': {
    commands: (found) => [
      command(['virsh', 'domifstat', guest(found), device(found)], 'packets, errors and drops of the tap'),
      command(['ip', '-s', '-s', 'link', 'show', 'dev', device(found)], 'errors and drops by kind'),
    ],
  },
  'guest-thread-blocked': {
    commands: (found) => [
      kernelLog(found, 'blocked for more than|I/O error|not responding', 'hung tasks and storage errors'),
      qemuLog(operand(found.subject)),
    ],
  },
  'libvirt-unresponsive': {
    commands: (found) => [
      unitLog(found, LIBVIRT_UNITS, 'log of libvirt'),
      command(['systemctl', 'status', ...LIBVIRT_UNITS, '--no-pager'], 'state of its units'),
    ],
    tools: ['kernel-stacks', 'gdb-stacks'],
  },
  'vcpu-overcommit': {
    tracers: () => ['runqlat'],
    commands: () => [
      command(['virsh', 'list', '--all'], 'guests and their states'),
      command(['virsh', 'domstats', '--vcpu'], 'state, time and wait of each vCPU'),
    ],
  },
};
