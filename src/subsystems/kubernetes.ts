import { kubernetesChanges } from '../changes/kubernetes.ts';
import { kubeApiUnresponsive } from '../findings/kubernetes/api-unresponsive.ts';
import { kubeCertificate } from '../findings/kubernetes/certificate.ts';
import { kubeEvictionNear } from '../findings/kubernetes/eviction-near.ts';
import { kubeKubeletUnhealthy } from '../findings/kubernetes/kubelet-unhealthy.ts';
import { kubeNodeCondition } from '../findings/kubernetes/node-condition.ts';
import { kubePodTrouble } from '../findings/kubernetes/pod-trouble.ts';
import { kubeRolloutStuck } from '../findings/kubernetes/rollout-stuck.ts';
import { kubeRuntimeUnresponsive } from '../findings/kubernetes/runtime-unresponsive.ts';
import { kubeStaticPodDown } from '../findings/kubernetes/static-pod-down.ts';
import { kubeUnscheduled } from '../findings/kubernetes/unscheduled.ts';
import { kubernetesSteps } from '../findings/kubernetes/steps.ts';
import { kubernetes } from '../host/protocols/kubernetes/kubernetes.ts';
import { kubernetesPane } from '../panes/kubernetes/pane.ts';
import { kubeClaims } from '../sources/kubernetes/claims.ts';
import { kubeCluster, kubeNodes } from '../sources/kubernetes/cluster.ts';
import { kubeEvents } from '../sources/kubernetes/events.ts';
import { kubeLocal } from '../sources/kubernetes/local.ts';
import { kubeLog } from '../sources/kubernetes/log.ts';
import { kubeNode } from '../sources/kubernetes/node.ts';
import { kubeOwners } from '../sources/kubernetes/owners.ts';
import { kubePod } from '../sources/kubernetes/pod.ts';
import { kubePods } from '../sources/kubernetes/pods.ts';
import { kubePulse } from '../sources/kubernetes/pulse.ts';
import { kubeRuntime } from '../sources/kubernetes/runtime.ts';
import { kubeVolumes } from '../sources/kubernetes/volumes.ts';
import { withExample } from './details.ts';
import { kubernetesDependencies } from '../incidents/dependencies/kubernetes.ts';
import { kubernetesChecks } from '../ledger/checks/kubernetes.ts';
import type { Subsystem } from './subsystem.ts';

/** Manifest of Kubernetes: node, pods, rollouts. */
export const kubernetesSubsystem: Subsystem = {
  id: 'kubernetes',
  sources: [kubePods, kubeEvents, kubeNode, kubePulse, kubeLocal, kubeRuntime, kubeVolumes, kubeOwners],
  details: [
    withExample(kubePod),
    withExample(kubeClaims),
    withExample(kubeLog),
    withExample(kubeCluster),
    withExample(kubeNodes),
  ],
  findings: [
    kubeApiUnresponsive,
    kubeKubeletUnhealthy,
    kubeRuntimeUnresponsive,
    kubeStaticPodDown,
    kubeNodeCondition,
    kubePodTrouble,
    kubeUnscheduled,
    kubeRolloutStuck,
    kubeEvictionNear,
    kubeCertificate,
  ],
  changes: [kubernetesChanges],
  dependencies: [kubernetesDependencies],
  checks: [kubernetesChecks],
  steps: kubernetesSteps,
  pane: kubernetesPane,
  protocols: [kubernetes],
};
