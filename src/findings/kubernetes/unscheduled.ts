import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { podNeeds, podsAt } from '../../entities/kubernetes/pods.ts';
import { plain } from '../../lib/plain.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import { entityRef, kubeCluster } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';

const WINDOW_SECONDS = 360;
/** The scheduler's message for a pod that was deleted meanwhile. */
const DELETED = /^skip schedule deleting pod\b/;

/** Unschedulable pods; the scheduler retries at least every 5 minutes, with one FailedScheduling event for each retry. */
export const kubeUnscheduled = defineFinding({
  id: 'kube-unscheduled',
  title: 'Pods Unschedulable',
  needs: { ...podNeeds, kubeEvents, cpuStat },
  authority:
    '[own]: any FailedScheduling of the last 6 minutes; the scheduler retries after 5 (podMaxInUnschedulablePodsDuration)',
  judge: (moment): readonly Found[] => {
    const now = hostEpochSeconds(moment);
    if (now === undefined) return [];
    const events = (moment.kubeEvents.now?.table?.rows ?? []).filter(
      ({ reason, message, lastEpochSeconds: last }) =>
        reason === 'FailedScheduling' && !DELETED.test(message) && last !== undefined && now - last < WINDOW_SECONDS,
    );
    const here = podsAt(moment);
    const since = new Map(
      here.flatMap(({ namespace, name, troubles }): [string, number][] => {
        const seconds = troubles.find(({ kind }) => kind === 'unscheduled')?.sinceSeconds;
        return seconds === undefined ? [] : [[`${namespace}/${name}`, seconds]];
      }),
    );
    const pods = new Map(
      here.flatMap(({ namespace, name, troubles }): [string, string][] => {
        const trouble = troubles.find(({ kind }) => kind === 'unscheduled');
        return trouble ? [[`${namespace}/${name}`, trouble.words.replace(/^Unschedulable, /, '')]] : [];
      }),
    );
    for (const { object, message } of events) pods.set(`${object.namespace ?? ''}/${object.name}`, message);
    const [first] = pods;
    if (!first) return [];
    return [
      {
        severity: 'warn',
        subject: plain(first[0]),
        entity: kubeCluster,
        members: [...pods.keys()].map((name) => entityRef('pod', name)),
        sentence: `Unschedulable${pods.size === 1 ? '' : ` (and ${pods.size - 1} more)`}, ${plain(first[1])}`,
        evidence: [...pods].slice(0, 5).map(([name, message]) => ({
          what: plain(name),
          value: plain(message),
          source: 'API server, events of the scheduler and conditions of the pod',
        })),
        next: 'open All nodes in Kubernetes: compare requests with allocatable, check taints; then affinity and bound volumes of the pod',
        pane: 'kubernetes',
        ...onsetAgo(since.get(first[0]), 'API server, conditions of the pod'),
      },
    ];
  },
});
