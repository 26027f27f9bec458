import { expect, test } from 'vitest';
import { intervalMs, MAX_DEPTH, MAX_STACKS } from '../../src/stacks/profile.ts';
import { pauseMs } from '../../src/stacks/sample-pace.ts';
import { MAX_NODES, stackTree, type StackNode } from '../../src/stacks/stack-tree.ts';
import { targetEffect } from '../../src/stacks/target-effect.ts';
import { novaProfile, novaStacks, profileOf } from '../helpers/stacks.ts';

const find = (node: StackNode, name: string): StackNode | undefined =>
  node.name === name ? node : node.children.map((child) => find(child, name)).find((found) => found !== undefined);

test('ProfileBuilder counts equal stacks of all readings once', () => {
  const profile = novaProfile();
  expect(profile).toMatchObject({ readings: 40, samples: 280, threads: 7, costUs: 160_000, stoppedReadings: 0 });
  const [most] = profile.stacks;
  expect(most).toMatchObject({ state: 'events', samples: 160, threads: ['tpool 1203', 'tpool 1204', 'tpool 1205'] });
  expect(profile.stacks.reduce((sum, { samples }) => sum + samples, 0)).toBe(profile.samples);
  expect(intervalMs(profile)).toBe(250);
  expect(intervalMs(profileOf([novaStacks()]))).toBeUndefined();
});

test('ProfileBuilder counts the readings in which a thread is stopped', () => {
  const [first, ...others] = novaStacks().stacks;
  if (!first) throw new Error('no stack');
  const stopped = { ...novaStacks(), stacks: [{ ...first, state: 't' }, ...others] };
  expect(profileOf([novaStacks(), stopped, stopped]).stoppedReadings).toBe(2);
});

test('stackTree separates what is on a CPU from what waits, and adds up', () => {
  const tree = stackTree(novaProfile());
  expect(tree.total).toBe(280);
  expect(tree.children.map(({ name, total }) => [name, total])).toEqual([
    ['on CPU', 30],
    ['disk I/O, off CPU', 40],
    ['lock, off CPU', 40],
    ['idle, off CPU', 170],
  ]);
  // Three lines of one function are one node without a line.
  expect(find(tree, '_get_guest_xml')).toMatchObject({ total: 30, self: 30, place: 'driver.py' });
  expect(find(tree, 'spawn')?.place).toBe('driver.py:4501');
  expect(find(tree, 'virMutexLock')?.place).toBe('libvirt.so.0');
});

test('stackTree keeps the keys of its nodes while samples are added', () => {
  const [few, many] = [stackTree(profileOf([novaStacks(0), novaStacks(1)])), stackTree(novaProfile())];
  expect(find(few, 'virMutexLock')?.key).toBe(find(many, 'virMutexLock')?.key);
  expect(find(few, 'main')?.key).not.toBe(find(few, 'spawn')?.key);
});

test('profile of 5 000 threads with deep and hostile stacks is bounded', () => {
  const stacks = Array.from({ length: 5000 }, (_, thread) => ({
    tid: thread + 1,
    name: `\u001B[31m${thread}`,
    state: 'S',
    frames: Array.from({ length: thread === 0 ? 5000 : 8 }, (__, depth) => ({
      kind: 'native' as const,
      name: `f${thread}_${depth}${'x'.repeat(thread === 1 ? 10_000 : 0)}`,
    })),
  }));
  const readings = Array.from({ length: 6 }, (_, at) => ({
    ...novaStacks(at),
    stacks: stacks.map((stack) => ({
      ...stack,
      frames: [{ kind: 'native' as const, name: `leaf${at}` }, ...stack.frames],
    })),
  }));
  const profile = profileOf(readings);
  expect(profile.samples).toBe(30_000);
  expect(profile.stacks.length).toBeLessThanOrEqual(MAX_STACKS + 1);
  expect(profile.stacks.reduce((sum, { samples }) => sum + samples, 0)).toBe(30_000);
  expect(Math.max(...profile.stacks.map(({ frames }) => frames.length))).toBeLessThanOrEqual(MAX_DEPTH);
  const tree = stackTree(profile);
  const sizes = { nodes: 0, name: 0 };
  const visit = (node: StackNode) => {
    sizes.nodes++;
    sizes.name = Math.max(sizes.name, node.name.length);
    node.children.forEach(visit);
  };
  visit(tree);
  expect(sizes.nodes).toBeLessThanOrEqual(MAX_NODES + 1);
  expect(sizes.name).toBeLessThanOrEqual(240);
  expect(tree.total).toBe(30_000);
});

test('pauseMs keeps the mean cost within the budget, and the rate below its limit', () => {
  // 10 ms of CPU per reading at 2 %: every 500 ms.
  expect(pauseMs({ readings: 4, costUs: 40_000, tookMs: 30 }, 2, 0.5)).toBeCloseTo(470);
  expect(pauseMs({ readings: 4, costUs: 40, tookMs: 0 }, 2, 0.5)).toBe(50);
  expect(pauseMs({ readings: 4, costUs: 40, tookMs: 80 }, 2, 0.5)).toBe(0);
});

test('targetEffect adds up the threads that were there both times', () => {
  const before = [
    { tid: 1, cpuSeconds: 10, delaySeconds: 1 },
    { tid: 2, cpuSeconds: 5, delaySeconds: 1 },
  ];
  const after = [
    { tid: 1, cpuSeconds: 19.5, delaySeconds: 1.25 },
    { tid: 3, cpuSeconds: 99, delaySeconds: 9 },
  ];
  expect(targetEffect(before, after, 10)).toEqual({ seconds: 10, cpuSeconds: 9.5, delaySeconds: 0.25 });
});
