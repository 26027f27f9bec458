import { expect, test } from 'vitest';
import { delayRates, delaysSection } from '../../../src/panes/processes/detail-delays.ts';
import { processDelays } from '../../../src/sources/processes/delays.ts';
import { makeTheme } from '../../../src/theme.ts';
import { missing } from '../../../src/host/host.ts';
import { stateOfDetail } from '../../../src/timeline/reading-state.ts';

const theme = makeTheme({ colour: false, ascii: false });
const sample = (blockIoNs: number, uptime: number, on = '1') =>
  processDelays.parse(
    {
      stats: JSON.stringify({
        version: 14,
        delays: {
          runQueue: { count: 10, ns: 5e6 },
          blockIo: { count: 4, ns: blockIoNs },
          thrashing: { count: 0, ns: 0 },
        },
      }),
      switch: `${on}\n`,
      uptime: `${uptime} 1\n`,
    },
    { pid: 1 },
  );
const drawn = (...args: Parameters<typeof delaysSection>) => delaysSection(...args).draw(120, 20, theme);
const read = stateOfDetail({}, {});

test('delays have totals, means and the share of the last interval', () => {
  const rates = delayRates();
  rates(sample(1e9, 100));
  const rows = rates(sample(2.5e9, 102));
  expect(rows?.find(({ kind }) => kind === 'blockIo')).toEqual({ kind: 'blockIo', count: 4, seconds: 2.5, pct: 75 });
  expect(drawn(rows, true, read)).toEqual([
    'run queue       5.0ms in     10  mean   0.5ms  now   0.0% of a thread',
    'block I/O        2.5s in      4  mean   625ms  now    75% of a thread',
    'thrashing       0.0ms in      0  mean       —  now   0.0% of a thread',
  ]);
});

test('delays that a kernel does not count are named, never shown as 0', () => {
  const rates = delayRates();
  const lines = drawn(rates(processDelays.parse({ stats: '{"delays":{"runQueue":{"count":1,"ns":1},"blockIo":{"count":0,"ns":0}}}', switch: '0\n', uptime: undefined }, { pid: 1 })), false, read); // prettier-ignore
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toContain('block I/O ');
  expect(lines[1]).toContain('kernel.task_delayacct is 0');
  const denied = stateOfDetail(undefined, { stats: missing('denied', 'netlink: errno 1') }, 'stats');
  expect(drawn(undefined, undefined, denied)[0]).toContain('not readable');
});

test('delays of a process that started before the kernel counted are named, never shown as 0', () => {
  const never = processDelays.parse({ stats: '{"delays":{"runQueue":{"count":1,"ns":1},"blockIo":{"count":0,"ns":0}}}', switch: '1\n', uptime: '1 1\n' }, { pid: 1 }); // prettier-ignore
  const lines = drawn(delayRates()(never), true, read);
  expect(lines).toHaveLength(2);
  expect(lines.join('\n')).not.toContain('block I/O');
  expect(lines[1]).toContain('Only the run queue was counted');
});

test('delays that the kernel stopped counting keep their totals and have no share', () => {
  const rates = delayRates();
  rates(sample(1e9, 100));
  expect(rates(sample(1e9, 102, '0'))?.map(({ kind, pct }) => [kind, pct])).toEqual([
    ['runQueue', 0],
    ['blockIo', undefined],
    ['thrashing', undefined],
  ]);
  // Counted again for a part of the time.
  expect(rates(sample(2e9, 104))?.find(({ kind }) => kind === 'blockIo')?.pct).toBeUndefined();
  expect(rates(sample(2e9, 106))?.find(({ kind }) => kind === 'blockIo')?.pct).toBe(0);
});
