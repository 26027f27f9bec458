import { expect, test } from 'vitest';
import { cephLogFaults } from '../../src/findings/ceph/log-faults.ts';
import { foundOn } from '../helpers/found-on.ts';

const line = (clock: string, text: string) => ({
  '/var/log/ceph/ceph.log': `2026-01-01T${clock}.000+0000 mon.a (mon.0) 85 : cluster [WRN] ${text}\n`,
});
const MARKED_DOWN = 'Monitor daemon marked osd.1 down, but it is still running';

// The host's clock is 12:00:00.
test.each([
  ['finds a present fault when its last line is 5 s old', '11:59:55', undefined],
  ['finds a past fault when what repeats its lines is silent for 40 s', '11:59:20', 40],
])('logFaults %s', async (_, clock, ageSeconds) => {
  const [found] = await foundOn(cephLogFaults, 'ceph-calm', [line(clock, MARKED_DOWN)]);
  expect(found).toMatchObject({ subject: 'osd.1', severity: 'warn' });
  expect(found?.past?.ageSeconds).toBe(ageSeconds);
});
