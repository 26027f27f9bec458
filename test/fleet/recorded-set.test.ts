import { join } from 'node:path';
import { expect, it } from 'vitest';
import { FleetSession } from '../../src/fleet/live/fleet-session.ts';
import { judgementOf } from '../../src/fleet/judgement.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { explainer, findings, sources } from '../../src/subsystems/index.ts';

/** Judgement of recorded hosts as a fleet, at the end of each. */
async function judged(...names: readonly string[]) {
  const fleet = new FleetSession({
    names,
    depth: 'record',
    open: async (name) => {
      const recording = await openRecording(join(import.meta.dirname, `../hosts/${name}.txtar`), sources, 'elsewhere');
      return ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs: Infinity });
    },
    explainer,
    nowMs: () => 0,
  });
  await fleet.start();
  fleet.judgeNow();
  const sample = fleet.sample();
  await fleet.stop();
  if (!sample) throw new Error('no rows');
  return { sample, judgement: judgementOf(sample) };
}

it('shows the cluster of two recordings of one Ceph cluster once', async () => {
  const { sample, judgement } = await judged('ceph-calm', 'ceph-slow-disk', 'cloud-vm');
  expect(judgement.clusters.map(({ kind }) => kind)).toEqual(['Ceph']);
  expect(judgement.clusters[0]?.hosts.length).toBeGreaterThan(0);
  const slow = sample.hosts.find(({ name }) => name === 'ceph-slow-disk');
  expect(slow?.slice?.findings.map(({ rule }) => rule)).toContain('ceph-osd-slow');
  expect(slow?.ties?.homes.some(({ entity }) => entity.kind === 'osd')).toBe(true);
});

it('names each cluster that a host of a cloud belongs to', async () => {
  const { judgement } = await judged('kube-modern', 'queues-host', 'ovn-no-leader');
  expect(judgement.clusters.map(({ kind, readFrom }) => `${kind} ${readFrom}`).toSorted()).toEqual([
    'Kubernetes kube-modern',
    'OVN ovn-no-leader',
    'RabbitMQ queues-host',
  ]);
});
