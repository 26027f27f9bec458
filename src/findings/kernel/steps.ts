import { command, kernelLog, literal, operand, type Standing, type StepTable } from '../next-step.ts';

const trace = (found: Standing) => kernelLog(found, 'Call Trace|RIP:|BUG|Oops|panic', 'kernel log of the fault');
const ofObject = ({ entity, ...found }: Standing) =>
  kernelLog({ entity, ...found }, literal(entity.id), 'its lines in the kernel log');
/** Whole disk with SMART data. */
const SMART = /^(?:sd[a-z]+|nvme\d+n\d+)$/;
const waiting = command(['ps', '-e', '-o', 'pid,stat,wchan:32,comm'], 'D state and wait channels');

/** Next steps of the rules over the kernel log. */
export const kernelSteps: StepTable = {
  'kernel-bug': { commands: (found) => [trace(found), command(['uname', '-a'], 'running kernel')] },
  'kernel-lockup': {
    commands: (found) => [trace(found), command(['mpstat', '-P', 'ALL', '1', '5'], 'use of each CPU')],
  },
  'task-hung': {
    tracers: () => ['offcputime', 'klockstat'],
    commands: (found) => [kernelLog(found, 'blocked for more than', 'hung tasks with their kernel stacks'), waiting],
  },
  'filesystem-error': {
    commands: (found) => [ofObject(found), command(['findmnt', '-t', 'ext4,xfs,btrfs'], 'mounts with options')],
  },
  'disk-errors-logged': {
    commands: (found) => [
      SMART.test(found.entity.id)
        ? command(['smartctl', '-x', `/dev/${found.entity.id}`], 'SMART data and error log of the disk')
        : undefined,
      ofObject(found),
    ],
  },
  'volume-error': {
    commands: (found) => [
      kernelLog(found, 'device-mapper|md/raid', 'lines of volumes in the kernel log'),
      command(['dmsetup', 'status', '--noflush'], 'state of thin pools and multipath maps'),
    ],
  },
  'server-unresponsive': {
    commands: (found) => [kernelLog(found, 'not responding|libceph|CIFS', 'lines about storage servers'), waiting],
  },
  'network-table-full': {
    commands: (found) => [kernelLog(found, 'table full|table overflow|out of memory', 'kernel log of the full table')],
  },
  'nic-hung': { commands: (found) => [ofObject(found)] },
  'oom-logged': {
    commands: (found) => [kernelLog(found, 'oom-kill|Killed process', 'killed process, its group and limit')],
  },
  'nic-over-mtu': { commands: (found) => [ofObject(found)] },
  'gpu-errors-logged': {
    commands: (found) => [
      kernelLog(found, 'NVRM|amdgpu|i915|xe ', 'lines of GPU drivers'),
      command(['lspci', '-vv', '-s', operand(found.entity.id)], 'link of the card against its capability'),
    ],
  },
  'syn-flood': {
    commands: (found) => [
      kernelLog(found, 'SYN flooding', 'ports with a SYN flood'),
      command(['ss', '-ltn'], 'accept queues against their backlog'),
    ],
  },
  'process-crashed': {
    commands: (found) => [
      command(['coredumpctl', 'list', '--no-pager'], 'core dumps that systemd kept'),
      kernelLog(found, 'segfault|traps:', 'faults of processes'),
    ],
  },
  'program-crash-dump': {
    section: 'crash-dumps',
    row: ({ evidence: [dump] }) => dump?.source,
    commands: ({ evidence: [dump] }) => [
      dump === undefined ? undefined : command(['ls', '-l', dump.source], 'size and time of the dump'),
      command(['coredumpctl', 'list', '--no-pager'], 'core dumps that systemd kept'),
    ],
  },
  'kernel-log-lost': { commands: (found) => [kernelLog(found, 'dropped|suppressed|backlog', 'what was lost')] },
  'kernel-counts': { commands: (found) => [trace(found)] },
  'kernel-crash-dump': {
    commands: ({ evidence: [dump] }) => [
      dump === undefined ? undefined : command(['ls', '-l', dump.source], 'files of the dump'),
    ],
  },
};
