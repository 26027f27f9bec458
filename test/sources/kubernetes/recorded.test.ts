import { expect, test } from 'vitest';
import { kubeEvents } from '../../../src/sources/kubernetes/events.ts';
import { kubePods } from '../../../src/sources/kubernetes/pods.ts';
import { kubePulse } from '../../../src/sources/kubernetes/pulse.ts';
import { kubeRuntime } from '../../../src/sources/kubernetes/runtime.ts';
import { kubeVolumes } from '../../../src/sources/kubernetes/volumes.ts';
import { sampleOf } from '../../helpers/sample.ts';

/** Replies of Kubernetes in test/hosts, with the figures that stand in them. */

test('kubePods reads the pods of the node with conditions and container states', async () => {
  const { table } = await sampleOf(kubePods, 'kube-modern');
  expect(table).toMatchObject({ state: 'live', node: 'lab1', place: 'kubeadm', cut: false });
  expect(table?.rows.find(({ name }) => name === 'badcfg')).toMatchObject({
    namespace: 'default',
    uid: 'a9c035ef-9cbb-46c1-b10f-8a203406fc91',
    phase: 'Pending',
    qos: 'BestEffort',
    ip: '10.244.77.9',
    // 2026-11-28T00:04:32Z.
    createdEpochSeconds: Date.UTC(2026, 10, 28, 0, 4, 32) / 1000,
    statuses: [
      {
        name: 'c',
        ready: false,
        restarts: 0,
        waiting: { reason: 'CreateContainerConfigError', message: 'configmap "missing" not found' },
      },
    ],
  });
});

test('kubeEvents reads reason, count and times of an event with its object', async () => {
  const [first] = (await sampleOf(kubeEvents, 'kube-modern')).table?.rows ?? [];
  expect(first).toMatchObject({
    type: 'Warning',
    reason: 'MissingClusterDNS',
    count: 26,
    firstEpochSeconds: Date.UTC(2026, 10, 28, 0, 4, 33) / 1000,
    lastEpochSeconds: Date.UTC(2026, 10, 28, 0, 9, 36) / 1000,
    component: 'kubelet',
    host: 'lab1',
    object: { kind: 'Pod', namespace: 'default', name: 'badcfg', uid: 'a9c035ef-9cbb-46c1-b10f-8a203406fc91' },
  });
});

test('kubePulse reads health and round trip of kubelet and runtime', async () => {
  expect(await sampleOf(kubePulse, 'kube-node')).toMatchObject({
    nowEpochSeconds: 1_795_457_822,
    kubeletRuns: true,
    healthz: 'ok',
    healthzMs: 1.9,
    runtimeHealth: 'ok',
    runtimeMs: 2.1,
  });
});

test('kubeRuntime reads health of the runtime, and containers of crictl when they are listed', async () => {
  expect(await sampleOf(kubeRuntime, 'kube-modern')).toMatchObject({
    endpoint: '/run/containerd/containerd.sock',
    health: 'ok',
    containers: undefined,
  });
  const row = { id: 'a'.repeat(64), uid: 'u-1', namespace: 'default', pod: 'crash', name: 'c', state: 'exited', attempt: 4, createdAt: '2026-11-28T00:04:32Z', exitCode: 3, reason: 'Error' }; // prettier-ignore
  const { containers } = kubeRuntime.parse({
    runtime: JSON.stringify({ by: 'crictl', rows: [row, { id: 'no pod' }] }),
  });
  expect(containers).toMatchObject([{ pod: 'crash', name: 'c', state: 'exited', attempt: 4, exitCode: 3, createdEpochSeconds: Date.UTC(2026, 10, 28, 0, 4, 32) / 1000 }]); // prettier-ignore
});

test('kubeVolumes reads a mount with the disk behind it, none on a node without volumes', async () => {
  expect((await sampleOf(kubeVolumes, 'kube-modern')).volumes).toEqual([]);
  const volume = { uid: 'u-1', plugin: 'csi', name: 'pvc-1', fs: 'ext4', source: '/dev/rbd0', driver: 'rbd.csi.ceph.com', handle: '0001', device: 'rbd0', disk: 'rbd0' }; // prettier-ignore
  expect(kubeVolumes.parse({ volumes: JSON.stringify({ volumes: [volume, { uid: 'no plugin' }] }) }).volumes).toEqual([volume]); // prettier-ignore
});
