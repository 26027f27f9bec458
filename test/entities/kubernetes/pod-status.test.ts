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
  // What the session on the host said of it first is no pod.
  ['1.34', MODERN, 'pods-modern.table.txt', 22],
])('what kubectl printed of a real cluster of %s, of every pod in it', (_, pods, table, count) => {
  const ours = new Map(
    fixture(pods)
      .filter((line) => line.startsWith('{"metadata"'))
      .map((line) => {
        const one = pod(JSON.parse(line));
        const { status, ready, containers, restarts } = podStatus(one);
        return [`${one.namespace} ${one.name}`, `${ready}/${containers} ${status} ${restarts}`];
      }),
  );
  const theirs = new Map(
    fixture(table)
      .slice(1)
      .map((line) => {
        const [namespace, name, ...rest] = line.split(' ');
        return [`${namespace} ${name}`, rest.join(' ')];
      }),
  );
  expect(theirs.size).toBe(count);
  expect(ours).toEqual(theirs);
});

test("as kubectl's own loop, of 10 000 pods in any state", () => {
  fc.assert(
    fc.property(anyPod, (value) => {
      const { status, ready, containers, restarts } = podStatus(pod(value));
      expect({ status, ready: `${ready}/${containers}`, restarts }).toEqual(printPod(value));
    }),
    { numRuns: 10_000 },
  );
});

describe('what the lab has no pod for', () => {
  const made = (status: object, spec: object = {}, metadata: object = {}) =>
    podStatus(
      pod({ metadata: { uid: 'u', name: 'p', ...metadata }, spec: { containers: [{ name: 'c' }], ...spec }, status }),
    );
  const ready = { name: 'c', ready: true, state: { running: {} } };

  test('a sidecar counts as a container once it has started', () => {
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

  test('gates, lost nodes, deleted pods', () => {
    const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }];
    const deleted = { deletionTimestamp: '2026-11-23T18:15:41Z' };
    expect(made({ phase: 'Pending', conditions: gated }).status).toBe('SchedulingGated');
    expect(made({ phase: 'Running', reason: 'NodeLost' }, {}, deleted).status).toBe('Unknown');
    expect(made({ phase: 'Running' }, {}, deleted).status).toBe('Terminating');
    expect(made({ phase: 'Failed' }, {}, deleted).status).toBe('Failed');
  });

  test('ended without a reason: by its signal, else its exit code', () => {
    const end = (terminated: object) =>
      made({ phase: 'Failed', containerStatuses: [{ name: 'c', state: { terminated } }] }).status;
    expect(end({ exitCode: 137, signal: 9 })).toBe('Signal:9');
    expect(end({ exitCode: 3 })).toBe('ExitCode:3');
  });

  test('one of two is done: running only while the pod is ready', () => {
    const done = { name: 'd', state: { terminated: { exitCode: 0, reason: 'Completed' } } };
    const with2 = (status: string) =>
      made({ phase: 'Running', conditions: [{ type: 'Ready', status }], containerStatuses: [done, ready] }).status;
    expect(with2('True')).toBe('Running');
    expect(with2('False')).toBe('NotReady');
  });
});
