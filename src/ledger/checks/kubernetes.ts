import { evictionSignals } from '../../entities/kubernetes/eviction.ts';
import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { podNeeds, podsAt } from '../../entities/kubernetes/pods.ts';
import { staticPods } from '../../entities/kubernetes/static-pods.ts';
import { kubeStateAt, kubeStateNeeds } from '../../entities/kubernetes/state.ts';
import { entityRef, kubeCluster, nodeRef, podRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, ms, percent, span } from '../../lib/units.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import type { KubeNode } from '../../sources/kubernetes/node.ts';
import { kubeOwners } from '../../sources/kubernetes/owners.ts';
import { meminfo } from '../../sources/machine/meminfo.ts';
import { limits } from '../../thresholds.ts';
import type { ReadingState } from '../../timeline/reading-state.ts';
import { check, defineChecks, type Check } from '../check.ts';

/** Kubernetes as seen from this node: API server, kubelet, conditions, pods, rollouts, space, certificates. */
export const kubernetesChecks = defineChecks({
  id: 'kubernetes',
  needs: { ...podNeeds, ...kubeStateNeeds, kubeEvents, kubeOwners, meminfo },
  rules: [
    'kube-api-unresponsive',
    'kubelet-unhealthy',
    'kube-runtime-unresponsive',
    'kube-static-pod-down',
    'kube-node-condition',
    'kube-pod-unhealthy',
    'kube-unscheduled',
    'kube-rollout-stalled',
    'kube-eviction-near',
    'kube-certificate',
  ],
  of: (moment): readonly Check[] => {
    const state = kubeStateAt(moment);
    const local = moment.kubeLocal.now;
    const pods = podsAt(moment);
    // A host without an API server, a kubelet and a pod is not a node.
    const isListed = moment.kubePods.now?.table !== undefined || (moment.kubeOwners.now?.workloads?.length ?? 0) > 0;
    const isHere = local?.kubeletRuns === true || isListed || pods.length > 0 || state.api === 'unresponsive';
    return isHere
      ? [...ofNode(moment), ...ofRuntime(moment), ...ofSpace(moment), ...ofPods(moment), ...ofCluster(moment)]
      : [];
  },
});

type KubeMoment = Parameters<typeof kubernetesChecks.of>[0];

const fixed = { nameVocabulary: 'fixed', pane: 'kubernetes' } as const;

function ofNode(moment: KubeMoment): readonly Check[] {
  const { api, tookMs, error, node, kubelet, healthz, leaseAgeSeconds, name } = kubeStateAt(moment);
  const lease = leaseAgeSeconds === undefined ? '' : `, lease ${span(leaseAgeSeconds)} old`;
  return [
    ...check(
      { ...fixed, entity: entityRef('daemon', 'kube-apiserver'), name: 'API server', aspect: 'errors', rules: ['kube-api-unresponsive'], what: 'readyz', limit: `${limits.kubeApiMs.warn} ms`, because: api === 'none' ? { state: 'not present' } : { state: 'not readable', why: plain(error ?? api) } }, // prettier-ignore
      api === 'responsive' ? `ok${tookMs === undefined ? '' : ` in ${ms(tookMs)}`}` : undefined,
      { kubeNode: moment.kubeNode },
    ),
    ...check(
      { ...fixed, entity: entityRef('daemon', 'kubelet'), name: 'kubelet', aspect: 'errors', rules: ['kubelet-unhealthy'], what: '/healthz', limit: 'ok, lease 40 s', because: kubelet === 'unread' && healthz !== undefined ? { state: 'not readable', why: plain(healthz) } : undefined }, // prettier-ignore
      kubelet === 'unread' ? undefined : `${kubelet}${lease}`,
      { kubeLocal: moment.kubeLocal },
      'not read',
    ),
    ...check(
      { ...fixed, entity: nodeRef(name ?? node?.name), name: 'node conditions', aspect: 'errors', rules: ['kube-node-condition'], what: 'conditions', limit: 'Ready, no pressure' }, // prettier-ignore
      node === undefined ? undefined : conditionsOf(node),
      { kubeNode: moment.kubeNode },
      'no node object',
    ),
  ];
}

/** Container runtime, and the static pods that it runs. */
function ofRuntime(moment: KubeMoment): readonly Check[] {
  const { kubePulse: pulse, kubeRuntime: runtime, kubeLocal: local } = moment;
  const health = pulse.now?.runtimeHealth ?? runtime.now?.health;
  const pods = staticPods(local.now?.manifests, podsAt(moment), moment);
  const up = pods.filter(({ isRunning }) => isRunning).length;
  return [
    ...check(
      { ...fixed, entity: entityRef('daemon', 'container-runtime'), name: 'container runtime', aspect: 'errors', rules: ['kube-runtime-unresponsive'], what: 'CRI status', limit: 'ok' }, // prettier-ignore
      health === undefined ? undefined : plain(health),
      { kubePulse: pulse, kubeRuntime: runtime },
      'no CRI socket found',
    ),
    ...(pods.length === 0
      ? []
      : check(
          { ...fixed, entity: nodeRef(local.now?.node), name: 'static pods', aspect: 'errors', rules: ['kube-static-pod-down'], what: 'running', limit: 'all' }, // prettier-ignore
          pods.every(({ isRunning }) => isRunning !== undefined) ? `${up} of ${pods.length}` : undefined,
          { kubeLocal: local, kubePods: moment.kubePods, kubeRuntime: runtime },
        )),
  ];
}

/** Ready, and the other conditions that stand. */
const conditionsOf = ({ conditions }: KubeNode): string =>
  plain(
    conditions
      .filter(({ type, status }) => type === 'Ready' || status !== 'False')
      .map(({ type, status }) => `${type} ${status ?? 'Unknown'}`)
      .join(', '),
  );

function ofSpace(moment: KubeMoment): readonly Check[] {
  const { name, nowEpochSeconds } = kubeStateAt(moment);
  const local = moment.kubeLocal.now;
  if (local === undefined) return [];
  const source = { kubeLocal: moment.kubeLocal };
  const availableKiB = moment.meminfo.now?.availableKiB;
  const signals = evictionSignals({
    memoryAvailableBytes: availableKiB === undefined ? undefined : availableKiB * 1024,
    nodefs: local.nodefs,
    imagefs: local.imagefs,
    evictionHard: local.evictionHard,
  });
  const ends = local.certificates.flatMap(({ endEpochSeconds }) => endEpochSeconds ?? []);
  const left = ends.length === 0 || nowEpochSeconds === undefined ? undefined : Math.min(...ends) - nowEpochSeconds;
  return [
    ...signals.flatMap(({ name: signal, left: free, threshold, unit, times }) =>
      check(
        { ...fixed, entity: nodeRef(local.node), name: signal, aspect: 'utilisation', rules: [`kube-eviction-near/${signal}`], what: 'left', limit: `${unit === 'percent' ? percent(threshold) : bytes(threshold)} evicts` }, // prettier-ignore
        times === undefined ? undefined : unit === 'percent' ? percent(free) : bytes(free),
        source,
        'not read',
      ),
    ),
    ...check(
      { ...fixed, entity: nodeRef(name), name: 'certificates', aspect: 'errors', rules: ['kube-certificate'], what: 'first to expire', limit: '7 d' }, // prettier-ignore
      left === undefined ? undefined : left < 0 ? `expired ${span(-left)} ago` : `in ${span(left)}`,
      source,
      'no certificate read',
    ),
  ];
}

/** Reason where ages are not known, by which rules judge. */
const CLOCK: ReadingState = { state: 'not readable', why: 'clock of the host (time of boot)' };

function ofPods(moment: KubeMoment): readonly Check[] {
  const isJudged = hostEpochSeconds(moment) !== undefined;
  const source = { kubePods: moment.kubePods };
  const line = { pane: 'kubernetes', aspect: 'errors', rules: ['kube-pod-unhealthy'], what: 'status', limit: 'Running, Ready' } as const; // prettier-ignore
  const lines = podsAt(moment).flatMap((pod) => {
    const status = pod.status?.status;
    const isUp = status === 'Running' || status === 'Completed';
    return check(
      { ...line, entity: podRef(pod), name: plain(pod.namespace === '' ? pod.name : `${pod.namespace}/${pod.name}`), family: 'pods', load: isUp ? 0 : 1, because: status === undefined ? { state: 'not readable', why: 'not in the list of the API server' } : isJudged || isUp ? undefined : CLOCK }, // prettier-ignore
      status !== undefined && (isJudged || isUp) ? plain(status) : undefined,
      source,
    );
  });
  if (lines.length > 0) return lines;
  return check(
    { ...line, entity: nodeRef(undefined), name: 'pods', nameVocabulary: 'fixed', wide: true },
    moment.kubePods.now?.table === undefined ? undefined : 'no pod',
    source,
  );
}

function ofCluster(moment: KubeMoment): readonly Check[] {
  const { kubeEvents: events, kubeOwners: owners } = moment;
  const isJudged = hostEpochSeconds(moment) !== undefined;
  const rows = events.now?.table?.rows;
  const workloads = owners.now?.workloads;
  const failed = (rows ?? []).filter(({ reason }) => reason === 'FailedScheduling').length;
  const short = (workloads ?? []).filter(({ ready = 0, wanted = 0, kind }) => kind !== 'Job' && ready < wanted).length;
  const cluster = { ...fixed, entity: kubeCluster, wide: true } as const;
  return [
    ...check(
      { ...cluster, name: 'scheduler', aspect: 'saturation', rules: ['kube-unscheduled'], what: 'FailedScheduling', limit: 'any in 6 min', because: failed === 0 || isJudged ? undefined : CLOCK }, // prettier-ignore
      rows === undefined || (failed > 0 && !isJudged) ? undefined : `${count(failed)} in ${count(rows.length)} events`,
      { kubeEvents: events },
      'no events',
    ),
    ...check(
      { ...cluster, name: 'rollouts', aspect: 'errors', rules: ['kube-rollout-stalled'], what: 'replicas missing', limit: '15 min' }, // prettier-ignore
      workloads === undefined ? undefined : `${short} of ${workloads.length} workloads`,
      { kubeOwners: owners },
      'no workloads',
    ),
  ];
}
