import { describe, expect, test } from 'vitest';
import { compactionFailing } from '../../../src/findings/machine/compaction-failing.ts';
import { majorFaults } from '../../../src/findings/machine/major-faults.ts';
import { memoryFragmented } from '../../../src/findings/machine/memory-fragmented.ts';
import { memoryPoisoned } from '../../../src/findings/machine/memory-poisoned.ts';
import { memoryShort } from '../../../src/findings/machine/memory-short.ts';
import { RecordLog, recordsOfDmesg } from '../../../src/host/protocols/kernel/record-log.ts';
import { oomKills } from '../../../src/findings/machine/oom-kills.ts';
import { pressure } from '../../../src/findings/machine/pressure.ts';
import { swapping } from '../../../src/findings/machine/swapping.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { buddyinfo, corruptedMemory, meminfo, psi, swapOut, vmstat } from './changes.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([compactionFailing, majorFaults, memoryFragmented, memoryPoisoned, memoryShort, pressure, swapping])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

describe('pressure', () => {
  const on = (changes: Record<string, string>) => foundOn(pressure, 'numa-guest', [changes]);

  test('pressure reports full before some, one of them per resource', async () => {
    const found = await on({ '/proc/pressure/memory': psi('full', 31.4, 12) });
    expect(found).toHaveLength(1);
    expect(await on({ '/proc/pressure/memory': psi('some', 20, 12) })).toMatchObject([{ severity: 'warn' }]);
  });

  test('pressure finds nothing when a burst is young or over', async () => {
    expect(await on({ '/proc/pressure/memory': psi('full', 40, 0.5) })).toEqual([]);
    expect(await on({ '/proc/pressure/memory': psi('full', 0.2, 30) })).toEqual([]);
  });

  test('pressure finds nothing when the totals do not grow, at any average', async () => {
    const stall = (total: number) => ({
      '/proc/pressure/memory': `some avg10=30.00 avg60=60.00 avg300=0.00 total=${total}\nfull avg10=30.00 avg60=60.00 avg300=0.00 total=${total}\n`,
    });
    expect(await foundOn(pressure, 'numa-guest', [stall(9), stall(9)])).toEqual([]);
    expect(await foundOn(pressure, 'numa-guest', [stall(9), stall(9_000_009)])).toMatchObject([{ severity: 'crit' }]);
  });

  test('pressure judges each resource separately', async () => {
    const found = await on({ '/proc/pressure/io': psi('full', 15, 12), '/proc/pressure/irq': psi('full', 9, 9) });
    expect(found.map(({ subject, severity }) => `${subject} ${severity}`)).toEqual(['io warn', 'irq warn']);
  });
});

describe('memory-short', () => {
  const on = async (availableKiB: number, hugetlbKiB?: number) =>
    (await foundOn(memoryShort, 'numa-guest', [meminfo(availableKiB, hugetlbKiB)]))[0];

  test('memory-short ranks by MemAvailable', async () => {
    expect(await on(101_000)).toBeUndefined();
    expect((await on(99_000))?.severity).toBe('warn');
    expect((await on(29_000))?.severity).toBe('crit');
  });

  test('memory-short does not name huge pages when they take half of memory', async () => {
    expect((await on(20_000, 500_000))?.sentence).not.toContain('huge');
  });
});

describe('rates between two readings', () => {
  test('swapping counts swap-out of now, not swap in use', async () => {
    const on = (out: number) => foundOn(swapping, 'numa-guest', [swapOut(5000), swapOut(5000 + out)]);
    expect(await on(0)).toEqual([]);
    expect(await on(29)).toEqual([]);
    expect(await on(31)).toMatchObject([{ severity: 'warn', subject: 'swap' }]);
    // After swapoff the window still has what was swapped out before.
    expect(await foundOn(swapping, 'numa-guest', [swapOut(5000), swapOut(9000, 0)])).toEqual([]);
  });

  test('major-faults is silent when the rate is below its limit', async () => {
    const looks = [vmstat({ pgmajfault: 7 }), vmstat({ pgmajfault: 14_007 })];
    expect(await foundOn(majorFaults, 'numa-guest', looks)).toEqual([]);
  });

  test('compaction-failing informs when it failed before', async () => {
    const on = (success: number, fail: number, before: number) =>
      foundOn(compactionFailing, 'numa-guest', [
        vmstat({ compact_success: success, compact_fail: before }),
        vmstat({ compact_success: success, compact_fail: fail }),
      ]);
    expect(await on(9000, 9000, 9000)).toEqual([]);
    expect(await on(20_000, 1000, 1000)).toEqual([]);
    expect(await on(20_000, 5000, 5000)).toMatchObject([{ severity: 'info' }]);
    // Few of many fail now: the share since boot is history.
    const rare = await foundOn(compactionFailing, 'numa-guest', [
      vmstat({ compact_success: 20_000, compact_fail: 5000 }),
      vmstat({ compact_success: 21_000, compact_fail: 5001 }),
    ]);
    expect(rare).toMatchObject([{ severity: 'info', past: { ageSeconds: undefined } }]);
  });
});

describe('oom-kills', () => {
  test('oom-kills counts kills between two readings of the NUMA guest', async () => {
    const [found] = await foundOn(oomKills, 'numa-guest');
    expect(found).toMatchObject({ severity: 'crit', subject: 'oom' });
    expect(found?.sentence).toBe('2 OOM kills in 30 s, last 0 s ago');
    expect(found?.past).toBeUndefined();
  });

  test('oom-kills informs of kills before the first reading, and finds nothing without kills', async () => {
    const vmstat = { '/proc/vmstat': 'oom_kill 3\n' };
    expect(await foundOn(oomKills, 'cloud-vm', [vmstat, vmstat])).toMatchObject([
      { severity: 'info', sentence: '3 OOM kills since boot, none in the last 30 s', past: { ageSeconds: undefined } },
    ]);
    for (const host of ['cloud-vm', 'bare-kernel', 'denied']) expect(await foundOn(oomKills, host)).toEqual([]);
  });
});

describe('oom-kills in a unit', () => {
  const GROUPS = '/sys/fs/cgroup/system.slice';
  const look = (all: number, unit: number | undefined, slice: number) => ({
    '/proc/vmstat': `oom_kill ${all}\n`,
    [`${GROUPS}/memory.events`]: `low 0\noom_kill ${slice}\n`,
    ...(unit !== undefined && {
      [`${GROUPS}/foo.service/memory.events`]: `low 0\nhigh 0\nmax 9\noom 1\noom_kill ${unit}\n`,
      [`${GROUPS}/foo.service/memory.max`]: '33554432\n',
    }),
  });

  test('oom-kills sinks to a past event and states when, where and at which limit', async () => {
    const looks = [look(4, 0, 0), look(5, 1, 1), look(5, 1, 1), look(5, 1, 1), look(5, 1, 1)];
    expect(await foundOn(oomKills, 'cloud-vm', looks, 64)).toMatchObject([
      {
        severity: 'crit',
        sentence: '1 OOM kill 3m12s ago, in system.slice/foo.service, limit 32 MiB',
        past: { ageSeconds: 192 },
      },
    ]);
  });

  test('oom-kills falls back on the slice when the unit went away uncounted', async () => {
    const looks = [look(4, 0, 0), look(5, undefined, 1)];
    expect((await foundOn(oomKills, 'cloud-vm', looks, 10))[0]?.sentence).toBe('1 OOM kill 0 s ago, in system.slice');
  });

  const summary = (group: string) =>
    `oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=${group},task_memcg=${group},task=python3,pid=4242,uid=0`;
  const logged = (at: number, text: string) => ({
    '/dev/kmsg < records': new RecordLog().add(recordsOfDmesg(`<6>[${at.toFixed(6)}] ${text}`)).text(),
  });

  test.each([
    ['the unit went away with its counter', 1005, '/system.slice/lab-hog.service', '1 OOM kill 0 s ago, in lab-hog.service: python3'],
    ['the group is in another slice', 1005, '/user.slice/a.scope', '1 OOM kill 0 s ago, in system.slice'],
    ['the line is of a kill before', 900, '/system.slice/lab-hog.service', '1 OOM kill 0 s ago, in system.slice'],
  ])('oom-kills takes unit and victim of the kernel log when %s: %s', async (_, at, group, sentence) => {
    const looks = [look(4, 0, 0), { ...look(5, undefined, 1), ...logged(at, summary(group)) }];
    const [found] = await foundOn(oomKills, 'cloud-vm', looks, 10);
    expect(found?.sentence).toBe(sentence);
    expect(found?.evidence.some(({ value }) => value === 'python3[4242]')).toBe(sentence.endsWith('python3'));
  }); // prettier-ignore
});

test('memory-fragmented is silent when a node has one large block', async () => {
  expect(await foundOn(memoryFragmented, 'numa-guest', [buddyinfo(1)])).toEqual([]);
});

test('memory-poisoned is silent when HardwareCorrupted is 0', async () => {
  expect(await foundOn(memoryPoisoned, 'cloud-vm', [corruptedMemory(0)])).toEqual([]);
});
