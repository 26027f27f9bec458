import { describe, expect, test } from 'vitest';
import { cpuSaturated } from '../../../src/findings/machine/cpu-saturated.ts';
import { cpuSteal } from '../../../src/findings/machine/cpu-steal.ts';
import { hugePagesLopsided } from '../../../src/findings/machine/huge-pages-lopsided.ts';
import { numaNodeBusy } from '../../../src/findings/machine/numa-node-busy.ts';
import { numaNodeFull } from '../../../src/findings/machine/numa-node-full.ts';
import { numaBalancingThrash } from '../../../src/findings/machine/numa-balancing-thrash.ts';
import { numaMiss } from '../../../src/findings/machine/numa-miss.ts';
import { zoneReclaim } from '../../../src/findings/machine/zone-reclaim.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { eight, hintFaults, missed, NODES, NO_ALLOCATIONS, nodeMeminfo, stat, zoneReclaimMode } from './changes.ts';

const REAL = ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied'];

test.each([cpuSaturated, cpuSteal, numaNodeBusy, numaNodeFull, numaBalancingThrash, numaMiss, zoneReclaim])(
  '$id finds nothing on healthy hosts',
  async (rule) => {
    for (const host of REAL) expect(await foundOn(rule, host)).toEqual([]);
  },
);

describe('cpu-saturated', () => {
  interface Now {
    readonly load: number;
    readonly busyPct: number;
    readonly running?: number;
    readonly blocked?: number;
    readonly waitedPct?: number;
    readonly ioPct?: number;
  }
  const on = ({ load, busyPct, running = 1, blocked = 0, waitedPct = 0, ioPct = 0 }: Now) => {
    const psi = (seconds: number, pct = waitedPct) =>
      `some avg10=0.00 avg60=90.00 avg300=90.00 total=${seconds * pct * 10_000}\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n`;
    const looks = [0, 30].map((seconds) => ({
      ...stat(seconds, eight(busyPct), 0, blocked, running),
      '/proc/loadavg': `${load} ${load} 1.00 3/200 4711\n`,
      '/proc/pressure/cpu': psi(seconds),
      '/proc/pressure/io': psi(seconds, ioPct),
    }));
    return foundOn(cpuSaturated, 'numa-guest', looks);
  };

  test('cpu-saturated reports the current run queue at any load average', async () => {
    expect(await on({ load: 24, busyPct: 97, running: 15, waitedPct: 90 })).toEqual([]);
    const [found] = await on({ load: 4, busyPct: 97, running: 24, waitedPct: 90 });
    expect(found).toMatchObject({ severity: 'warn', subject: 'run queue', pane: 'hardware' });
    expect(found?.sentence).toBe('3.0 runnable tasks per CPU, CPUs 97% busy, PSI cpu some 90%');
  });

  test('cpu-saturated finds nothing while the load average decays after the load', async () => {
    expect(await on({ load: 28, busyPct: 49, running: 3 })).toEqual([]);
    // avg60 is still 90 %, the total no longer grows.
    expect(await on({ load: 28, busyPct: 49, running: 24 })).toEqual([]);
  });

  test('cpu-saturated reports the CPU and not blocked tasks when PSI knows of no I/O stalls', async () => {
    const now = { load: 24, busyPct: 97, running: 24, blocked: 22, waitedPct: 90 };
    expect((await on(now)).map(({ subject }) => subject)).toEqual(['run queue']);
    expect(await on({ load: 24, busyPct: 5, blocked: 22 })).toEqual([]);
  });

  test('cpu-saturated counts blocked tasks, without an unproven cause, when PSI has I/O stalls', async () => {
    const [found, ...rest] = await on({ load: 24, busyPct: 5, blocked: 22, ioPct: 80 });
    expect(rest).toEqual([]);
    expect(found?.sentence).toBe('22 blocked tasks on 8 CPUs (5.0% busy), PSI io some 80%');
    expect(found).toMatchObject({ subject: 'D state', pane: 'processes' });
  });

  test('cpu-saturated warns on recorded hosts with more runnable tasks than CPUs', async () => {
    for (const host of ['container-host', 'ovs-calm'])
      expect(await foundOn(cpuSaturated, host, [{}, {}], 10)).toMatchObject([{ subject: 'run queue' }]);
  });
});

test('cpu-steal ranks by the share of steal', async () => {
  const on = (stealPct: number) =>
    foundOn(cpuSteal, 'cloud-vm', [stat(0, eight(40), stealPct), stat(30, eight(40), stealPct)]);
  expect(await on(8)).toEqual([]);
  expect(await on(12)).toMatchObject([{ severity: 'warn', subject: 'steal' }]);
});

test('numa-node-busy is silent when all nodes are saturated or none is', async () => {
  const on = (busyPct: readonly number[]) => foundOn(numaNodeBusy, 'numa-guest', [stat(0, busyPct), stat(30, busyPct)]);
  expect(await on(eight(96))).toEqual([]);
  expect(await on([80, 80, 1, 1, 1, 1, 1, 1])).toEqual([]);
});

test('numa-node-full warns when one node is nearly full, silent when it is full of page cache', async () => {
  const on = (freeKiB: number, fileKiB: number) => foundOn(numaNodeFull, 'numa-guest', [nodeMeminfo(freeKiB, fileKiB)]);
  expect(await on(10_000, 200_000)).toEqual([]);
  expect(await on(10_000, 30_000)).toMatchObject([{ severity: 'warn', subject: 'node1' }]);
});

test('numa-miss ranks by the share of allocations', async () => {
  const on = (pages: number) => foundOn(numaMiss, 'numa-guest', [NO_ALLOCATIONS, missed(pages)]);
  expect(await on(200)).toEqual([]);
  expect((await on(600))[0]?.severity).toBe('warn');
});

test('numa-balancing-thrash is silent when few pages migrate or hint faults are local', async () => {
  const on = (local: number, moved: number) =>
    foundOn(numaBalancingThrash, 'numa-guest', [hintFaults(0, 0, 0), hintFaults(100_000, local, moved)]);
  expect(await on(50_000, 20_000)).toEqual([]);
  expect(await on(90_000, 60_000)).toEqual([]);
});

test('huge-pages-lopsided informs of the guest, and finds nothing when all nodes have or lack them', async () => {
  const [found] = await foundOn(hugePagesLopsided, 'numa-guest');
  expect(found).toMatchObject({ severity: 'info', subject: 'node3' });
  expect(found?.sentence).toBe('0 of 16 huge pages of 2.0 MiB free, 48 free on other nodes');
  for (const host of ['cloud-vm', 'bare-kernel', 'denied']) expect(await foundOn(hugePagesLopsided, host)).toEqual([]);
  const used = Object.fromEntries(
    [0, 1, 2, 3].map((node) => [`${NODES}/node${node}/hugepages/hugepages-2048kB/free_hugepages`, '0\n']),
  );
  expect(await foundOn(hugePagesLopsided, 'numa-guest', [used])).toEqual([]);
});

test('zone-reclaim is silent when there is one node', async () => {
  expect(await foundOn(zoneReclaim, 'cloud-vm', [zoneReclaimMode(1)])).toEqual([]);
});
