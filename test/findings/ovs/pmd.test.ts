import { describe, expect, test } from 'vitest';
import { couldShare, pmdLoads, type PmdMoment } from '../../../src/entities/ovs/pmd.ts';
import { ovsPmd } from '../../../src/findings/ovs/pmd.ts';
import { ovsPane } from '../../../src/panes/ovs/pane.ts';
import { foundOn } from '../../helpers/found-on.ts';
import { hostMoments } from '../../helpers/hosts.ts';
import { momentOf } from '../../helpers/moments.ts';

const moment = async () => momentOf(ovsPane.needs, hostMoments('ovs-pmd'));
/** Recording with other cycles in its last sample: the given increase of each thread since the first. */
function worked(one: PmdMoment, added: readonly (readonly [busy: number, idle: number])[]): PmdMoment {
  const { now, before } = one.ovsSwitch;
  const pmds = now!.pmds.map((pmd) => {
    const [busy, idle] = added[pmd.core ?? -1] ?? [0, 0];
    const old = before!.pmds.find(({ name }) => name === pmd.name)!;
    return { ...pmd, busyCycles: (old.busyCycles ?? 0) + busy, idleCycles: (old.idleCycles ?? 0) + idle };
  });
  return { ...one, ovsSwitch: { ...one.ovsSwitch, now: { ...now!, pmds } } };
}
const judge = (one: PmdMoment) => {
  const entry = (sample: unknown, at: number) => ({ sample, at, wallMs: at * 1000, missing: {}, tookMs: 1 });
  const whole = (name: 'ovsSwitch' | 'ovsThreads') => ({
    ...one[name],
    history: [entry(one[name].before, 100), entry(one[name].now, 116)],
  });
  return ovsPmd.judge({
    ...one,
    ovsSwitch: whole('ovsSwitch'),
    ovsThreads: whole('ovsThreads'),
  } as unknown as Parameters<typeof ovsPmd.judge>[0]);
};

describe('pmdLoads of a recorded switch', () => {
  test('pmdLoads gives load, rx queues and cache hits of each thread', async () => {
    const [first, second, main] = pmdLoads(await moment());
    expect(first).toMatchObject({ pmd: { name: 'numa 0 core 0' }, cachePct: 100, missPct: 0, lostPerSec: 0 });
    expect(first?.loadPct).toBeCloseTo(78.2, 0);
    expect(first?.queues.map(({ port, queue, isolated }) => [port, queue, isolated])).toEqual([
      ['pm0', 0, false],
      ['pm1', 1, false],
    ]);
    expect(second).toMatchObject({ pmd: { name: 'numa 0 core 1' }, loadPct: 0, packetsPerSec: 0 });
    expect(main?.pmd.name).toBe('main thread');
    // The threads polled without sleep on a machine with many runnable tasks.
    expect(first?.delayPct).toBeGreaterThan(20);
  });

  test('pmdLoads weighs the load by CPU time when pmd-sleep-max is set', async () => {
    const one = await moment();
    const settings = new Map([...one.ovsDb.now!.settings, ['pmd-sleep-max', '500']]);
    const [first] = pmdLoads({ ...one, ovsDb: { now: { ...one.ovsDb.now!, settings } } });
    expect(first?.loadPct).toBeCloseTo((first!.busyPct! * first!.cpuPct!) / 100, 5);
  });
});

describe('ovs-pmd', () => {
  test('ovs-pmd stands when other tasks run on the CPU of a thread', async () => {
    const found = await foundOn(ovsPmd, 'ovs-pmd', [{}, {}], 16);
    expect(found.map(({ subject }) => subject)).toEqual(['numa 0 core 0 CPU', 'numa 0 core 1 CPU']);
    expect(found[0]?.sentence).toMatch(/^PMD waits \d\d% of the time, other tasks run on CPU 0$/);
  });

  test('ovs-pmd names the thread of the node that could share the load', async () => {
    const busy = worked(await moment(), [
      [97e8, 3e8],
      [10e8, 90e8],
    ]);
    expect(couldShare(pmdLoads(busy)[0]!, pmdLoads(busy))?.pmd.core).toBe(1);
    expect(judge(busy).find(({ subject }) => subject === 'numa 0 core 0')).toMatchObject({
      severity: 'warn',
      sentence: expect.stringMatching(/^PMD load 97%, \S+ packets\/s; numa 0 core 1 has 10%$/) as string,
    });
  });

  test('couldShare finds no thread when loads are alike or queues are pinned', async () => {
    const alike = worked(await moment(), [
      [97e8, 3e8],
      [80e8, 20e8],
    ]);
    expect(judge(alike).find(({ subject }) => subject === 'numa 0 core 0')?.sentence).toMatch(/packets\/s$/);
    const busy = worked(await moment(), [
      [97e8, 3e8],
      [0, 100e8],
    ]);
    const [first, ...others] = pmdLoads(busy);
    const pinned = { ...first!, queues: first!.queues.map((queue) => ({ ...queue, isolated: true })) };
    expect(couldShare(pinned, [pinned, ...others])).toBeUndefined();
  });

  test('ovs-pmd finds nothing when the main thread forwards or without a switch', async () => {
    for (const host of ['ovs-calm', 'ovs-faults', 'cloud-vm']) expect(await foundOn(ovsPmd, host)).toEqual([]);
  });
});
