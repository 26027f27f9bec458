import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diskHung } from '../../../src/findings/machine/disk-hung.ts';
import { diskSaturated } from '../../../src/findings/machine/disk-saturated.ts';
import { diskSlow } from '../../../src/findings/machine/disk-slow.ts';
import { diskState } from '../../../src/findings/machine/disk-state.ts';
import { median, outlierAbove } from '../../../src/lib/outlier.ts';
import { raidDegraded } from '../../../src/findings/machine/raid-degraded.ts';
import { foundOn, type Changes } from '../../helpers/found-on.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([diskHung, diskSaturated, diskSlow, diskState, raidDegraded])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

interface Done {
  readonly reads: number;
  readonly ms: number;
  readonly inFlight?: number;
  readonly busyMs?: number;
  readonly queueMs?: number;
}
/** Counters of each disk since boot. */
const done = (disks: Readonly<Record<string, Done>>, rotational: '0' | '1' = '0'): Changes => ({
  '/proc/diskstats': Object.entries(disks)
    .map(
      ([name, { reads, ms, inFlight = 0, busyMs = ms, queueMs = ms }]) =>
        ` 8 0 ${name} ${reads} 0 ${reads * 8} ${ms} 0 0 0 0 ${inFlight} ${busyMs} ${queueMs} 0 0 0 0 0 0\n`,
    )
    .join(''),
  ...Object.fromEntries(Object.keys(disks).map((name) => [`/sys/block/${name}/size`, '2000'])),
  ...Object.fromEntries(Object.keys(disks).map((name) => [`/sys/block/${name}/queue/rotational`, rotational])),
});
const NOTHING: Done = { reads: 1, ms: 0 };

describe('disk-slow', () => {
  const four = (sdd: Done) => ({
    sda: { reads: 3001, ms: 1500 },
    sdb: { reads: 3001, ms: 1800 },
    sdc: { reads: 3001, ms: 1200 },
    sdd,
  });
  const before = done({ sda: NOTHING, sdb: NOTHING, sdc: NOTHING, sdd: NOTHING });

  test('disk-slow names the outlier with the median of its peers', async () => {
    const found = await foundOn(diskSlow, 'numa-guest', [before, done(four({ reads: 3001, ms: 60_000 }))]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ severity: 'warn', subject: 'sdd' });
    expect(found[0]?.sentence).toBe('await 20ms at 100 IOPS, 3 peers 0.5ms (median)');
  });

  test('disk-slow finds nothing when all peers are as slow', async () => {
    const slow = { reads: 3001, ms: 60_000 };
    const all = done({ sda: slow, sdb: slow, sdc: slow, sdd: slow });
    expect(await foundOn(diskSlow, 'numa-guest', [before, all])).toEqual([]);
  });

  test('disk-slow judges a disk without peers by the limits of its kind', async () => {
    const at = async (ms: number, rotational: '0' | '1') =>
      (
        await foundOn(diskSlow, 'numa-guest', [
          done({ sda: NOTHING }, rotational),
          done({ sda: { reads: 101, ms } }, rotational),
        ])
      )[0]?.severity;
    expect(await at(2000, '0')).toBeUndefined();
    expect(await at(12_000, '0')).toBe('crit');
    expect(await at(12_000, '1')).toBeUndefined();
    expect(await at(21_000, '1')).toBe('crit');
  });

  test('disk-slow finds nothing when there are few requests or the window is short', async () => {
    const slow = (reads: number) => [done({ sda: NOTHING }), done({ sda: { reads: reads + 1, ms: reads * 900 } })];
    expect(await foundOn(diskSlow, 'numa-guest', slow(9))).toEqual([]);
    expect(await foundOn(diskSlow, 'numa-guest', slow(10))).toHaveLength(1);
    expect(await foundOn(diskSlow, 'numa-guest', slow(10), 1)).toEqual([]);
  });

  test('disk-slow finds nothing when one bad second averages out over 30 s', async () => {
    const looks = [NOTHING, { reads: 5001, ms: 5000 }, { reads: 5021, ms: 9000 }].map((sda) => done({ sda }));
    expect(await foundOn(diskSlow, 'numa-guest', looks.slice(1), 10)).toHaveLength(1);
    expect(await foundOn(diskSlow, 'numa-guest', looks, 10)).toEqual([]);
  });
});

describe('disk-saturated', () => {
  const after = (busyMs: number, queueMs: number) => ({ sda: { reads: 9001, ms: queueMs, busyMs, queueMs } });

  test('disk-saturated warns of a long queue, and of %util alone when the disk rotates', async () => {
    const at = async (busyMs: number, queueMs: number, rotational: '0' | '1') =>
      (
        await foundOn(diskSaturated, 'numa-guest', [
          done({ sda: NOTHING }, rotational),
          done(after(busyMs, queueMs), rotational),
        ])
      )[0];
    expect(await at(20_000, 20_000, '1')).toBeUndefined();
    expect(await at(29_000, 29_000, '0')).toMatchObject({ severity: 'info' });
    expect(await at(29_000, 29_000, '1')).toMatchObject({ severity: 'warn' });
    const queued = await at(29_700, 900_000, '0');
    expect(queued).toMatchObject({ severity: 'warn', subject: 'sda' });
    expect(queued?.sentence).toBe('%util 99%, aqu-sz 30.0, await 100ms');
  });

  test('disk-saturated reports a disk once when devices are stacked on it', async () => {
    const stacked = (load: Done) => done({ sda: load, 'dm-0': load, md0: load });
    const found = await foundOn(diskSaturated, 'numa-guest', [
      stacked(NOTHING),
      stacked({ reads: 9001, ms: 900_000, busyMs: 30_000 }),
    ]);
    expect(found.map(({ subject }) => subject)).toEqual(['sda']);
  });
});

describe('disk-hung', () => {
  const stuck = (reads: number) => done({ nvme0n1: { reads, ms: 10, inFlight: 3 } });

  test('disk-hung is critical when requests are in flight and none completes', async () => {
    const [found] = await foundOn(diskHung, 'numa-guest', [stuck(50), stuck(70), stuck(70), stuck(70)], 8);
    expect(found).toMatchObject({ severity: 'crit', subject: 'nvme0n1' });
    expect(found?.sentence).toBe('no completions for 16 s, 3 in flight');
  });

  test('disk-hung finds nothing when one request completes or none is in flight', async () => {
    expect(await foundOn(diskHung, 'numa-guest', [stuck(70), stuck(70), stuck(71)], 8)).toEqual([]);
    const idle = done({ nvme0n1: { reads: 70, ms: 10 } });
    expect(await foundOn(diskHung, 'numa-guest', [idle, idle, idle], 8)).toEqual([]);
    expect(await foundOn(diskHung, 'numa-guest', [stuck(70), idle, stuck(70)], 8)).toEqual([]);
  });
});

test('disk-state is critical when the kernel took a disk offline', async () => {
  const state = (text: string) => [{ '/sys/block/sdq/size': '100', '/sys/block/sdq/device/state': text }];
  expect(await foundOn(diskState, 'numa-guest', state('running\n'))).toEqual([]);
  const [found] = await foundOn(diskState, 'numa-guest', state('offline\n'));
  expect(found).toMatchObject({ severity: 'crit', subject: 'sdq', sentence: 'offline' });
});

describe('raid-degraded', () => {
  const mdstat = (text: string) =>
    foundOn(raidDegraded, 'cloud-vm', [{ '/proc/mdstat': `Personalities : [raid1]\n${text}` }]);

  test('raid-degraded is critical when a disk is missing, also during recovery', async () => {
    const [found] = await mdstat(
      'md0 : active raid1 sdb1[2] sda1[0]\n      104 blocks super 1.2 [2/1] [U_]\n      [=>...]  recovery =  8.5% (8/104) finish=1.0min speed=1K/sec\n',
    );
    expect(found).toMatchObject({ severity: 'crit', sentence: 'degraded, 1 of 2 disks active, recovery 8.5%' });
  });

  test('raid-degraded warns when a disk failed in a complete array or it is inactive', async () => {
    const spare = 'md0 : active raid1 sdc1[2] sdb1[1](F) sda1[0]\n      104 blocks super 1.2 [2/2] [UU]\n';
    expect((await mdstat(spare))[0]).toMatchObject({
      severity: 'warn',
      sentence: 'complete, sdb1 failed',
    });
    expect((await mdstat('md127 : inactive sdb1[1](S)\n      104 blocks\n'))[0]).toMatchObject({ severity: 'warn' });
    expect(await mdstat('md0 : active raid1 sdb1[1] sda1[0]\n      104 blocks super 1.2 [2/2] [UU]\n')).toEqual([]);
  });
});

describe('outlier', () => {
  test('median and outlierAbove give the hand-computed results', () => {
    expect(median([])).toBeUndefined();
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(outlierAbove([1, 1, 2, 3, 3])).toEqual({ median: 2, limit: 2 + 3.5 * 1.4826 });
    expect(outlierAbove([])).toBeUndefined();
  });

  test('median has as many values on either side, and equal values have no spread', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1 }), (values) => {
        const middle = median(values) ?? Number.NaN;
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
        expect(outlierAbove(values.map(() => 7))).toEqual({ median: 7, limit: 7 });
      }),
    );
  });
});
