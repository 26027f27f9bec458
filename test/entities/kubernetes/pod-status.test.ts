import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { podStatus } from '../../../src/entities/kubernetes/pod-status.ts';
import { podOf, type Pod } from '../../../src/sources/kubernetes/objects.ts';
import { anyPod, printPod } from '../../helpers/pods.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../fixtures/kubernetes/${name}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
const pod = (value: unknown): Pod => {
  const made = podOf(value);
  if (!made) throw new Error('no pod');
  return made;
};

const MODERN = '../../hosts/kube-modern/talk/kubernetes/%252fetc%252fkubernetes_%253c_pods_here';
test.each([
  ['1.20', 'pods.jsonl', 'pods.table.txt', 18],
  // The first line is the state of the table.
  ['1.34', MODERN, 'pods-modern.table.txt', 22],
])('podStatus equals the table of kubectl when the cluster is %s', (_, pods, table, count) => {
  const computed = new Map(
    fixture(pods)
      .filter((line) => line.startsWith('{"metadata"'))
      .map((line) => {
        const one = pod(JSON.parse(line));
        const { status, ready, containers, restarts } = podStatus(one);
        return [`${one.namespace} ${one.name}`, `${ready}/${containers} ${status} ${restarts}`];
      }),
  );
  const printed = new Map(
    fixture(table)
      .slice(1)
      .map((line) => {
        const [namespace, name, ...rest] = line.split(' ');
        return [`${namespace} ${name}`, rest.join(' ')];
      }),
  );
  expect(printed.size).toBe(count);
  expect(computed).toEqual(printed);
});

test('podStatus equals the loop of kubectl when it gets 10 000 random pods', () => {
  fc.assert(
    fc.property(anyPod, (value) => {
      const { status, ready, containers, restarts } = podStatus(pod(value));
      expect({ status, ready: `${ready}/${containers}`, restarts }).toEqual(printPod(value));
    }),
    { numRuns: 10_000 },
  );
});

describe('podStatus of states without a lab pod', () => {
  const made = (status: object, spec: object = {}, metadata: object = {}) =>
    podStatus(
      pod({ metadata: { uid: 'u', name: 'p', ...metadata }, spec: { containers: [{ name: 'c' }], ...spec }, status }),
    );
  const ready = { name: 'c', ready: true, state: { running: {} } };

  test('podStatus counts a sidecar as a container when it has started', () => {
    const spec = { initContainers: [{ name: 's', restartPolicy: 'Always' }] };
    const sidecar = { name: 's', ready: true, started: true, restartCount: 2, state: { running: {} } };
    expect(made({ phase: 'Running', initContainerStatuses: [sidecar], containerStatuses: [ready] }, spec)).toEqual({
      status: 'Running',
      ready: 2,
      containers: 2,
      restarts: 2,
      restartedEpochSeconds: undefined,
    });
    const waits = { ...sidecar, started: false, ready: false };
    expect(made({ phase: 'Pending', initContainerStatuses: [waits] }, spec).status).toBe('Init:0/1');
  });

  test('podStatus names gates, lost nodes and deletion when a pod has them', () => {
    const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    const deleted = { deletionTimestamp: '2026-11-23T18:15:41Z' };
    expect(made({ phase: 'Pending', conditions: gated }).status).toBe('SchedulingGated');
    expect(made({ phase: 'Running', reason: 'NodeLost' }, {}, deleted).status).toBe('Unknown');
    expect(made({ phase: 'Running' }, {}, deleted).status).toBe('Terminating');
    expect(made({ phase: 'Failed' }, {}, deleted).status).toBe('Failed');
  });

  test('podStatus gives signal or exit code when a container ended without a reason', () => {
    const end = (terminated: object) =>
      made({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated } }] }).status;
    expect(end({ exitCode: 137, signal: 9 })).toBe('Signal:9');
    expect(end({ exitCode: 3 })).toBe('ExitCode:3');
  });

  test('podStatus is Running only when the pod is Ready and one of two containers is done', () => {
    const done = { name: 'd', state: { terminated: { exitCode: 0, reason: 'Completed' } } };
    const with2 = (status: string) =>
      made({ phase: 'Running', conditions: [{ type: 'Ready', status }], containerStatuses: [done, ready] }).status;
    expect(with2('True')).toBe('Running');
    expect(with2('False')).toBe('NotReady');
  });
});
