import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { kubeLocal } from '../../sources/kubernetes/local.ts';
import { kubeNode, type KubeNode } from '../../sources/kubernetes/node.ts';
import { kubePods } from '../../sources/kubernetes/pods.ts';
import { kubePulse } from '../../sources/kubernetes/pulse.ts';
import type { Moment, Seen } from '../../timeline/moment.ts';
import { hostEpochSeconds } from '../containers/containers.ts';
import { hiddenNeeds, hiddenProcesses } from '../processes/hidden-processes.ts';

export const kubeStateNeeds = { kubePods, kubeNode, kubeLocal, kubePulse, cpuStat, ...hiddenNeeds };
type StateMoment = Moment<typeof kubeStateNeeds>;

/** How the node stands with its cluster. Texts are raw. */
export interface KubeState {
  /** `none`: there is no Kubernetes here; `no access`: there is, and it could not be asked, as for want of a kubeconfig. */
  readonly api: 'answers' | 'silent' | 'denied' | 'no access' | 'none' | 'unread';
  readonly tookMs: number | undefined;
  /** How long it has been silent, as far as we watched. */
  readonly silentSeconds: number | undefined;
  readonly said: string | undefined;
  /** Pods are as they were then: they could not be listed since. */
  readonly staleSinceEpochSeconds: number | undefined;
  readonly place: string | undefined;
  readonly config: string | undefined;
  readonly name: string | undefined;
  /** As it was last known. */
  readonly node: KubeNode | undefined;
  readonly leaseAgeSeconds: number | undefined;
  readonly kubelet: 'well' | 'unwell' | 'gone' | 'unread';
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
  const answers = api(moment, now);
  return {
    ...answers,
    // A watch of a server that hangs ends after 45 s only; that a question is not answered is known before.
    staleSinceEpochSeconds:
      table !== undefined && (table.state === 'lost' || answers.api === 'silent')
        ? (table.heardEpochSeconds ?? table.lostSinceEpochSeconds)
        : undefined,
    place: table?.place,
    config: table?.config ?? local?.config,
    name: table?.node ?? local?.node,
    node: last?.sample?.node,
    // As old as it was when it was read: how long ago that is says `api`.
    leaseAgeSeconds: lease === undefined || leaseAt === undefined ? undefined : Math.max(0, leaseAt - lease),
    ...kubelet(moment),
    nowEpochSeconds: now,
  };
}

const lastWith = <Sample>(seen: Seen<Sample>, is: (sample: Sample) => boolean) =>
  seen.history.findLast(({ sample }) => sample !== undefined && is(sample));

/** A watch that told something so lately is as good an answer as that to a question. */
const HEARD_SECONDS = 4;

function api(
  { kubeNode: seen, kubePods: pods, kubeLocal: local }: StateMoment,
  now: number | undefined,
): Pick<KubeState, 'api' | 'tookMs' | 'silentSeconds' | 'said'> {
  const table = pods.now?.table;
  const why = seen.missing['node'] ?? (seen.ageMs === undefined ? pods.missing['pods'] : undefined);
  const nothing = { tookMs: undefined, silentSeconds: undefined, said: why?.detail };
  if (why === undefined) {
    if (seen.now?.node === undefined && table === undefined) return { ...nothing, api: 'unread' };
    // The watch notices at once what the next question would.
    if (table?.state === 'lost' && (seen.ageMs ?? 0) > 3000)
      return { ...nothing, api: 'silent', said: table.said, silentSeconds: silence(seen) };
    return {
      ...nothing,
      api: seen.now?.node === undefined && table?.state === 'lost' ? 'silent' : 'answers',
      tookMs: seen.now?.tookMs,
    };
  }
  // What asks nobody did not come about either: it is not the API server that does not answer.
  if (why.why !== 'absent' && why.detail === local.missing['local']?.detail) return { ...nothing, api: 'no access' };
  const notThere = why.why === 'absent' && !why.detail.includes('(NotFound)');
  if (notThere) return { ...nothing, api: 'none' };
  if (why.why === 'absent') return { ...nothing, api: 'answers', said: why.detail };
  if (why.why === 'denied')
    return {
      ...nothing,
      api:
        table !== undefined && table.state !== 'lost'
          ? 'answers'
          : /may not be read|sudo|root/i.test(why.detail)
            ? 'no access'
            : 'denied',
    };
  const heard = table?.state === 'live' ? table.heardEpochSeconds : undefined;
  if (heard !== undefined && now !== undefined && now - heard < HEARD_SECONDS) return { ...nothing, api: 'answers' };
  return { ...nothing, api: 'silent', silentSeconds: silence(seen) };
}

/** Since the last question that was answered; undefined when none was since we look. */
function silence(seen: Seen<{ readonly node: KubeNode | undefined }>): number | undefined {
  const good = seen.history.findLast(
    ({ missing, sample }) => missing['node'] === undefined && sample?.node !== undefined,
  );
  const last = seen.history.at(-1);
  return good === undefined || last === undefined ? undefined : (last.wallMs - good.wallMs + (seen.ageMs ?? 0)) / 1000;
}

function kubelet(moment: StateMoment): Pick<KubeState, 'kubelet' | 'healthz' | 'healthzMs'> {
  const { kubePulse: pulse, kubeLocal: local } = moment;
  // What is asked every two seconds, else what comes with the rest that the node tells by itself.
  const { kubeletRuns, healthz, healthzMs } = (pulse.now?.healthz === undefined ? local.now : pulse.now) ?? {};
  // A kubelet that is hidden, and its flags with it, may have its health check at another port.
  const unseen = hiddenProcesses(moment) === undefined ? 'gone' : 'unread';
  const state =
    healthz === undefined ? 'unread' : healthz === 'ok' ? 'well' : kubeletRuns === false ? unseen : 'unwell';
  return { kubelet: state, healthz, healthzMs };
}

/** kubernetes-mixin: KubeClientCertificateExpiration, warning at 7 days, critical at 24 hours. */
export const certificateRole = (leftSeconds: number): 'text' | 'warn' | 'crit' =>
  leftSeconds < 86_400 ? 'crit' : leftSeconds < 7 * 86_400 ? 'warn' : 'text';
