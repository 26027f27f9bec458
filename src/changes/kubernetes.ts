import { podRef } from '../findings/entity-ref.ts';
import { kubePods } from '../sources/kubernetes/pods.ts';
import type { ContainerStatus, Pod } from '../sources/kubernetes/objects.ts';
import { defineChanges, type Change } from './change.ts';
import { clockNeeds, hostClock } from './host-clock.ts';

/** Time after the creation of a pod in which the first start of its containers belongs to it. */
const CREATION_MS = 60_000;

/** Creation, deletion and restarts of the pods of this node, by the times of the API server. */
export const kubernetesChanges = defineChanges({
  id: 'kubernetes',
  needs: { ...clockNeeds, kubePods },
  of: (moment) => {
    const { ofHost } = hostClock(moment);
    return (moment.kubePods.now?.table?.rows ?? []).flatMap((pod) => podChanges(pod, ofHost));
  },
});

function podChanges(pod: Pod, ofHost: (hostMs: number) => number): readonly Change[] {
  const change = (epochSeconds: number | undefined, sentence: string, source: string): readonly Change[] =>
    epochSeconds === undefined
      ? []
      : [
          {
            atMs: ofHost(epochSeconds * 1000),
            what: 'pod',
            subject: `${pod.namespace}/${pod.name}`,
            entity: podRef(pod),
            sentence,
            source,
          },
        ];
  const created = pod.createdEpochSeconds;
  const isFirst = ({ restarts }: ContainerStatus, since: number | undefined): boolean =>
    restarts === 0 && created !== undefined && since !== undefined && (since - created) * 1000 < CREATION_MS;
  return [
    ...change(created, pod.owner === undefined ? 'created' : `created by ${pod.owner.kind}`, 'creationTimestamp'),
    ...change(pod.deletedEpochSeconds, 'deletion requested', 'deletionTimestamp'),
    ...pod.statuses.flatMap((status) => {
      const since = status.running?.sinceEpochSeconds;
      if (since === undefined || isFirst(status, since)) return [];
      const verb = status.restarts === 0 ? 'started' : `restarted (restart ${status.restarts})`;
      return change(since, `container ${status.name} ${verb}`, 'containerStatuses startedAt');
    }),
  ];
}
