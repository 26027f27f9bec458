import { expect, test } from 'vitest';
import { processLimits } from '../../../src/sources/processes/process-limits.ts';

test('processLimits parses uses of limits, unknown limits as such', () => {
  const table =
    'read 2 3\nfiles 812 1017 1024\nfiles 9 77 -\nlocked 900 60000 65536\nprocesses 1000 4096\nfiles x 1 2\n';
  expect(processLimits.parse({ table })).toEqual({
    known: 2,
    all: 3,
    files: [
      { pid: 812, used: 1017, limit: 1024 },
      { pid: 9, used: 77, limit: undefined },
    ],
    locked: [{ pid: 900, used: 60_000, limit: 65_536 }],
    processes: new Map([[1000, 4096]]),
  });
  expect(processLimits.parse({ table: undefined }).known).toBeUndefined();
});
