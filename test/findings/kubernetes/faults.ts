import { kubeApiUnresponsive } from '../../../src/findings/kubernetes/api-unresponsive.ts';
import { kubeEvictionNear } from '../../../src/findings/kubernetes/eviction-near.ts';
import { kubeKubeletUnhealthy } from '../../../src/findings/kubernetes/kubelet-unhealthy.ts';
import { kubeNodeCondition } from '../../../src/findings/kubernetes/node-condition.ts';
import { kubeRuntimeUnresponsive } from '../../../src/findings/kubernetes/runtime-unresponsive.ts';
import { kubeStaticPodDown } from '../../../src/findings/kubernetes/static-pod-down.ts';
import { kubeRolloutStuck } from '../../../src/findings/kubernetes/rollout-stuck.ts';
import { faultOn, type Changes, type Fault } from '../../helpers/found-on.ts';
import {
  ask,
  DISK_PRESSURE,
  FINE,
  local,
  node,
  NODEFS,
  NOW,
  PODS,
  READY,
  RUNTIME_TIMEOUT,
  SOUND_ROLLOUT,
  STUCK_ROLLOUT,
  table,
} from './changes.ts';

const twice = (changes: Changes): readonly Changes[] => [
  { ...FINE, ...changes },
  { ...FINE, ...changes },
];
const fault = faultOn('cloud-vm');

/** Faults of a node of Kubernetes. */
export const kubernetesFaults: readonly Fault[] = [
  fault(kubeApiUnresponsive, twice({ ...ask('node', { now: NOW }), ...ask('pods here', table(PODS, { state: 'lost', lostSince: NOW - 20 })) }), ['crit', 'API server', 'unresponsive']), // prettier-ignore
  fault(kubeKubeletUnhealthy, twice(ask('local', local({ kubelet: { runs: true, healthz: 'TimeoutError: timed out', tookMs: 2000 } }))), ['crit', 'kubelet', 'unhealthy, TimeoutError: timed out']), // prettier-ignore
  fault(kubeRuntimeUnresponsive, twice(ask('pulse', RUNTIME_TIMEOUT)), ['crit', 'container runtime', 'unresponsive, timeout: no answer in 2000 ms']), // prettier-ignore
  fault(kubeStaticPodDown, twice({ ...ask('node', { now: NOW }), ...ask('local', local({ manifests: ['etcd.yaml', 'kube-apiserver.yaml'] })) }), ['crit', 'etcd', 'static pod not running, 2 of them: etcd, kube-apiserver']), // prettier-ignore
  fault(kubeNodeCondition, twice(ask('node', node([DISK_PRESSURE, READY]))), ['warn', 'DiskPressure', 'True on node lab1 for 30 s, kubelet has disk pressure']), // prettier-ignore
  fault(kubeEvictionNear, twice(ask('local', local({ nodefs: NODEFS }))), ['warn', 'nodefs.available', 'near eviction, 12% left, threshold 10%, /var/lib/kubelet']), // prettier-ignore
  fault(kubeRolloutStuck, twice(ask('owners', { now: NOW, Deployment: [STUCK_ROLLOUT, SOUND_ROLLOUT] })), ['warn', 'shop/web', 'Deployment rollout stalled, ProgressDeadlineExceeded: has timed out']), // prettier-ignore
];
