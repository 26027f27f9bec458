import { expect, test } from 'vitest';
import { shownOf } from '../helpers/replayed-report.ts';

/** Two hours after boot: 7 200 s. */
const NET_DEV = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
  eth0: 72000000 7200000    0 720000    0     0          0         0 14400000 144000    0    0    0     0       0          0
  eth1: 72000000 7200000    0      7    0     0          0         0 14400000 144000    0    0    0     0       0          0
`;
const files = {
  'proc/net/dev': NET_DEV,
  'proc/stat': 'cpu  100000 0 100000 400000 20000 0 0 380000 0 0\ncpu0 100000 0 100000 400000 20000 0 0 380000 0 0\nctxt 7200000\nbtime 1772704800\n', // prettier-ignore
  'proc/diskstats': ' 254 0 vda 720000 0 1440000 7200000 720000 0 1440000 7200000 0 3600000 14400000 0 0 0 0\n',
};

test('a sosreport shows means since boot and marks them', async () => {
  const { text } = await shownOf(files);
  expect(text).toMatch(/Network interfaces ─+ 2 · since boot/);
  expect(text).toMatch(/eth0 .* 9\.8K +2\.0K +1\.0k +20 +0 +◆100/);
  expect(text).toMatch(/Disks ─+ 1 · since boot/);
  expect(text).toMatch(/vda +50% +100 +100/);
  expect(text).toMatch(/CPUs ─+ .*since boot/);
  expect(text).toMatch(/1\.0k switches\/s/);
  // Sections without a figure are not marked.
  expect(text).toMatch(/Interrupts ─+╮/);
  expect(text).toMatch(/Last minutes ─+ 0s, percent ─╮/);
});

test('rules judge means since boot and state what they are', async () => {
  const { found } = await shownOf(files);
  expect(found).toEqual([
    'crit steal: 38% of this guest’s CPU time, 20% busy, mean since boot',
    'warn eth0: 100 drops/s of 1.0k packets/s (9.8%), mean since boot',
  ]);
});

test('softnet drops since boot are a finding from a share of 0.5 %', async () => {
  const softnet = (dropped: string) => ({ 'proc/net/softnet_stat': `0000ffff ${dropped} 00000000 0 0 0 0 0 0 0 0 0 00000000\n` }); // prettier-ignore
  expect((await shownOf(softnet('00000003'))).found).toEqual([]);
  expect((await shownOf(softnet('00001000'))).found).toEqual(['warn softnet: 0.6 drops/s (5.9%) on cpu0, backlog full, mean since boot']); // prettier-ignore
});

test('a sosreport without an uptime has no rates', async () => {
  const { text, found } = await shownOf({ 'proc/net/dev': NET_DEV, 'sos_commands/host/uptime': '', 'sos_commands/date/date': '' }); // prettier-ignore
  expect(found).toEqual([]);
  expect(text).toMatch(/eth0 .*—.*—/);
});
