import { openFilesLimit } from '../findings/processes/open-files-limit.ts';
import { processesBlocked } from '../findings/processes/processes-blocked.ts';
import { processStopped } from '../findings/processes/stopped.ts';
import { processesPane } from '../panes/processes/pane.ts';
import { processFiles } from '../sources/processes/files.ts';
import { processNuma } from '../sources/processes/numa.ts';
import { procMount } from '../sources/processes/proc-mount.ts';
import { processes } from '../sources/processes/processes.ts';
import { processSockets } from '../sources/processes/sockets.ts';
import { processStacks } from '../sources/processes/stacks.ts';
import { processStatus } from '../sources/processes/status.ts';
import { processThreads } from '../sources/processes/threads.ts';
import { users } from '../sources/processes/users.ts';
import { withExample } from './details.ts';
import { processDependencies } from '../incidents/dependencies/processes.ts';
import { processConsumers } from '../incidents/consumers/processes.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of processes and threads. */
export const processesSubsystem: Subsystem = {
  id: 'processes',
  sources: [processes, procMount, users],
  details: [
    withExample(processStatus),
    withExample(processThreads),
    withExample(processNuma),
    withExample(processFiles),
    withExample(processSockets),
    withExample(processStacks),
  ],
  findings: [processStopped, processesBlocked, openFilesLimit],
  dependencies: processDependencies,
  consumers: processConsumers,
  pane: processesPane,
  policy: {
    files: ['/etc/passwd'],
    commands: [
      {
        argv: ['findmnt', '--noheadings', '--output', 'OPTIONS', '--mountpoint', '/proc'],
        why: 'mount options of /proc: whether processes of other users are hidden (hidepid)',
      },
      { argv: ['dpkg-query', '-S', '<path>'], why: 'which package a program belongs to, to name its debug symbols' },
      {
        argv: ['dpkg-query', '-W', '-f=${Package} ${Version} ${Architecture}\\n', '<package>'],
        why: 'the version of that package',
      },
      {
        argv: 'grep -rlxF -m 1 -D skip --include=*.list -e <path> -e <path> --'
          .split(' ')
          .concat('<package lists of pid>'),
        why: "which package of a container a program in it belongs to, by the container's own lists",
      },
      {
        argv: [
          'grep',
          '-xF',
          '-A',
          '20',
          '-m',
          '1',
          '-D',
          'skip',
          '-e',
          '<Package: name>',
          '--',
          '<package states of pid>',
        ],
        why: 'the version of that package',
      },
    ],
  },
};
