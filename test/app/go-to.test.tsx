import { expect, test } from 'vitest';
import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

/** Screen of 80x24 over a recorded host, with its findings. */
async function screenOf(host: string, tab?: string): Promise<TestScreen> {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const standing = judge(findings, (needs) => timeline.latestMoment(needs, nowMs)).map((one): StandingFinding => ({
    ...one,
    key: findingKey(one),
    sinceMs: nowMs,
    seenMs: nowMs,
  }));
  const session = Object.assign(new FakeSession(), { timeline, nowMs, standing });
  return open({ session, panes, columns: 80, rows: 24, ...(tab !== undefined && { tab }) });
}

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';

test('f walks from a guest to its bridge, and esc goes back row by row', async () => {
  const screen = await screenOf('kvm-host', 'kvm');
  await screen.press('/', 'l', 'a', 'b', '-', 'd', 'b', 'enter', 'f');
  expect(screen.text()).toContain('Go to: neighbours of lab-db');
  expect(screen.text()).toMatch(/served by libvirtd\[22944\] +Processes/);
  await screen.press('runs as', 'enter');
  expect(screen.line(1)).toContain('[3 Processes');
  expect(selected(screen)).toContain('23229');
  expect(screen.line(-1)).toMatch(/^ esc lab-db › qemu\[23229\] /);

  await screen.press('f');
  // The guest has a finding: it stands first, with its sentence.
  expect(screen.text()).toMatch(/▸ runs lab-db {2}▲ CRIT \d+% steal on vCPU .* KVM/);
  await screen.press('labtap1', 'enter');
  expect(screen.line(1)).toContain('[2 Hardware');
  expect(selected(screen)).toContain('labtap1');

  await screen.press('f', 'labbr0', 'enter');
  expect(selected(screen)).toContain('labbr0');
  expect(screen.line(-1)).toMatch(/^ esc lab-db › qemu\[23229\] › labtap1 › labbr0 /);
  // The keys that are always shown keep their place.
  expect(screen.line(-1)).toMatch(/\? help {2}q quit$/);

  await screen.press('esc');
  expect(selected(screen)).toContain('labtap1');
  await screen.press('esc');
  expect(selected(screen)).toContain('23229');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[4 KVM');
  expect(selected(screen)).toContain('lab-db');
  expect(screen.text()).toContain('/lab-db');
  expect(screen.line(-1)).not.toContain('›');
  await screen.quit();
});

test('f on an incident opens the row of its root', async () => {
  const screen = await screenOf('ceph-frozen-osd');
  expect(selected(screen)).toContain('osd.1');
  await screen.press('f');
  expect(screen.line(1)).toContain('Ceph');
  expect(selected(screen)).toMatch(/│▸ *1 /);
  expect(screen.line(-1)).toContain('esc Overview › osd.1');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.quit();
});

test('f on an incident about pods offers their rows, and opens the only one', async () => {
  const screen = await screenOf('kube-node');
  await screen.press('/', 'notready', 'enter', 'f');
  expect(screen.line(1)).toContain('[9 Kubernetes');
  expect(selected(screen)).toContain('notready');
  await screen.quit();
});

test('crumbs are cut at their start when they are longer than their share of the footer', async () => {
  const screen = await screenOf('kvm-host', 'kvm');
  await screen.press('/', 'instance-', 'enter', 'f', 'runs as', 'enter', 'f', 'tap77', 'enter', 'f', 'labbr0', 'enter');
  expect(screen.line(-1)).toMatch(/^ esc … › .*tap77c1dc00-af › labbr0 /);
  await screen.quit();
});

test('a tab chosen by its number ends the walk', async () => {
  const screen = await screenOf('kvm-host', 'kvm');
  await screen.press('f', 'runs as', 'enter');
  expect(screen.line(-1)).toContain('›');
  await screen.press('4');
  expect(screen.line(-1)).not.toContain('›');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[4 KVM');
  await screen.quit();
});

test('f lists no object without a row when it is only a member of a finding', async () => {
  const screen = await screenOf('container-host', 'containers');
  await screen.press('/', 'lab-leak', 'enter', 'f');
  expect(screen.text()).toMatch(/▸ runs as sh\[31908\] +Processes/);
  expect(screen.text()).toMatch(/served by docker +Containers/);
  expect(screen.text()).not.toContain('/docker/');
  await screen.quit();
});
