import { openFilesLimit } from '../../../src/findings/processes/open-files-limit.ts';
import { processesBlocked } from '../../../src/findings/processes/processes-blocked.ts';
import { processStopped } from '../../../src/findings/processes/stopped.ts';
import { withProcesses } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import { fileNr } from '../machine/changes.ts';

const blocked = withProcesses({ pid: 71, command: 'cp', state: 'D' }, { pid: 72, command: 'ls', state: 'D' });
const stopped = withProcesses({ pid: 71, command: 'ceph-osd', state: 'T' });

/** Faults of processes. */
export const processesFaults: readonly Fault[] = [
  faultOn('cloud-vm', 4)(processesBlocked, [blocked, blocked, blocked], ['warn', 'D state', '2 processes blocked, longest 8 s: cp[71], ls[72]']), // prettier-ignore
  faultOn('cloud-vm', 4)(processStopped, [stopped, stopped], ['crit', 'ceph-osd[71]', 'stopped (SIGSTOP) for ≥ 4 s']),
  faultOn('cloud-vm')(openFilesLimit, [fileNr('9100\t0\t10000\n')], ['crit', 'open files', '9.1k of 10k (fs.file-max), 91%']), // prettier-ignore
];
