import { readFileSync } from 'node:fs';
import type { Changes } from '../../helpers/found-on.ts';

/** Replies of kubectl on a node, for rules and tests. */
export const NOW = Date.UTC(2026, 10, 23, 18, 17, 2) / 1000;
export const at = (secondsAgo: number) => new Date((NOW - secondsAgo) * 1000).toISOString();
/** Clock of the host: boot time, and 30 s between two reads, the first at 1000 s. */
const CLOCK = { '/proc/stat': `cpu  9 0 9 99 0 0 0 0 0 0\nbtime ${NOW - 1030}\n` };
const head = (more: object = {}) =>
  JSON.stringify({
    node: 'lab1',
    place: 'kubeadm',
    config: '/etc/kubernetes/admin.conf',
    state: 'live',
    ...more,
  });
export const table = (rows: readonly string[], more: object = {}) => [head(more), ...rows].join('\n');
export const PODS = readFileSync(new URL('../../fixtures/kubernetes/pods.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/** A container runtime that does not respond. */
export const RUNTIME_TIMEOUT = readFileSync(
  new URL('../../fixtures/kubernetes/pulse-runtime-timeout.json', import.meta.url),
  'utf8',
);

export const ask = (what: string, answer: unknown): Changes => ({
  [`/etc/kubernetes < ${what}`]: answer === undefined || typeof answer === 'string' ? answer : JSON.stringify(answer),
});
export const node = (conditions: readonly object[], leaseAgo = 4) => ({
  now: NOW,
  node: { metadata: { name: 'lab1' }, status: { conditions, allocatable: { cpu: '2', memory: '4Gi', pods: '110' } } },
  lease: { spec: { renewTime: at(leaseAgo) } },
});
export const local = (more: object) => ({
  now: NOW,
  node: 'lab1',
  kubelet: { runs: true, healthz: 'ok', tookMs: 1 },
  ...more,
});
export const READY = { type: 'Ready', status: 'True' };
/** A healthy node. */
export const FINE: Changes = {
  ...CLOCK,
  ...ask('pods here', table([])),
  ...ask('node', node([READY])),
  ...ask('local', local({})),
  ...ask('events', table([])),
  ...ask('owners', { now: NOW, Deployment: [] }),
};

export const NODEFS = { path: '/var/lib/kubelet', bytes: 1000, free: 120, inodes: 100, inodesFree: 90 };

export const DISK_PRESSURE = {
  type: 'DiskPressure',
  status: 'True',
  reason: 'KubeletHasDiskPressure',
  message: 'kubelet has disk pressure',
  lastTransitionTime: at(30),
};

export const STUCK_ROLLOUT = {
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: at(2000) },
  spec: { replicas: 3 },
  status: {
    conditions: [
      { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'has timed out' },
    ],
  },
};

export const SOUND_ROLLOUT = {
  metadata: { name: 'ok', creationTimestamp: at(2000) },
  spec: { replicas: 1 },
  status: { readyReplicas: 1 },
};
