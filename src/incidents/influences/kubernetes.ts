import type { InfluenceRow } from '../influence.ts';

const HOUR = 3600;

/** Influences of findings about Kubernetes. */
export const kubernetesInfluences: readonly InfluenceRow[] = [
  [
    'kube-api-unresponsive',
    'kubelet-unhealthy',
    'daemon',
    ['served-by'],
    'sometimes',
    300,
    'kubelet cannot renew its lease',
  ],
  ['kube-api-unresponsive', 'kube-node-condition', 'node', ['served-by'], 'sometimes', 300, 'the node reports nothing'],
  ['kubelet-unhealthy', 'kube-node-condition', 'node', ['served-by'], 'often', 300, 'the node reports nothing'],
  ['kubelet-unhealthy', 'kube-pod-unhealthy/lost', 'pod', ['served-by'], 'often', 900, 'its node reports nothing'],
  [
    'kubelet-unhealthy',
    'kube-pod-unhealthy/terminating',
    'pod',
    ['served-by'],
    'sometimes',
    900,
    'kubelet ends no pods',
  ],
  [
    'kube-certificate',
    'kubelet-unhealthy',
    'daemon',
    ['served-by'],
    'sometimes',
    HOUR,
    'an expired certificate is refused',
  ],
  ['kube-eviction-near', 'kube-node-condition', 'node', [], 'often', HOUR, 'the node is under pressure'],
  ['kube-unscheduled', 'kube-rollout-stalled', 'workload', ['runs-as'], 'often', 900, 'its new pods find no node'],
  [
    'kube-pod-unhealthy/image',
    'kube-rollout-stalled',
    'workload',
    ['runs-as'],
    'often',
    900,
    'its new pods have no image',
  ],
];
