import {
  outdatedCode,
  packageBroken,
  packageKnownFault,
  packageRunLong,
  rebootPending,
  snapBroken,
} from '../../../src/findings/packages/packages.ts';
import { packageDatabase, packageHeld, packageLockHeld } from '../../../src/findings/packages/manager.ts';
import { missing } from '../../../src/host/host.ts';
import { FIND_DELETED } from '../../../src/sources/packages/deleted-files.ts';
import { DPKG_QUERY } from '../../../src/sources/packages/packages.ts';
import { withProcesses } from '../../helpers/answers.ts';
import { faultOn, type Fault } from '../../helpers/found-on.ts';

const vm = faultOn('cloud-vm');
const dpkg = (...rows: readonly string[]) => ({ [DPKG_QUERY.join(' ')]: rows.map((row) => `${row}\n`).join('') });
const snapd = (snap: Readonly<Record<string, unknown>>) => ({
  '/run/snapd.socket < GET /v2/snaps': JSON.stringify({ result: [snap] }),
});

const worker = withProcesses({ pid: 77, command: 'apt-get', state: 'S' });

/** Faults of packages, as dpkg 1.21 and snapd show them. */
export const packagesFaults: readonly Fault[] = [
  vm(packageDatabase, [{ [DPKG_QUERY.join(' ')]: missing('failed', "dpkg-query: exit 2: dpkg-query: error: parsing file '/var/lib/dpkg/status' near line 12:") }], ['warn', 'dpkg', 'database not readable, parse error in status, line 12']),
  vm(packageHeld, [dpkg('hi \tkubelet\tamd64\t1.34.1-1.1\tkubelet', 'hi \tkubeadm\tamd64\t1.34.1-1.1\tkubeadm')], ['info', 'held packages', '2 packages on hold: kubelet, kubeadm']),
  vm(packageLockHeld, [{ ...worker, 'facts:packages < packages': '{"files":{},"locks":[["/var/lib/dpkg/lock-frontend",77,false],["/var/cache/apt/archives/lock",77,true]]}' }], ['info', 'apt-get[77]', /^holds apt\/archives\/lock, dpkg\/lock-frontend/]),
  vm(packageBroken, [dpkg('iF \tnova-compute\tall\t3:25.2.1-0ubuntu2\tnova', 'iU \tnova-common\tall\t3:25.2.1-0ubuntu2\tnova')], ['warn', 'dpkg', '2 packages not fully installed: nova-compute, nova-common']),
  vm(packageKnownFault, [dpkg('ii \tpython3-openvswitch\tall\t2.17.0-0ubuntu1\topenvswitch')], ['warn', 'python3-openvswitch', 'LP#1980211: clients do not reconnect to the OVN southbound database, version 2.17.0-0ubuntu1']),
  vm(rebootPending, [{ '/run/reboot-required': '*** System restart required ***\n', '/run/reboot-required.pkgs': 'linux-base\nlibc6\ndbus\n' }], ['info', 'reboot', 'pending: required by linux-base, libc6 and 1 more']),
  vm(snapBroken, [snapd({ name: 'shop', revision: '7', broken: 'cannot find installed snap' })], ['warn', 'shop', 'broken, cannot find installed snap']),
  vm(outdatedCode, [{ ...worker, [FIND_DELETED.join(' ')]: '/proc/77/maps:7f1c7a400000-7f1c7a695000 r-xp 00028000 fe:01 396412 /usr/lib/x86_64-linux-gnu/libc.so.6 (deleted)\n' }], ['info', 'upgraded code', '1 service not restarted: apt-get (libc.so.6 deleted)']),
  faultOn('cloud-vm', 1000)(packageRunLong, [worker, worker], ['warn', 'apt-get[77]', 'running for 33m19s, may hold the lock of the package database']),
]; // prettier-ignore
