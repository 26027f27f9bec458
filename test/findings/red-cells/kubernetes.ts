import type { JudgedCells } from './judged-cell.ts';

/** Limits of a pod are those of its containers. */
const pods = [
  'kube-pod-unhealthy',
  'kube-unscheduled',
  'container-throttled',
  'container-pids',
  'container-memory-short',
];

export const kubernetesJudged: JudgedCells = {
  'kubernetes/events/reason': { why: 'a log of what was: the objects of the events are judged by their present state' },
  'kubernetes/matters/problem': { rules: ['kube-rollout-stalled'] },
  'kubernetes/node/api': { rules: ['kube-api-unresponsive'] },
  'kubernetes/node/certs': { rules: ['kube-certificate'] },
  'kubernetes/node/evicts': { rules: ['kube-eviction-near'] },
  'kubernetes/node/kubelet': { rules: ['kubelet-unhealthy'] },
  'kubernetes/node/runtime': { rules: ['kube-runtime-unresponsive'] },
  'kubernetes/node/static': { rules: ['kube-static-pod-down', 'kube-pod-unhealthy'] },
  'kubernetes/node/stale': { rules: ['kube-api-unresponsive'] },
  'kubernetes/node/status': { rules: ['kube-node-condition'] },
  'kubernetes/pods/psiCpu': { rules: ['container-throttled', 'container-pressure'], host: ['cpu-saturated'] },
  'kubernetes/pods/ready': { rules: pods },
  'kubernetes/pods/restarts': { rules: pods },
  'kubernetes/pods/status': { rules: pods },
  'kubernetes/pods/throttled': { rules: ['container-throttled'] },
  'kubernetes/pods/why': { rules: pods },
  'kubernetes/tile/api': { rules: ['kube-api-unresponsive'] },
  'kubernetes/tile/problems': { rules: pods },
};
