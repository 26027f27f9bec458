import { containerDaemonUnresponsive } from '../../../src/findings/containers/daemon-unresponsive.ts';
import { containerFailed } from '../../../src/findings/containers/failed.ts';
import { containerFrozen } from '../../../src/findings/containers/frozen.ts';
import { lxdMemberOffline } from '../../../src/findings/containers/lxd-member-offline.ts';
import { lxdOperationStuck } from '../../../src/findings/containers/lxd-operation-stuck.ts';
import { lxdWarning } from '../../../src/findings/containers/lxd-warning.ts';
import { containerMemoryShort } from '../../../src/findings/containers/memory-short.ts';
import { containerPressure } from '../../../src/findings/containers/pressure.ts';
import { missing, type ProcessTable } from '../../../src/host/host.ts';
import { withCgroup } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

export const LXD = '/var/lib/lxd/unix.socket';
export const sync = (metadata: unknown) => JSON.stringify({ type: 'sync', status_code: 200, metadata });

const warnings = {
  [`${LXD} < GET /1.0/warnings?recursion=1`]: sync([
    {
      uuid: '0c0ffee0-1',
      type: 'Failed to start instance',
      last_message: 'no\u001B[2J such pool',
      severity: 'high',
      status: 'new',
      entity_url: '/1.0/instances/web',
      count: 3,
    },
    { uuid: '2', type: 'old', severity: 'high', status: 'resolved' },
    { uuid: '3', type: 'known', severity: 'high', status: 'acknowledged' },
  ]),
};

const offline = {
  [`${LXD} < GET /1.0/cluster/members?recursion=1`]: sync([
    { server_name: 'n1', status: 'Online', roles: ['database-leader'] },
    {
      server_name: 'n2',
      status: 'Offline',
      message: 'No heartbeat for 1m15.03288179s (2026-11-28 00:21:15.211530258 +0000 UTC)',
      roles: ['database'],
    },
    { server_name: 'n3', status: 'Evacuated', roles: ['database-standby'] },
  ]),
};

const operation = (kind: string, seconds: number) => ({
  id: `${kind}${seconds}`,
  class: kind,
  description: 'Stopping instance',
  status: 'Running',
  updated_at: `2026-11-23T00:00:${String(seconds).padStart(2, '0')}Z`,
  resources: { instances: ['/1.0/instances/lab-stop'] },
});
/** A task without progress for 65 s, a younger one, and an open terminal, which may be of any age. */
const stuck = {
  // The host booted at 2026-11-22T23:43:20Z, and its clock stands at 1000 s and 1070 s.
  '/proc/stat': 'cpu 1 0 1 1 0 0 0 0\nbtime 1795391000\n',
  [`${LXD} < GET /1.0/operations?recursion=1&all-projects=true`]: sync({
    running: [operation('task', 5), operation('task', 55), operation('websocket', 5)],
  }),
};

const silent = { '/run/docker.sock < GET /_ping': missing('timeout', '/run/docker.sock: no answer in 5000 ms') };
/** A daemon that died before the first reading: its socket is there, its containers run. */
const died = {
  '/run/docker.sock < GET /_ping': missing('failed', '/run/docker.sock: dockerd does not run'),
  '/proc/[0-9]*/stat': (table: ProcessTable | undefined) => table && new Map([...table].filter(([, { stat }]) => !stat.includes('(dockerd)'))), // prettier-ignore
};
/** Stopped with its socket removed. */
const stopped = { ...died, '/run/docker.sock < GET /_ping': missing('absent', '/run/docker.sock: no such socket') };
const full = withCgroup('/lxc.payload.lab-web', {
  'memory.limit_in_bytes': '100000000',
  'memory.usage_in_bytes': '98000000',
  'memory.stat': 'total_inactive_file 0\n',
});

const LIST = '/run/docker.sock < GET /containers/json?all=1';
/** A container that dockerd cannot remove. */
const dead = {
  [LIST]: (text: string | undefined) =>
    text &&
    JSON.stringify([
      ...(JSON.parse(text) as readonly unknown[]),
      { Id: 'd'.repeat(64), Names: ['/lab-dead'], Image: 'lab/busybox:1', State: 'dead', Status: 'Dead' },
    ]),
};
const stalls = (seconds: number) =>
  withCgroup('/lxc.payload.lab-web', {
    'memory.pressure': `some avg10=50.00 avg60=50.00 avg300=50.00 total=${seconds * 500_000}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`,
  });

/** Faults of containers and their engines. */
export const containersFaults: readonly Fault[] = [
  faultOn('bare-kernel')(lxdWarning, [warnings], ['crit', 'warning 0c0ffee0', 'Failed to start instance: no␛[2J such pool (web)']), // prettier-ignore
  faultOn('bare-kernel')(lxdMemberOffline, [offline], ['crit', 'member n2', 'Offline, 2 of 3 members and 1 of 2 database voters online (No heartbeat for 1m15s)']), // prettier-ignore
  faultOn('bare-kernel', 70)(lxdOperationStuck, [stuck, stuck], ['warn', 'Stopping instance lab-stop', 'operation stuck, no progress for 1m05s']), // prettier-ignore
  faultOn('container-host', 301)(containerFrozen, [{}, {}], ['warn', 'docker lab-idle', 'frozen for ≥ 5m01s']),
  faultOn('container-host')(containerFailed, [dead, dead], ['crit', 'docker lab-dead', 'state dead']),
  faultOn('container-host', 10)(containerPressure, [stalls(0), stalls(10)], ['crit', 'LXD lab-web', 'PSI memory some 50%, tasks stalled on memory']), // prettier-ignore
  faultOn('container-host', 10)(containerDaemonUnresponsive, [{}, silent], ['crit', 'docker', /^daemon accepts connections, does not respond for 10 s/]), // prettier-ignore
  faultOn('container-host', 10)(containerDaemonUnresponsive, [died, died], ['crit', 'docker', /^dockerd not running, \d+ containers still up$/]), // prettier-ignore
  faultOn('container-host', 10)(containerDaemonUnresponsive, [stopped, stopped], ['crit', 'docker', /^dockerd not running, \d+ containers still up$/]), // prettier-ignore
  faultOn('container-host')(containerMemoryShort, [full, full], ['crit', 'LXD lab-web', '98% of memory limit, 93 MiB of 95 MiB']), // prettier-ignore
];
