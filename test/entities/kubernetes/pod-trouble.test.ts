import { expect, test } from 'vitest';
import { podStatus } from '../../../src/entities/kubernetes/pod-status.ts';
import { podTroubles } from '../../../src/entities/kubernetes/pod-trouble.ts';
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
