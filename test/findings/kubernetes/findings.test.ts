import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AnyFinding } from '../../../src/findings/finding.ts';
import { kubeApiSilent } from '../../../src/findings/kubernetes/api-unresponsive.ts';
import { kubeCertificate } from '../../../src/findings/kubernetes/certificate.ts';
import { kubeEvictionNear } from '../../../src/findings/kubernetes/eviction-near.ts';
import { kubeKubeletUnwell } from '../../../src/findings/kubernetes/kubelet-unwell.ts';
import { kubeNodeCondition } from '../../../src/findings/kubernetes/node-condition.ts';
import { kubePodTrouble } from '../../../src/findings/kubernetes/pod-trouble.ts';
import { kubeRolloutStuck } from '../../../src/findings/kubernetes/rollout-stuck.ts';
import { kubeUnscheduled } from '../../../src/findings/kubernetes/unscheduled.ts';
import { foundOn, type Changes } from '../../helpers/found-on.ts';

const NOW = Date.UTC(2026, 10, 23, 18, 17, 2) / 1000;
const at = (secondsAgo: number) => new Date((NOW - secondsAgo) * 1000).toISOString();
/** The host's clock: boot time and the 30 s between two looks that begin at 1000 s. */
const CLOCK = { '/proc/stat': `cpu  9 0 9 99 0 0 0 0 0 0\nbtime ${NOW - 1030}\n` };
const head = (more: object = {}) =>
  JSON.stringify({
    node: 'lab1',
    place: 'kubeadm',
    config: '/etc/kubernetes/admin.conf',
    state: 'live',
    heardAt: NOW - 3,
    ...more,
  });
const table = (rows: readonly string[], more: object = {}) => [head(more), ...rows].join('\n');
const PODS = readFileSync(new URL('../../fixtures/kubernetes/pods.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

const ask = (what: string, answer: unknown): Changes => ({
  [`/etc/kubernetes < ${what}`]: answer === undefined || typeof answer === 'string' ? answer : JSON.stringify(answer),
});
const node = (conditions: readonly object[], leaseAgo = 4) => ({
  now: NOW,
  node: { metadata: { name: 'lab1' }, status: { conditions, allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } },
  lease: { spec: { renewTime: at(leaseAgo) } },
});
const local = (more: object) => ({
  now: NOW,
  node: 'lab1',
  kubelet: { runs: true, healthz: 'ok', tookMs: 1 },
  ...more,
});
const READY = { type: 'Ready', status: 'True' };
const FINE: Changes = {
  ...CLOCK,
  ...ask('pods here', table([])),
  ...ask('node', node([READY])),
  ...ask('local', local({})),
  ...ask('events', table([])),
  ...ask('owners', { now: NOW, Deployment: [] }),
};

/** On a machine that is all well otherwise, looked at twice. */
const found = (rule: AnyFinding, first: Changes, second: Changes = first) =>
  foundOn(rule, 'cloud-vm', [
    { ...FINE, ...first },
    { ...FINE, ...second },
  ]);
const said = async (...all: Parameters<typeof found>) => (await found(...all)).map(({ sentence }) => sentence);

const all = [
  kubeApiSilent,
  kubeCertificate,
  kubeEvictionNear,
  kubeKubeletUnwell,
  kubeNodeCondition,
  kubePodTrouble,
  kubeRolloutStuck,
  kubeUnscheduled,
];

test.each(all)('$id is silent where there is no Kubernetes, and where all is well', async (rule) => {
  for (const host of ['cloud-vm', 'numa-guest', 'bare-kernel', 'denied', 'container-host'])
    expect(await foundOn(rule, host)).toEqual([]);
  expect(await found(rule, {})).toEqual([]);
});

test('each kind of trouble once, with why', async () => {
  const sentences = (await found(kubePodTrouble, ask('pods here', table(PODS)))).map(
    ({ sentence, severity }) => `${severity} ${sentence}`,
  );
  expect(sentences.toSorted()).toEqual([
    expect.stringMatching(
      /^crit 2 pods are killed at their memory limits: default\/oom-once \(OOMKilled \(137\).* ago\), default\/oom \(OOMKilled \(137\)/,
    ),
    expect.stringMatching(/^crit 2 pods end and are started again: .*default\/crash \(exit 3 \d+s ago/),
    expect.stringMatching(
      /^crit pod default\/badcfg cannot be made as it is described: configmap "missing" not found$/,
    ),
    expect.stringMatching(/^crit pod default\/notready runs and is not ready: not ready for 1m\d\d$/),
    expect.stringMatching(/^crit pod default\/pull does not get its image: Back-off pulling image/),
    expect.stringMatching(/^warn pod default\/initw does not start: does not start for 1m32$/),
    expect.stringMatching(
      /^warn pod default\/term should be gone and is not: should be gone for 1m21, held by lab\/hold$/,
    ),
  ]);
});

describe('the API server', () => {
  test('is refused: since when, and what is old', async () => {
    const [one] = await found(
      kubeApiSilent,
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
    // The test's absent is that of a host without Kubernetes: the table must not be taken for well.
    expect(one).toBeUndefined();
    const [lost] = await said(kubeApiSilent, {
      ...ask('node', { now: NOW }),
      ...ask('pods here', table(PODS, { state: 'lost', lostSince: NOW - 20, said: 'connection refused' })),
    });
    expect(lost).toMatch(/^the API server does not answer: /);
  });
});

test('the kubelet: gone, unwell, silent for the cluster', async () => {
  const gone = local({ kubelet: { runs: false, healthz: 'ConnectionRefusedError: [Errno 111]', tookMs: 1 } });
  expect(await said(kubeKubeletUnwell, {}, ask('local', gone))).toEqual([expect.stringContaining('does not run')]);
  const hung = local({ kubelet: { runs: true, healthz: 'TimeoutError: timed out', tookMs: 2000 } });
  expect(await said(kubeKubeletUnwell, ask('local', hung))).toEqual([
    'the kubelet of this node is not well: TimeoutError: timed out',
  ]);
  expect(await said(kubeKubeletUnwell, ask('node', node([READY], 65)))).toEqual([
    'the kubelet of lab1 gave no sign for 1m05, though it answers here',
  ]);
});

test('conditions of the node', async () => {
  const conditions = [
    {
      type: 'DiskPressure',
      status: 'True',
      reason: 'KubeletHasDiskPressure',
      message: 'kubelet has disk pressure',
      lastTransitionTime: at(30),
    },
    { type: 'MemoryPressure', status: 'False' },
    {
      type: 'Ready',
      status: 'Unknown',
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      lastTransitionTime: at(90),
    },
  ];
  expect((await said(kubeNodeCondition, ask('node', node(conditions)))).toSorted()).toEqual([
    'node lab1 is silent for the cluster for 1m30: Kubelet stopped posting node status.',
    'node lab1 is under DiskPressure for 30s: kubelet has disk pressure',
  ]);
});

test('certificates, the soonest first', async () => {
  const certs = [
    { path: '/etc/kubernetes/pki/apiserver.crt', ends: NOW + 3600 * 30 },
    { path: '/etc/kubernetes/pki/ca.crt', ends: NOW + 3600 * 24 * 3000 },
    { path: '/var/lib/kubelet/pki/kubelet-client-current.pem', ends: NOW - 60 },
  ];
  const [one] = await found(kubeCertificate, ask('local', local({ certs })));
  expect(one?.severity).toBe('crit');
  expect(one?.sentence).toBe(
    'certificate /var/lib/kubelet/pki/kubelet-client-current.pem ended 1m00 ago, 1 more soon or already',
  );
});

test('near eviction: by its own lines where it has some', async () => {
  const nodefs = { path: '/var/lib/kubelet', bytes: 1000, free: 120, inodes: 100, inodesFree: 90 };
  expect(await said(kubeEvictionNear, ask('local', local({ nodefs })))).toEqual([
    'nodefs.available (/var/lib/kubelet) is 12%: below 10% the kubelet evicts pods',
  ]);
  const evictionHard = { 'nodefs.available': '5%' };
  expect(await said(kubeEvictionNear, ask('local', local({ nodefs, evictionHard })))).toEqual([]);
});

test('rollouts and the scheduler', async () => {
  const stuck = {
    metadata: { name: 'web', namespace: 'shop', creationTimestamp: at(2000) },
    spec: { replicas: 3 },
    status: {
      conditions: [
        { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out' },
      ],
    },
  };
  const fine = {
    metadata: { name: 'ok', creationTimestamp: at(2000) },
    spec: { replicas: 1 },
    status: { readyReplicas: 1 },
  };
  expect(await said(kubeRolloutStuck, ask('owners', { now: NOW, Deployment: [stuck, fine] }))).toEqual([
    'a rollout does not get on: Deployment shop/web (ProgressDeadlineExceeded: has timed out)',
  ]);
  const event = {
    metadata: { uid: 'e', creationTimestamp: at(100) },
    type: 'Warning',
    reason: 'FailedScheduling',
    message: '0/1 nodes are available: 1 Insufficient cpu.',
    eventTime: at(100),
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'nofit' },
  };
  expect(await said(kubeUnscheduled, ask('events', table([JSON.stringify(event)])))).toEqual([
    'pod default/nofit finds no node: 0/1 nodes are available: 1 Insufficient cpu.',
  ]);
});
