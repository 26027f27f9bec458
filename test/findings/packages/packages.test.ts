import { expect, test } from 'vitest';
import { packageBroken, packageRunLong } from '../../../src/findings/packages/packages.ts';
import { DPKG_QUERY } from '../../../src/sources/packages/packages.ts';
import { withProcesses } from '../../helpers/answers.ts';
import { foundOn } from '../../helpers/found-on.ts';

test('packageBroken finds nothing when dpkg ran at the time of the reading', async () => {
  const unpacked = { [DPKG_QUERY.join(' ')]: 'iU \tlibc6\tamd64\t2.36-9\tglibc\n' };
  const running = withProcesses({ pid: 77, command: 'dpkg', state: 'S' });
  expect(await foundOn(packageBroken, 'cloud-vm', [unpacked])).toMatchObject([{ severity: 'warn' }]);
  expect(await foundOn(packageBroken, 'cloud-vm', [{ ...unpacked, ...running }])).toEqual([]);
});

test('packageRunLong finds nothing in the service of Ubuntu that waits for a shutdown', async () => {
  const waiting = withProcesses({
    pid: 77,
    command: 'unattended-upgr',
    state: 'S',
    cmdline: '/usr/bin/python3\0/usr/share/unattended-upgrades/unattended-upgrade-shutdown\0--wait-for-signal',
  });
  expect(await foundOn(packageRunLong, 'cloud-vm', [waiting, waiting], 10_000)).toEqual([]);
});
