import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { kubeNode, type KubeNode } from '../../sources/kubernetes/node.ts';
import { kubePods } from '../../sources/kubernetes/pods.ts';
import { kubePulse } from '../../sources/kubernetes/pulse.ts';
import type { Moment, Seen } from '../../timeline/moment.ts';
import { hostEpochSeconds } from '../containers/containers.ts';
import { processes } from '../../sources/processes/processes.ts';
import { seesAll } from '../processes/hidden-processes.ts';

export const kubeStateNeeds = { kubePods, kubeNode, kubeLocal, kubePulse, cpuStat, processes };
type StateMoment = Moment<typeof kubeStateNeeds>;

/** KubeState is the state of API server, kubelet and node. Texts are raw. */
export interface KubeState {
  /** `none`: Kubernetes is not present; `no access`: it is, without a usable kubeconfig. */
  readonly api: 'responsive' | 'unresponsive' | 'denied' | 'no access' | 'none' | 'unread';
  readonly tookMs: number | undefined;
  /** Time since the last response, within the watch. */
  readonly unresponsiveSeconds: number | undefined;
  readonly error: string | undefined;
  /** Time of the pod list, where it is stale. */
  readonly staleSinceEpochSeconds: number | undefined;
  readonly place: string | undefined;
  readonly config: string | undefined;
  readonly name: string | undefined;
  /** Last known node object. */
  readonly node: KubeNode | undefined;
  readonly leaseAgeSeconds: number | undefined;
  readonly kubelet: 'healthy' | 'unhealthy' | 'not running' | 'unread';
  readonly healthz: string | undefined;
  readonly healthzMs: number | undefined;
  readonly nowEpochSeconds: number | undefined;
}

export function kubeStateAt(moment: StateMoment): KubeState {
  const now = hostEpochSeconds(moment);
  const table = moment.kubePods.now?.table;
  const local = moment.kubeLocal.now;
  const last = lastWith(moment.kubeNode, ({ node }) => node !== undefined);
  const lease = last?.sample?.leaseEpochSeconds;
  const leaseAt = last?.sample?.leaseReadEpochSeconds;
  const apiState = api(moment, now);
  return {
    ...apiState,
    // The watch of a server that hangs ends after 45 s only; an unanswered request shows it before.
    staleSinceEpochSeconds:
      table !== undefined && (table.state === 'lost' || apiState.api === 'unresponsive')
        ? (table.readEpochSeconds ?? table.lostSinceEpochSeconds)
        : undefined,
    place: table?.place,
    config: table?.config ?? local?.config,
    name: table?.node ?? local?.node,
    node: last?.sample?.node,
    // Age at the time of the read; how old the read is shows in `api`.
    leaseAgeSeconds: lease === undefined || leaseAt === undefined ? undefined : Math.max(0, leaseAt - lease),
    ...kubelet(moment),
    nowEpochSeconds: now,
  };
}

const lastWith = <Sample>(seen: Seen<Sample>, is: (sample: Sample) => boolean) =>
  seen.history.findLast(({ sample }) => sample !== undefined && is(sample));

/** Age up to which an event of the watch proves the API server responsive. */
const RECENT_EVENT_SECONDS = 4;

function api(
  { kubeNode: seen, kubePods: pods, kubeLocal: local }: StateMoment,
  now: number | undefined,
): Pick<KubeState, 'api' | 'tookMs' | 'unresponsiveSeconds' | 'error'> {
  const table = pods.now?.table;
  const why = seen.missing['node'] ?? (seen.ageMs === undefined ? pods.missing['pods'] : undefined);
  const nothing = { tookMs: undefined, unresponsiveSeconds: undefined, error: why?.detail };
  if (why === undefined) {
    if (seen.now?.node === undefined && table === undefined) return { ...nothing, api: 'unread' };
    // The loss of the watch shows at once what the next request would.
    if (table?.state === 'lost' && (seen.ageMs ?? 0) > 3000)
      return { ...nothing, api: 'unresponsive', error: table.error, unresponsiveSeconds: silence(seen) };
    return {
      ...nothing,
      api: seen.now?.node === undefined && table?.state === 'lost' ? 'unresponsive' : 'responsive',
      tookMs: seen.now?.tookMs,
    };
  }
  // `local` needs no API server: if it fails with the same error, the session failed, not the API server.
  if (why.why !== 'absent' && why.detail === local.missing['local']?.detail) return { ...nothing, api: 'no access' };
  const notThere = why.why === 'absent' && !why.detail.includes('(NotFound)');
  if (notThere) return { ...nothing, api: 'none' };
  if (why.why === 'absent') return { ...nothing, api: 'responsive', error: why.detail };
  if (why.why === 'denied')
    return {
      ...nothing,
      api:
        table !== undefined && table.state !== 'lost'
          ? 'responsive'
          : /not readable|may not be read|sudo|root/i.test(why.detail)
            ? 'no access'
            : 'denied',
    };
  // Without a reading of the node's own files nothing shows that this host has Kubernetes: the line may be slow.
  if (local.now === undefined && table === undefined) return { ...nothing, api: 'unread' };
  const lastEvent = table?.state === 'live' ? table.readEpochSeconds : undefined;
  if (lastEvent !== undefined && now !== undefined && now - lastEvent < RECENT_EVENT_SECONDS)
    return { ...nothing, api: 'responsive' };
  return { ...nothing, api: 'unresponsive', unresponsiveSeconds: silence(seen) };
}

/** Seconds since the last response; undefined when there was none within the watch. */
function silence(seen: Seen<{ readonly node: KubeNode | undefined }>): number | undefined {
  const good = seen.history.findLast(
    ({ missing, sample }) => missing['node'] === undefined && sample?.node !== undefined,
  );
  const last = seen.history.at(-1);
  return good === undefined || last === undefined ? undefined : (last.wallMs - good.wallMs + (seen.ageMs ?? 0)) / 1000;
}

function kubelet(moment: StateMoment): Pick<KubeState, 'kubelet' | 'healthz' | 'healthzMs'> {
  const { kubePulse: pulse, kubeLocal: local } = moment;
  // The pulse, read every two seconds, else the health in `local`.
  const { kubeletRuns, healthz, healthzMs } = (pulse.now?.healthz === undefined ? local.now : pulse.now) ?? {};
  // A hidden kubelet may have its /healthz at another port, since its flags are hidden too.
  const unseen = seesAll(moment.processes) ? 'not running' : 'unread';
  const state =
    healthz === undefined ? 'unread' : healthz === 'ok' ? 'healthy' : kubeletRuns === false ? unseen : 'unhealthy';
  return { kubelet: state, healthz, healthzMs };
}

/** kubernetes-mixin: KubeClientCertificateExpiration, warning at 7 days, critical at 24 hours. */
export const certificateRole = (leftSeconds: number): 'text' | 'warn' | 'crit' =>
  leftSeconds < 86_400 ? 'crit' : leftSeconds < 7 * 86_400 ? 'warn' : 'text';
