import { describe, expect, test } from 'vitest';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { kubeApiUnresponsive } from '../../../src/findings/kubernetes/api-unresponsive.ts';
import { kubeCertificate } from '../../../src/findings/kubernetes/certificate.ts';
import { kubeEvictionNear } from '../../../src/findings/kubernetes/eviction-near.ts';
import { kubeKubeletUnhealthy } from '../../../src/findings/kubernetes/kubelet-unhealthy.ts';
import { kubeNodeCondition } from '../../../src/findings/kubernetes/node-condition.ts';
import { kubePodTrouble } from '../../../src/findings/kubernetes/pod-trouble.ts';
import { kubeRolloutStuck } from '../../../src/findings/kubernetes/rollout-stuck.ts';
import { kubeUnscheduled } from '../../../src/findings/kubernetes/unscheduled.ts';
import { findingKey } from '../../../src/findings/finding-key.ts';
import { statement } from '../../../src/findings/statement.ts';
import { foundOn, type Changes } from '../../helpers/found-on.ts';
import { ask, at, DISK_PRESSURE, FINE, local, node, NODEFS, NOW, PODS, READY, table } from './changes.ts';

/** Findings on a machine without other faults, read twice. */
const found = (rule: AnyFinding, first: Changes, second: Changes = first) =>
  foundOn(rule, 'cloud-vm', [
    { ...FINE, ...first },
    { ...FINE, ...second },
  ]);
const sentencesOf = async (...all: Parameters<typeof found>) =>
  (await found(...all)).map(({ subject, sentence }) => statement({ subject, sentence }));

const all = [
  kubeApiUnresponsive,
  kubeCertificate,
  kubeEvictionNear,
  kubeKubeletUnhealthy,
  kubeNodeCondition,
  kubePodTrouble,
  kubeRolloutStuck,
  kubeUnscheduled,
];

test.each(all)('$id reports nothing when Kubernetes is not present, and when all is healthy', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied', 'container-host'])
    expect(await foundOn(rule, host)).toEqual([]);
  expect(await found(rule, {})).toEqual([]);
});

test('kubePodTrouble reports each kind of problem once, with its cause', async () => {
  const sentences = (await found(kubePodTrouble, ask('pods here', table(PODS)))).map(
    ({ subject, sentence, severity }) => `${severity} ${statement({ subject, sentence })}`,
  );
  expect(sentences.toSorted()).toEqual([
    expect.stringMatching(/^crit default\/badcfg: CreateContainerConfigError, configmap "missing" not found$/),
    expect.stringMatching(
      /^crit default\/inite: Init:CrashLoopBackOff, i2: exit 7 45 s ago, and 1 more: default\/crash$/,
    ),
    expect.stringMatching(/^crit default\/notready: Running, not Ready for 1m\d\ds$/),
    expect.stringMatching(/^crit default\/oom-once: OOMKilled \(137\) 1m\d\ds ago$/),
    expect.stringMatching(/^crit default\/oom: /),
    expect.stringMatching(/^crit default\/pull: ImagePullBackOff, Back-off pulling image/),
    expect.stringMatching(/^warn default\/initw: Init:0\/1, Pending for 1m32s$/),
    expect.stringMatching(/^warn default\/term: Terminating for 1m21s, finalizers lab\/hold$/),
  ]);
});

test('kubePodTrouble reports a past OOM kill apart from a present one, which leads', async () => {
  const rows = PODS.filter((row) => /"name":"oom(?:-once)?","namespace"/.test(row));
  expect(rows).toHaveLength(2);
  for (const order of [rows, rows.toReversed()]) {
    const all = await found(kubePodTrouble, ask('pods here', table(order)));
    expect(all.map(({ subject, past, condition }) => [subject, past !== undefined, condition])).toEqual([
      ['default/oom', false, 'oom'],
      ['default/oom-once', true, 'oom-past'],
    ]);
  }
});

test('kubePodTrouble keeps its key when another pod leads', async () => {
  const keysOf = async (rows: readonly string[]) =>
    (await found(kubePodTrouble, ask('pods here', table(rows)))).map((one) =>
      findingKey({ ...one, rule: kubePodTrouble.id }),
    );
  const crashing = PODS.filter((row) => /"name":"(?:inite|crash)","namespace"/.test(row));
  expect(crashing).toHaveLength(2);
  expect(await keysOf(crashing)).toEqual(['kube-pod-unhealthy/crash node:lab1']);
  expect(await keysOf(crashing.toReversed())).toEqual(await keysOf(crashing));
  const [both, one] = [crashing, crashing.slice(1)].map(async (rows) =>
    (await found(kubePodTrouble, ask('pods here', table(rows)))).map(({ members }) => members?.map(({ id }) => id)),
  );
  expect(await both).toEqual([['default/inite', 'default/crash']]);
  expect(await one).toEqual([['default/crash']]);
});

describe('kubeApiUnresponsive', () => {
  test('finds nothing when the node cannot be asked and the pod table is lost', async () => {
    const [one] = await found(
      kubeApiUnresponsive,
      {},
      {
        ...ask('node', undefined),
        ...ask(
          'pods here',
          table(PODS, {
            state: 'lost',
            lostSince: NOW - 20,
            said: 'The connection to the server 10.0.0.1:6443 was refused',
          }),
        ),
      },
    );
    // A read that is absent means a host without Kubernetes: its table must not count as current.
    expect(one).toBeUndefined();
  });
});

test('kubeKubeletUnhealthy reports a kubelet that is not running or without lease renewals', async () => {
  const gone = local({ kubelet: { runs: false, healthz: 'ConnectionRefusedError: [Errno 111]', tookMs: 1 } });
  expect(await sentencesOf(kubeKubeletUnhealthy, {}, ask('local', gone))).toEqual([
    'kubelet: not running, pods keep running without starts, probes and status',
  ]);
  expect(await sentencesOf(kubeKubeletUnhealthy, ask('node', node([READY], 65)))).toEqual([
    'kubelet: lease of node lab1 not renewed for 1m05s, local /healthz: ok',
  ]);
});

test('kubeNodeCondition reports each bad condition with its age when the API server has one', async () => {
  const conditions = [
    DISK_PRESSURE,
    { type: 'MemoryPressure', status: 'False' },
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: at(90),
    },
  ];
  expect((await sentencesOf(kubeNodeCondition, ask('node', node(conditions)))).toSorted()).toEqual([
    'DiskPressure: True on node lab1 for 30 s, kubelet has disk pressure',
    'Ready: Unknown on node lab1 for 1m30s, Kubelet stopped posting node status.',
  ]);
});

test('kubeCertificate names the certificate that expires first when several are due', async () => {
  const certs = [
    { path: '/etc/kubernetes/pki/apiserver.crt', ends: NOW + 3600 * 30 },
    { path: '/etc/kubernetes/pki/ca.crt', ends: NOW + 3600 * 24 * 3000 },
    { path: '/var/lib/kubelet/pki/kubelet-client-current.pem', ends: NOW - 60 },
  ];
  const [one] = await found(kubeCertificate, ask('local', local({ certs })));
  expect(one?.severity).toBe('crit');
  expect(one?.subject).toBe('kubelet-client-current.pem');
  expect(one?.sentence).toBe('certificate expired 1m00s ago, 1 more within 7 d');
});

test('kubeEvictionNear uses the thresholds of the kubelet when it has some', async () => {
  const evictionHard = { 'nodefs.available': '5%' };
  expect(await sentencesOf(kubeEvictionNear, ask('local', local({ nodefs: NODEFS, evictionHard })))).toEqual([]);
});

test('kubeUnscheduled reports the pod and its cause when the scheduler has found no node', async () => {
  const event = {
    metadata: { uid: 'e', creationTimestamp: at(100) },
    type: 'Warning',
    reason: 'FailedScheduling',
    message: '0/1 nodes are available: 1 Insufficient cpu.',
    eventTime: at(100),
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'nofit' },
  };
  expect(await sentencesOf(kubeUnscheduled, ask('events', table([JSON.stringify(event)])))).toEqual([
    'default/nofit: Unschedulable, 0/1 nodes are available: 1 Insufficient cpu.',
  ]);
});
