import { describe, expect, test } from 'vitest';
import { kernelState, taintReasons } from '../../../src/sources/kernel/kernel-state.ts';

const NOTHING = { tainted: undefined, oopses: undefined, warnings: undefined, hungTasks: undefined, hungReports: undefined, crashLoaded: undefined, corePattern: undefined, patches: undefined }; // prettier-ignore

describe('kernelState', () => {
  test('kernelState parses counters, crash kernel and live patches', () => {
    expect(
      kernelState.parse({
        tainted: '4609\n',
        oopses: '1\n',
        warnings: '3\n',
        hungTasks: '431\n',
        hungReports: '0\n',
        crashLoaded: '1\n',
        corePattern: '|/usr/share/apport/apport %p\n',
        patches: new Map([
          ['/sys/kernel/livepatch/lp_1/enabled', '1\n'],
          ['/sys/kernel/livepatch/lp_2/enabled', '0\n'],
        ]),
      }),
    ).toEqual({
      taint: 4609,
      oopses: 1,
      warnings: 3,
      hungTasks: 431,
      hungReportsLeft: 0,
      crashDump: true,
      corePattern: '|/usr/share/apport/apport %p',
      patches: ['lp_1'],
    });
  });

  test('kernelState leaves undefined what an older kernel does not have, and a limit of -1', () => {
    expect(kernelState.parse(NOTHING)).toMatchObject({
      taint: undefined,
      oopses: undefined,
      crashDump: undefined,
      patches: [],
    });
    expect(kernelState.parse({ ...NOTHING, hungReports: '-1\n' }).hungReportsLeft).toBeUndefined();
  });
});

test('taintReasons names the bits of a taint', () => {
  expect(taintReasons(0)).toEqual([]);
  expect(taintReasons(4609)).toEqual(['proprietary module', 'kernel warning', 'out-of-tree module']);
  expect(taintReasons(2 ** 40)).toEqual([]);
});
