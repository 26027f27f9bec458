import { expect, test } from 'vitest';
import { delayAccounting, processDelays } from '../../../src/sources/processes/delays.ts';

test('delayAccounting distinguishes off from a kernel without the switch', () => {
  expect(delayAccounting.parse({ switch: '0\n' })).toEqual({ on: false });
  expect(delayAccounting.parse({ switch: '1\n' })).toEqual({ on: true });
  expect(delayAccounting.parse({ switch: undefined })).toEqual({ on: undefined });
});

test('processDelays is total', () => {
  for (const stats of [undefined, '', '{}', '[]', '{"delays":[1]}', '{"delays":{"blockIo":{"count":-1,"ns":"x"}}}'])
    expect(
      Object.keys(processDelays.parse({ stats, switch: undefined, uptime: undefined }, { pid: 1 }).delays ?? {}),
    ).toEqual([]);
});
