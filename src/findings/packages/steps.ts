import { command, operand, type StepTable } from '../next-step.ts';

const nameOf = (id: string): string | undefined => operand(id.split(':')[0]);

/** Next steps of the rules of packages. */
export const packageSteps: StepTable = {
  'package-broken': {
    commands: () => [
      command(['dpkg', '--audit'], 'packages that are not fully installed, with their state'),
      command(['tail', '-n', '60', '/var/log/apt/term.log'], 'output of the last run of apt'),
    ],
    section: 'packages',
  },
  'package-database': {
    commands: () => [command(['dpkg', '--audit'], 'the error of dpkg, whole')],
    section: 'packages',
  },
  'package-held': {
    commands: () => [command(['apt-mark', 'showhold'], 'packages on hold')],
    section: 'packages',
  },
  'package-lock-held': {
    commands: ({ entity }) => [
      command(['ps', '-o', 'pid,ppid,stat,wchan:32,lstart,args', '-p', entity.id.split('@')[0]], 'state and start'),
    ],
    section: 'manager',
  },
  'package-run-long': {
    commands: ({ entity }) => [
      command(['ps', '-o', 'pid,ppid,stat,wchan:32,lstart,args', '-p', entity.id.split('@')[0]], 'state and start'),
    ],
    section: 'manager',
  },
  'reboot-pending': {
    commands: () => [command(['cat', '/run/reboot-required.pkgs'], 'packages that want the reboot')],
    section: 'manager',
  },
  'outdated-code': { section: 'outdated' },
  'snap-broken': {
    commands: ({ entity }) => [command(['snap', 'info', operand(entity.id)], 'channels and revisions of the snap')],
  },
  'package-known-fault': {
    commands: ({ entity }) => [
      command(['apt-cache', 'policy', nameOf(entity.id)], 'installed and available versions with their origin'),
    ],
  },
};
