import { expect, test } from 'vitest';
import { cpuStat, cpuUse } from '../../../src/sources/machine/cpu-stat.ts';
import { sampleOf } from '../../helpers/sample.ts';

test('cpuStat parses ticks of each CPU and the totals', async () => {
  const sample = await sampleOf(cpuStat, 'numa-guest');
  expect(sample.cpus.size).toBe(8);
  expect(sample.cpus.get(7)).toEqual({
    user: 2317,
    nice: 0,
    system: 737,
    idle: 10_548,
    iowait: 25,
    irq: 0,
    softirq: 10,
    steal: 0,
  });
  expect(sample).toMatchObject({ contextSwitches: 37_909, interrupts: 89_447, forks: 637, runningTasks: 5 });
});

test('cpuUse finds the busy CPU of the guest', async () => {
  const [before, now] = [await sampleOf(cpuStat, 'numa-guest', 0), await sampleOf(cpuStat, 'numa-guest', 1)];
  const busy = [...now.cpus.keys()].map((cpu) => cpuUse(now.cpus.get(cpu), before.cpus.get(cpu))?.busyPct ?? 0);
  expect(busy.indexOf(Math.max(...busy))).toBe(7);
  expect(busy[7]).toBeGreaterThan(95);
});

test('cpuUse has no steal when the kernel has no such field', async () => {
  const { all } = await sampleOf(cpuStat, 'bare-kernel');
  expect(all?.steal).toBeUndefined();
  const use = cpuUse(cpuStat.parse({ text: 'cpu 10 0 10 180' }).all, cpuStat.parse({ text: 'cpu 0 0 0 100' }).all);
  expect(use).toMatchObject({ busyPct: 20, userPct: 10, stealPct: undefined, iowaitPct: undefined });
});

test('cpuUse counts 0 when a counter runs backwards, undefined when no time passed', () => {
  const of = (text: string) => cpuStat.parse({ text }).all;
  expect(cpuUse(of('cpu 100 0 0 50 9 0 0 0'), of('cpu 0 0 0 60 10 0 0 0'))).toMatchObject({
    busyPct: 100,
    iowaitPct: 0,
  });
  expect(cpuUse(of('cpu 1 2 3 4'), of('cpu 1 2 3 4'))).toBeUndefined();
  expect(cpuUse(of('cpu 1 2 3 4'), undefined)).toBeUndefined();
});
