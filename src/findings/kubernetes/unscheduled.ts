import { hostEpochSeconds } from '../../entities/containers/containers.ts';
import { plain } from '../../lib/plain.ts';
import { cpuStat } from '../../sources/machine/cpu-stat.ts';
import { kubeEvents } from '../../sources/kubernetes/events.ts';
import { defineFinding, type Found } from '../finding.ts';

const WINDOW_SECONDS = 360;

/** Pods that the scheduler has no place for; it tries again at least every five minutes and says so each time. */
export const kubeUnscheduled = defineFinding({
  id: 'kube-unscheduled',
  title: 'Pods that find no node',
  needs: { kubeEvents, cpuStat },
  authority:
    '[own]: any FailedScheduling of the last 6 minutes; the scheduler tries again after 5 (podMaxInUnschedulablePodsDuration)',
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
        subject: 'scheduling',
        sentence: `${pods.size === 1 ? `pod ${plain(first[0])} finds` : `${pods.size} pods find`} no node: ${plain(first[1].message)}`,
        evidence: [...pods].slice(0, 5).map(([name, { message }]) => ({
          what: plain(name),
          value: plain(message),
          source: 'API server, events of the scheduler',
        })),
        next: 'requests against what nodes have to give, taints, affinity, volumes that are bound elsewhere',
        pane: 'kubernetes',
      },
    ];
  },
});
