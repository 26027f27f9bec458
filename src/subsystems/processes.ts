import { processChanges } from '../changes/processes.ts';
import { openFilesLimit } from '../findings/processes/open-files-limit.ts';
import { processLimit } from '../findings/processes/process-limit.ts';
import { processesBlocked } from '../findings/processes/processes-blocked.ts';
import { processStopped } from '../findings/processes/stopped.ts';
import { threadsLimit } from '../findings/processes/threads-limit.ts';
import { zombies } from '../findings/processes/zombies.ts';
import { processSteps } from '../findings/processes/steps.ts';
import { processesPane } from '../panes/processes/pane.ts';
import { stacks } from '../host/protocols/stacks/stacks.ts';
import { symbols } from '../host/protocols/symbols/symbols.ts';
import { delayAccounting, processDelays } from '../sources/processes/delays.ts';
import { processFiles } from '../sources/processes/files.ts';
import { processObjects } from '../sources/processes/objects.ts';
import { processLimits } from '../sources/processes/process-limits.ts';
import { processNuma } from '../sources/processes/numa.ts';
import { procMount } from '../sources/processes/proc-mount.ts';
import { processes } from '../sources/processes/processes.ts';
import { processSockets } from '../sources/processes/sockets.ts';
import { symbolFiles } from '../sources/processes/symbol-files.ts';
import { processStacks } from '../sources/processes/stacks.ts';
import { processStatus } from '../sources/processes/status.ts';
import { processThreads } from '../sources/processes/threads.ts';
import { socketPeers } from '../sources/processes/socket-peers.ts';
import { unitDependencies } from '../sources/processes/unit-dependencies.ts';
import { processUserStacks } from '../sources/processes/user-stacks.ts';
import { users } from '../sources/processes/users.ts';
import { withExample } from './details.ts';
import { socketDependencies } from '../incidents/dependencies/sockets.ts';
import { unitDependencyGraph } from '../incidents/dependencies/units.ts';
import { processDependencies } from '../incidents/dependencies/processes.ts';
import { processConsumers } from '../incidents/consumers/processes.ts';
import { processChecks } from '../ledger/checks/processes.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of processes and threads. */
export const processesSubsystem: Subsystem = {
  id: 'processes',
  sources: [processes, delayAccounting, processLimits, procMount, users, unitDependencies, socketPeers],
  details: [
    withExample(processStatus),
    withExample(processThreads),
    withExample(processNuma),
    withExample(processFiles),
    withExample(processSockets),
    withExample(processDelays),
    withExample(processStacks),
    withExample(processUserStacks),
    withExample(processObjects),
    withExample(symbolFiles),
  ],
  findings: [processStopped, processesBlocked, openFilesLimit, threadsLimit, processLimit, zombies],
  steps: processSteps,
  consumers: processConsumers,
  changes: [processChanges],
  dependencies: [processDependencies, unitDependencyGraph, socketDependencies],
  checks: [processChecks],
  pane: processesPane,
  protocols: [symbols, stacks],
  policy: {
    files: ['/etc/passwd'],
    commands: [
      {
        argv: ['findmnt', '--noheadings', '--output', 'OPTIONS', '--mountpoint', '/proc'],
        why: 'mount options of /proc: whether processes of other users are hidden (hidepid)',
      },
      {
        argv: [
          'systemctl',
          'show',
          '*.service',
          '--no-pager',
          '--property=Id,MainPID,Requires,Requisite,BindsTo,PartOf,Wants,After',
        ],
        why: 'which services and sockets a service needs',
      },
      {
        argv: ['ss', '-Hntxp', 'state', 'established', 'state', 'listening'],
        why: 'which process listens on a port, and which daemon or host each is connected to',
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
