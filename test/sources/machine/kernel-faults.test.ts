import { expect, test } from 'vitest';
import { kernelFaults } from '../../../src/sources/machine/kernel-faults.ts';

test('kernelFaults parses disks, tasks and NICs out of their lines', () => {
  const text = `[  725.995102] blk_update_request: critical medium error, dev sdk, sector 130611915 op 0x1:(WRITE)
[  726.100000] INFO: task bcache-register:2330 blocked for more than 120 seconds.
[  727.100000] tap0e778df8-ca: dropped over-mtu packet: 8950 > 1450
`;
  const hits = kernelFaults.parse({ errors: text, warnings: undefined })?.hits;
  expect([...(hits ?? [])].map(([id, one]) => [id, one.count, ...one.objects.keys(), one.kernelSeconds])).toEqual([
    ['medium-error', 1, 'sdk', 725.995102],
    ['hung-task', 1, 'bcache-register', 726.1],
    ['over-mtu', 1, 'tap0e778df8-ca', 727.1],
  ]);
});
