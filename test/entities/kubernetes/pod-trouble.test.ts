import { expect, test } from 'vitest';
import { podStatus } from '../../../src/entities/kubernetes/pod-status.ts';
import { podTroubles } from '../../../src/entities/kubernetes/pod-trouble.ts';
import { span } from '../../../src/lib/units.ts';
import { podOf } from '../../../src/sources/kubernetes/objects.ts';

const NOW = Date.UTC(2026, 0, 1, 12, 0, 0) / 1000;
const killed = { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-01-01T11:56:48Z' };

function oom(state: unknown, phase = 'Running') {
  const pod = podOf({
    metadata: { name: 'a', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'c' }] },
    status: {
      phase,
      containerStatuses: [{ name: 'c', ready: true, restartCount: 1, state, lastState: { terminated: killed } }],
    },
  });
  if (!pod) throw new Error('no pod');
  return podTroubles(pod, podStatus(pod), undefined, NOW).find(({ kind }) => kind === 'oom');
}

/** Pod of a Job: the work, and a sidecar that the kubelet stops after it. */
function job(phase: string, work: object, sidecar: object) {
  const pod = podOf({
    metadata: { name: 'a', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: { containers: [{ name: 'work' }], initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
    status: {
      phase,
      containerStatuses: [{ name: 'work', restartCount: 0, state: work }],
      initContainerStatuses: [{ name: 'proxy', restartCount: 0, started: false, state: { terminated: sidecar } }],
    },
  });
  if (!pod) throw new Error('no pod');
  return podTroubles(pod, podStatus(pod), undefined, NOW).map(({ kind, severity }) => [kind, severity]);
}
const done = { terminated: { exitCode: 0, reason: 'Completed', finishedAt: '2026-01-01T11:59:00Z' } };
const ended = (exitCode: number, reason = 'Error') => ({ exitCode, reason, finishedAt: '2026-01-01T11:59:30Z' });

test('podTroubles finds nothing when a sidecar was stopped by a signal after the work of its pod', () => {
  for (const phase of ['Succeeded', 'Running'])
    for (const code of [143, 137]) expect(job(phase, done, ended(code))).toEqual([]);
});

test('podTroubles finds a sidecar that fails, is OOMKilled, or ends before the work', () => {
  expect(job('Running', done, ended(3))).toEqual([['crash', 'crit']]);
  expect(job('Running', done, ended(137, 'OOMKilled'))).toEqual([['oom', 'crit']]);
  expect(job('Running', { running: {} }, ended(137))).toEqual([['crash', 'crit']]);
});

test('podTroubles dates an OOM kill as past when the container runs again', () => {
  expect(oom({ running: { startedAt: '2026-01-01T11:57:00Z' } })).toMatchObject({ severity: 'crit', pastSeconds: 192 });
});

test('podTroubles dates an OOM kill as past when its pod has ended', () => {
  expect(oom({ terminated: killed }, 'Failed')).toMatchObject({ severity: 'crit', pastSeconds: 192 });
});

test('podTroubles takes an OOM kill for present while the container is down for it', () => {
  const waiting = oom({ waiting: { reason: 'CrashLoopBackOff' } });
  expect(waiting).toBeDefined();
  expect(waiting?.pastSeconds).toBeUndefined();
  expect(oom({ terminated: killed })?.pastSeconds).toBeUndefined();
});

test('podTroubles names the failed start when a pod is Pending', () => {
  const pod = podOf({
    metadata: { name: 'a', namespace: 'default', uid: 'u', creationTimestamp: '2026-01-01T11:59:50Z' },
    spec: { containers: [{ name: 'c' }] },
    status: {
      phase: 'Pending',
      containerStatuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }],
    },
  });
  if (!pod) throw new Error('no pod');
  const troubles = (failed?: { readonly reason: string; readonly cause: string }) =>
    podTroubles(pod, podStatus(pod), undefined, NOW, failed).map(({ kind, severity, words }) => [
      kind,
      severity,
      words,
    ]);
  expect(troubles()).toEqual([['starting', 'info', `Pending for ${span(10)}`]]);
  expect(troubles({ reason: 'FailedMount', cause: 'volume v, configmap "missing" not found' })).toEqual([
    ['starting', 'crit', 'FailedMount: volume v, configmap "missing" not found'],
  ]);
});
