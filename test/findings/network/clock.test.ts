import { expect, test } from 'vitest';
import { clockSkew } from '../../../src/findings/network/clock.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { clockReply } from './faults.ts';

test('clockSkew is silent where the round trip is as long as the difference', async () => {
  // A laptop that slept for 190 s after the request was sent.
  const slept = clockReply(95, { sentMs: 1_000_000, gotMs: 1_190_000, realtime: 1000 });
  expect(await foundOn(clockSkew, 'cloud-vm', [slept])).toEqual([]);
  const awake = clockReply(95, { sentMs: 1_000_000, gotMs: 1_000_020, realtime: 1095 });
  expect(await foundOn(clockSkew, 'cloud-vm', [awake])).toMatchObject([{ severity: 'crit' }]);
});
