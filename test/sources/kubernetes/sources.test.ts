import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backOff, podTroubles } from '../../../src/entities/kubernetes/pod-trouble.ts';
import { podStatus } from '../../../src/entities/kubernetes/pod-status.ts';
import { kubeEventOf } from '../../../src/sources/kubernetes/events.ts';
import { kubeLocal } from '../../../src/sources/kubernetes/local.ts';
import { kubeNode } from '../../../src/sources/kubernetes/node.ts';
import { podOf } from '../../../src/sources/kubernetes/objects.ts';
import { kubeOwners } from '../../../src/sources/kubernetes/owners.ts';
import { kubePod } from '../../../src/sources/kubernetes/pod.ts';
import { quantityOf } from '../../../src/sources/kubernetes/quantity.ts';
import { kubeTable } from '../../../src/sources/kubernetes/table.ts';
import { anyPod } from '../../helpers/pods.ts';

test('quantityOf parses suffixes and exponents when a quantity has them', () => {
  const cases: readonly (readonly [unknown, number | undefined])[] = [
    ['250m', 0.25],
    ['2', 2],
    ['1.5', 1.5],
    ['64Mi', 64 * 2 ** 20],
    ['100M', 1e8],
    ['1e3', 1000],
    ['12E', 12e18],
    ['128974848', 128974848],
    ['', undefined],
    ['Mi', undefined],
    ['1 Gi', undefined],
    [null, undefined],
    ['9'.repeat(400), undefined],
  ];
  expect(cases.map(([text]) => [text, quantityOf(text)])).toEqual(cases);
});

describe('a table', () => {
  const head = '{"state":"live","node":"n","heardAt":5}';

  test('kubeTable keeps the row objects when rows did not change', () => {
    const parse = kubeTable((value) => value as { readonly n: number });
    const first = parse(`${head}\n{"n":1}\n{"n":2}`);
    const second = parse(`${head}\n{"n":1}\n{"n":3}`);
    expect(second?.rows).toEqual([{ n: 1 }, { n: 3 }]);
    expect(second?.rows[0]).toBe(first?.rows[0]);
    expect(parse(`${head}\n{"n":1}\n{"n":3}`)).toBe(second);
    expect(parse(undefined)).toBeUndefined();
  });

  test('kubeTable keeps only valid rows when it reads any text', () => {
    const parse = kubeTable(podOf);
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.json(),
            anyPod.map((pod) => JSON.stringify(pod)),
          ),
        ),
        (rows) => {
          for (const pod of parse([head, ...rows].join('\n'))?.rows ?? [])
            for (const { words } of podTroubles(pod, podStatus(pod), undefined, 1.8e9))
              expect(words).not.toMatch(/NaN|undefined/);
        },
      ),
    );
  });
});

test('kubeEventOf uses eventTime when an event of the scheduler has no count and times', () => {
  const event = kubeEventOf({
    metadata: { creationTimestamp: '2026-11-23T18:15:30Z' },
    reason: 'FailedScheduling',
    type: 'Warning',
    message: '0/1 nodes',
    firstTimestamp: null,
    eventTime: '2026-11-23T18:15:31.5Z',
    series: { count: 4, lastObservedTime: '2026-11-23T18:16:00Z' },
    reportingComponent: 'default-scheduler',
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'nofit' },
  });
  expect(event).toMatchObject({ count: 4, component: 'default-scheduler' });
  expect((event?.lastEpochSeconds ?? 0) - (event?.firstEpochSeconds ?? 0)).toBe(28.5);
});

test('backOff gives wait and next restart when a container is in CrashLoopBackOff', () => {
  const status = (message: string, finishedAt?: string) =>
    podOf({
      metadata: { uid: 'u', name: 'p' },
      status: {
        containerStatuses: [
          {
            name: 'c',
            state: { waiting: { reason: 'CrashLoopBackOff', message } },
            lastState: finishedAt === undefined ? {} : { terminated: { exitCode: 1, finishedAt } },
          },
        ],
      },
    })!.statuses[0]!;
  const ended = Date.UTC(2026, 10, 23, 18, 0, 0) / 1000;
  const at = '2026-11-23T18:00:00Z';
  expect(backOff(status('back-off 2m40s restarting failed container=c', at), ended + 100)).toBe(
    'back-off 2m40s, next restart in 1m00s',
  );
  expect(backOff(status('back-off 10s restarting failed container=c', at), ended + 12)).toBe(
    'back-off 10 s, restart due',
  );
  expect(backOff(status('back-off 5m0s restarting failed container=c'), ended)).toBe('back-off 5m00s');
  expect(backOff(status('no word of it', at), ended)).toBeUndefined();
});

test('kubePod lists mounts by kind and name when a pod has volumes', () => {
  const pod = JSON.stringify({
    metadata: { uid: 'u', name: 'p' },
    spec: {
      containers: [
        {
          name: 'c',
          volumeMounts: [
            { name: 's', mountPath: '/s', readOnly: true },
            { name: 'd', mountPath: '/d' },
            { name: 'gone', mountPath: '/g' },
          ],
        },
      ],
      volumes: [
        { name: 's', secret: { secretName: 'key' } },
        { name: 'd', persistentVolumeClaim: { claimName: 'data' } },
      ],
    },
  });
  const { mounts } = kubePod.parse({ pod, events: undefined }, { namespace: 'n', name: 'p' });
  expect(mounts.map(({ path, what, readOnly }) => [path, what, readOnly])).toEqual([
    ['/s', 'secret key', true],
    ['/d', 'persistentVolumeClaim data', false],
    ['/g', '', false],
  ]);
});

test('kubeNode has the lease, or the error when it is missing', () => {
  const node = {
    metadata: { name: 'n1' },
    spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule' }] },
    status: { allocatable: { cpu: '1900m', memory: '2Gi', pods: '110' } },
  };
  const sample = kubeNode.parse({ node: JSON.stringify({ now: 100, node, lease: { failed: 'denied' } }) });
  expect(sample.node).toMatchObject({ name: 'n1', unschedulable: true, allocatable: { cpus: 1.9 }, podsMax: 110 });
  expect(sample).toMatchObject({ leaseEpochSeconds: undefined, leaseFailed: 'denied' });
});

test('kubeLocal parses the state of the node when it has a kubelet', () => {
  const sample = kubeLocal.parse({
    local: JSON.stringify({
      now: 5,
      kubelet: { runs: true, healthz: 'ok', tookMs: 2 },
      pods: ['default_web_0dfadc56-149c-449a-b5c6-e7312d883d65', 'not-a-pod'],
      evictionHard: 'memory.available<100Mi,nodefs.available<10%',
      nodefs: { path: '/', bytes: 200, free: 50, inodes: 0, inodesFree: 0 },
      pidMax: '4194304',
      threads: null,
    }),
  });
  expect(sample.pods).toEqual([{ namespace: 'default', name: 'web', uid: '0dfadc56-149c-449a-b5c6-e7312d883d65' }]);
  expect([...(sample.evictionHard ?? [])]).toEqual([
    ['memory.available', '100Mi'],
    ['nodefs.available', '10%'],
  ]);
  expect(sample).toMatchObject({
    nodefs: { freePct: 25, inodesFreePct: undefined },
    pidMax: 4194304,
    threads: undefined,
  });
});

test('kubeOwners counts 0 when Go omits a number', () => {
  const { workloads, budgets } = kubeOwners.parse({
    owners: JSON.stringify({
      now: 1,
      Deployment: [{ metadata: { name: 'web' }, spec: { replicas: 3 }, status: {} }],
      DaemonSet: [{ metadata: { name: 'ds' }, status: { desiredNumberScheduled: 2, numberReady: 1 } }],
    }),
    pdbs: JSON.stringify([
      {
        metadata: { name: 'b' },
        status: { disruptionsAllowed: 0, expectedPods: 2, currentHealthy: 1, desiredHealthy: 1 },
      },
    ]),
  });
  expect(workloads?.map(({ name, ready, wanted }) => [name, ready, wanted])).toEqual([
    ['web', 0, 3],
    ['ds', 1, 2],
  ]);
  expect(budgets).toEqual([{ namespace: 'default', name: 'b', allowed: 0, healthy: 1, desired: 1, pods: 2 }]);
});
