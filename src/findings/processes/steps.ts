import { command, kernelLog, type StepTable } from '../next-step.ts';

const waiting = command(['ps', '-e', '-o', 'pid,stat,wchan:32,comm'], 'D state and wait channels');

/** Next steps of the rules of processes. */
export const processSteps: StepTable = {
  'process-stopped': {
    commands: ({ entity }) => {
      const [pid] = entity.id.split('@');
      return [
        command(['ps', '-o', 'pid,ppid,stat,wchan:32,lstart,args', '-p', pid], 'state, parent and start'),
        command(['grep', '-E', '^(State|TracerPid|Sig|Shd)', `/proc/${pid}/status`], 'state, tracer and signals'),
      ];
    },
  },
  'processes-blocked': {
    commands: (found) => [waiting, kernelLog(found, 'blocked for more than', 'hung tasks with their kernel stacks')],
    tracers: () => ['offcputime', 'klockstat'],
  },
  'open-files-limit': {
    tracers: () => ['opensnoop'],
    commands: () => [
      command(['sysctl', 'fs.file-nr', 'fs.file-max'], 'open files and limit of the host'),
      command(['journalctl', '-g', 'Too many open files', '--since', '-1h', '--no-pager'], 'who was refused'),
    ],
    section: 'machine',
  },
  'process-limit': {
    commands: ({ entity }) => {
      const [pid = ''] = entity.id.split('@');
      return [
        command(['cat', `/proc/${pid}/limits`], 'its soft and hard limits'),
        command(['ls', '-l', `/proc/${pid}/fd`], 'its open files'),
      ];
    },
  },
  'threads-limit': {
    tracers: () => ['execsnoop'],
    commands: () => [
      command(['sysctl', 'kernel.pid_max', 'kernel.threads-max'], 'limits of the host'),
      command(['ps', '-e', '-o', 'nlwp,pid,user,args', '--sort=-nlwp'], 'processes by threads'),
    ],
  },
  zombies: {
    commands: ({ entity }) => {
      const [pid = ''] = entity.id.split('@');
      return [command(['ps', '--ppid', pid, '-o', 'pid,stat,lstart,comm'], 'its children with their state')];
    },
  },
};
