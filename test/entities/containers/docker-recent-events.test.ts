import { expect, test } from 'vitest';
import { dockerRecentEvents } from '../../../src/entities/containers/docker-recent-events.ts';
import type { DockerEvent } from '../../../src/sources/containers/docker-events.ts';

const event = (epochSeconds: number, action: string, detail?: string): DockerEvent => ({
  id: 'a',
  action,
  detail,
  name: 'web',
  exitCode: action === 'die' ? 3 : undefined,
  epochSeconds,
});
const recent = (...events: readonly DockerEvent[]) => dockerRecentEvents(events, 1000).get('a');

test('dockerRecentEvents has the first restart and OOM event of the window when there are several', () => {
  const found = recent(
    ...[500, 600, 700].flatMap((at) => [event(at - 2, 'oom'), event(at - 1, 'die'), event(at, 'start')]),
  );
  expect(found).toMatchObject({ restarts: 3, firstRestartEpochSeconds: 500, restartEpochSeconds: 700 });
  expect(found).toMatchObject({ oomEvents: 3, firstOomEpochSeconds: 498, oomEpochSeconds: 698 });
});

test('dockerRecentEvents has the time at which the health changed, and not that of the last check', () => {
  const unhealthy = [800, 830, 860].map((at) => event(at, 'health_status', 'unhealthy'));
  expect(recent(event(700, 'health_status', 'healthy'), ...unhealthy)?.healthEpochSeconds).toBe(800);
  expect(recent(...unhealthy, event(900, 'start'))?.healthEpochSeconds).toBeUndefined();
});
