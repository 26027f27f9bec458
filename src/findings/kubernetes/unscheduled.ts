import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { plain } from '../../lib/plain.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import { entityRef, kubeCluster } from '../entity-ref.ts';
import { defineFinding, type Found } from '../finding.ts';

const WINDOW_SECONDS = 360;

/** Unschedulable pods; the scheduler retries at least every 5 minutes, with one FailedScheduling event for each retry. */
export const kubeUnscheduled = defineFinding({
  id: 'kube-unscheduled',
  title: 'Pods Unschedulable',
  needs: { kubeEvents, cpuStat },
  authority:
    '[own]: any FailedScheduling of the last 6 minutes; the scheduler retries after 5 (podMaxInUnschedulablePodsDuration)',
  judge: (moment): readonly Found[] => {
    const now = hostEpochSeconds(moment);
    if (now === undefined) return [];
    const events = (moment.kubeEvents.now?.table?.rows ?? []).filter(
      ({ reason, lastEpochSeconds: last }) =>
        reason === 'FailedScheduling' && last !== undefined && now - last < WINDOW_SECONDS,
    );
    const pods = new Map(events.map((event) => [`${event.object.namespace ?? ''}/${event.object.name}`, event]));
    const [first] = pods;
    if (!first) return [];
    return [
      {
        severity: 'warn',
        subject: plain(first[0]),
        entity: kubeCluster,
        members: [...pods.keys()].map((name) => entityRef('pod', name)),
        sentence: `Unschedulable${pods.size === 1 ? '' : ` (and ${pods.size - 1} more)`}, ${plain(first[1].message)}`,
        evidence: [...pods].slice(0, 5).map(([name, { message }]) => ({
          what: plain(name),
          value: plain(message),
          source: 'API server, events of the scheduler',
        })),
        next: 'open All nodes in Kubernetes: compare requests with allocatable, check taints; then affinity and bound volumes of the pod',
        pane: 'kubernetes',
      },
    ];
  },
});
