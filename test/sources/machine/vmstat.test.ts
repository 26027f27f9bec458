import { expect, test } from 'vitest';
import { vmstat } from '../../../src/sources/machine/vmstat.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('vmstat parses counters of a new kernel', async () => {
  const sample = await sampleOf(vmstat, 'numa-guest');
  expect(sample).toMatchObject({ swapOutPages: 0, oomKills: 0, allocStalls: 0, scanDirectPages: 0 });
  expect(sample.numaHintFaults).toBeGreaterThanOrEqual(sample.numaHintFaultsLocal ?? Infinity);
});

test('vmstat sums forms per zone, not other names with the same prefix', () => {
  const sample = vmstat.parse({
    text: 'pgscan_direct_dma 1\npgscan_direct_normal 5\npgscan_direct_throttle 99\nallocstall_movable 2\nallocstall_normal 3\nworkingset_refault_anon 4\nworkingset_refault_file 6\n',
  });
  expect(sample).toMatchObject({ scanDirectPages: 6, allocStalls: 5, refaultPages: 10, oomKills: undefined });
  expect(vmstat.parse({ text: 'pgscan_direct 7\npgscan_direct_throttle 99\n' }).scanDirectPages).toBe(7);
});
