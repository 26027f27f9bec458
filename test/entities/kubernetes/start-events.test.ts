import { expect, test } from 'vitest';
import { failedStarts } from '../../../src/entities/kubernetes/start-events.ts';
import { kubeEventOf } from '../../../src/sources/kubernetes/events.ts';

const at = (seconds: number) => new Date(1_767_268_800_000 + seconds * 1000).toISOString();
const NOW = 1_767_268_800;

/** As the kubelet of 1.20 wrote it. */
function event(count: number, lastSeconds: number, reason = 'FailedMount', message?: string) {
  const made = kubeEventOf({
    type: 'Warning',
    reason,
    message: message ?? 'MountVolume.SetUp failed for volume "v" : configmap "missing" not found',
    count,
    firstTimestamp: at(lastSeconds - 60),
    lastTimestamp: at(lastSeconds),
    involvedObject: { kind: 'Pod', namespace: 'default', name: 'nomount', uid: 'u' },
  });
  if (!made) throw new Error('no event');
  return made;
}

test('failedStarts names reason and cause when mounts fail again', () => {
  expect(failedStarts([event(4, -3)], NOW).get('u')).toEqual({
    reason: 'FailedMount',
    cause: 'volume v, configmap "missing" not found',
  });
});

test('failedStarts is empty when a mount failed once, or its retry is overdue', () => {
  expect(failedStarts([event(1, -3)], NOW).size).toBe(0);
  // After the third failure the kubelet waits for 4 s.
  expect(failedStarts([event(3, -30)], NOW).size).toBe(0);
  expect(failedStarts([event(9, -130)], NOW).size).toBe(1);
  expect(failedStarts([event(9, -150)], NOW).size).toBe(0);
});

test('failedStarts takes the newest of a pod, and no other warning', () => {
  const sandbox = event(2, -1, 'FailedCreatePodSandBox', 'Failed to create pod sandbox: rpc error: no CNI');
  expect(failedStarts([sandbox, event(4, -3), event(5, 0, 'BackOff')], NOW).get('u')?.cause).toBe('rpc error: no CNI');
  expect(failedStarts([event(4, -3)], undefined).size).toBe(0);
  const text = `Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "${'a1'.repeat(32)}": plugin type="calico" failed (add)`;
  expect(failedStarts([event(2, -1, 'FailedCreatePodSandBox', text)], NOW).get('u')?.cause).toBe(
    'failed to setup network for sandbox: plugin type="calico" failed (add)',
  );
});
