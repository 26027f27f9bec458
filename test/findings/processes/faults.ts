import { openFilesLimit } from '../../../src/findings/processes/open-files-limit.ts';
import { processesBlocked } from '../../../src/findings/processes/processes-blocked.ts';
import { processLimit } from '../../../src/findings/processes/process-limit.ts';
import { processStopped } from '../../../src/findings/processes/stopped.ts';
import { threadsLimit } from '../../../src/findings/processes/threads-limit.ts';
import { zombies } from '../../../src/findings/processes/zombies.ts';
import { withProcesses } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';
import { fileNr } from '../machine/changes.ts';

const blocked = withProcesses({ pid: 71, command: 'cp', state: 'D' }, { pid: 72, command: 'ls', state: 'D' });
const stopped = withProcesses({ pid: 71, command: 'ceph-osd', state: 'T' });

const LIMITS = '/proc/[0-9]*/limits';
const shop = withProcesses({ pid: 71, command: 'shop', state: 'S' });
/** Zombies of one parent, which is PID 0 in the made table. */
const dead = withProcesses(...Array.from({ length: 12 }, (_, i) => ({ pid: 700 + i, command: 'job', state: 'Z' })));

/** Faults of processes. */
export const processesFaults: readonly Fault[] = [
  faultOn('cloud-vm', 4)(processesBlocked, [blocked, blocked, blocked], ['warn', 'D state', '2 processes blocked, longest 8 s: cp[71], ls[72]']), // prettier-ignore
  faultOn('cloud-vm', 4)(processStopped, [stopped, stopped], ['crit', 'ceph-osd[71]', 'stopped (SIGSTOP) for ≥ 4 s']),
  faultOn('cloud-vm')(openFilesLimit, [fileNr('9100\t0\t10000\n')], ['crit', 'open files', '9.1k of 10k (fs.file-max), 91%']), // prettier-ignore
  faultOn('cloud-vm')(openFilesLimit, [{ ...fileNr('9100\t0\t10000\n'), ...shop, [LIMITS]: 'read 9 9\nfiles 71 8000 -\n' }], ['crit', 'open files', '9.1k of 10k (fs.file-max), 91%, most: shop[71] with 8.0k']), // prettier-ignore
  faultOn('cloud-vm')(processLimit, [{ ...shop, [LIMITS]: 'read 9 9\nfiles 71 1017 1024\n' }], ['crit', 'shop[71]', '1017 of 1024 open files (RLIMIT_NOFILE), 99%']), // prettier-ignore
  faultOn('cloud-vm')(processLimit, [{ ...shop, [LIMITS]: 'read 9 9\nfiles 71 3 1024\nlocked 71 54000 65536\n' }], ['warn', 'shop[71]', '53M of 64M locked memory (RLIMIT_MEMLOCK), 82%']), // prettier-ignore
  faultOn('cloud-vm', 4)(zombies, [dead, dead], ['warn', 'PID 0', '12 zombies: does not wait for its children (job)']),
  faultOn('cloud-vm')(threadsLimit, [{ '/proc/loadavg': '0.10 0.10 0.10 1/970 900\n', '/proc/sys/kernel/pid_max': '1000\n' }], ['crit', 'threads', /^970 of 1000 \(kernel\.pid_max\), 97%/]), // prettier-ignore
];
