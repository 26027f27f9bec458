import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { diskHung } from '../../../src/findings/machine/disk-hung.ts';
import { diskSaturated } from '../../../src/findings/machine/disk-saturated.ts';
import { diskSlow } from '../../../src/findings/machine/disk-slow.ts';
import { diskState } from '../../../src/findings/machine/disk-state.ts';
import { median, outlierAbove } from '../../../src/lib/outlier.ts';
import { raidDegraded } from '../../../src/findings/machine/raid-degraded.ts';
import { foundOn } from '../../helpers/found-on.ts';
import {
  diskStateText,
  done,
  FOUR_BEFORE as before,
  mdstat as changed,
  NOTHING,
  stuckDisk as stuck,
  type Done,
} from './changes.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([diskHung, diskSaturated, diskSlow, diskState, raidDegraded])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

describe('disk-slow', () => {
  test('disk-slow is silent when all peers are as slow', async () => {
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

  test('disk-saturated warns of %util alone when the disk rotates', async () => {
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
  test('disk-hung is silent when one request completes or none is in flight', async () => {
    expect(await foundOn(diskHung, 'numa-guest', [stuck(70), stuck(70), stuck(71)], 8)).toEqual([]);
    const idle = done({ nvme0n1: { reads: 70, ms: 10 } });
    expect(await foundOn(diskHung, 'numa-guest', [idle, idle, idle], 8)).toEqual([]);
    expect(await foundOn(diskHung, 'numa-guest', [stuck(70), idle, stuck(70)], 8)).toEqual([]);
  });
});

describe('NVMe disks with several paths', () => {
  const busy = { reads: 9001, ms: 900_000, busyMs: 29_700, queueMs: 900_000 };
  const subjects = async (...names: readonly string[]) =>
    (
      await foundOn(diskSaturated, 'cloud-vm', [
        done(Object.fromEntries(names.map((name) => [name, NOTHING]))),
        done(Object.fromEntries(names.map((name) => [name, busy]))),
      ])
    ).map(({ subject }) => subject);

  test('disk-saturated reports the disk once when its paths count the same requests', async () => {
    expect(await subjects('nvme0n1', 'nvme0c0n1')).toEqual(['nvme0n1']);
  });

  test('disk-saturated reports the path when the disk itself counts none', async () => {
    expect(await subjects('nvme0c0n1')).toEqual(['nvme0c0n1']);
  });
});

test('disk-state is silent when a disk runs', async () => {
  expect(await foundOn(diskState, 'numa-guest', [diskStateText('running\n')])).toEqual([]);
});

describe('raid-degraded', () => {
  const mdstat = (text: string) => foundOn(raidDegraded, 'cloud-vm', [changed(text)]);

  test('raid-degraded warns when a disk failed in a complete array or it is inactive', async () => {
    const spare = 'md0 : active raid1 sdc1[2] sdb1[1](F) sda1[0]\n      104 blocks super 1.2 [2/2] [UU]\n';
    expect((await mdstat(spare))[0]).toMatchObject({
      severity: 'warn',
      sentence: 'complete, sdb1 failed',
    });
    expect((await mdstat('md127 : inactive sdb1[1](S)\n      104 blocks\n'))[0]).toMatchObject({ severity: 'warn' });
    expect(await mdstat('md127 : inactive sda[0](S)\n      6306 blocks super external:ddf\n')).toEqual([]);
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
