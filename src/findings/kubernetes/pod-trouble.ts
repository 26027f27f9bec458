import { podNeeds, podsAt, type PodHere } from '../../entities/kubernetes/pods.ts';
import type { PodTrouble } from '../../entities/kubernetes/pod-trouble.ts';
import { plain } from '../../lib/plain.ts';
import { defineFinding, type Found } from '../finding.ts';
import { pastAfter } from '../../timeline/last-event.ts';

type Kind = PodTrouble['kind'];

/** What is said of one pod, of several, and what to look at. Kinds that are not here are no matter for a finding. */
const SAYS: Readonly<Partial<Record<Kind, { readonly one: string; readonly more: string; readonly next: string }>>> = {
  oom: {
    one: 'is killed at its memory limit',
    more: 'are killed at their memory limits',
    next: 'its limit is too low or it leaks: see it grow in Kubernetes, and its request against what it uses',
  },
  crash: {
    one: 'ends and is started again',
    more: 'end and are started again',
    next: 'enter on it, enter on its container: what it said before it ended',
  },
  image: {
    one: 'does not get its image',
    more: 'do not get their images',
    next: 'the name of the image, the registry and its credentials; the events of the pod have the words of the registry',
  },
  config: {
    one: 'cannot be made as it is described',
    more: 'cannot be made as they are described',
    next: 'the configmap, secret, mount or command that it names',
  },
  unready: {
    one: 'runs and is not ready',
    more: 'run and are not ready',
    next: 'its readiness probe (events: Unhealthy) and what it waits for; it gets no traffic meanwhile',
  },
  starting: {
    one: 'does not start',
    more: 'do not start',
    next: 'its events: mounts, sandbox and network (CNI), images; the runtime of the node',
  },
  terminating: {
    one: 'should be gone and is not',
    more: 'should be gone and are not',
    next: 'finalizers that nobody takes away, a mount that hangs, a process in state D',
  },
  lost: { one: 'is on a silent node', more: 'are on a silent node', next: 'the kubelet of the node' },
};

const MOST_NAMED = 3;

/** Pods of this node that are in trouble, one finding for each kind of it: a broken deployment has many. */
export const kubePodTrouble = defineFinding({
  id: 'kube-pod-trouble',
  title: 'Pods in trouble',
  needs: podNeeds,
  authority:
    'as kubernetes-mixin: KubePodCrashLooping, KubePodNotReady, KubeContainerWaiting, at once rather than after 15 minutes; a minute for what starts, ends or is not ready is [own]',
  judge: (moment) => {
    const kinds = new Map<Kind, { readonly pod: PodHere; readonly trouble: PodTrouble }[]>();
    for (const pod of podsAt(moment)) {
      const trouble = pod.troubles.find(({ kind, severity }) => severity !== 'info' && SAYS[kind] !== undefined);
      if (!trouble) continue;
      // Just begun: as long as it is one minute that is usual.
      if (trouble.kind === 'unready' && trouble.severity !== 'crit') continue;
      const own = kinds.get(trouble.kind);
      if (own) own.push({ pod, trouble });
      else kinds.set(trouble.kind, [{ pod, trouble }]);
    }
    return [...kinds].flatMap(([kind, all]): readonly Found[] => {
      const says = SAYS[kind];
      const [first] = all;
      if (!says || !first) return [];
      const named = all
        .slice(0, MOST_NAMED)
        .map(({ pod, trouble }) => plain(`${pod.namespace}/${pod.name} (${trouble.words})`));
      const rest = all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : '';
      return [
        {
          severity: all.some(({ trouble }) => trouble.severity === 'crit') ? 'crit' : 'warn',
          subject: `pods ${kind}`,
          sentence:
            all.length === 1
              ? `pod ${plain(`${first.pod.namespace}/${first.pod.name}`)} ${says.one}: ${plain(first.trouble.words)}`
              : `${all.length} pods ${says.more}: ${named.join(', ')}${rest}`,
          evidence: all.slice(0, 5).map(({ pod, trouble }) => ({
            what: plain(`${pod.namespace}/${pod.name}`),
            value: plain(`${pod.status?.status ?? 'on node'}: ${trouble.words}`),
            source: 'API server, pods of this node',
          })),
          next: says.next,
          pane: 'kubernetes',
          ...pastOf(all.map(({ trouble }) => trouble)),
        },
      ];
    });
  },
});

/** Past when all of it is, by the newest. */
function pastOf(troubles: readonly PodTrouble[]): ReturnType<typeof pastAfter> {
  const ages = troubles.flatMap(({ pastSeconds }) => pastSeconds ?? []);
  return ages.length < troubles.length ? {} : pastAfter(Math.min(...ages));
}
