import { podNeeds, podsAt, type PodHere } from '../../entities/kubernetes/pods.ts';
import type { PodTrouble } from '../../entities/kubernetes/pod-trouble.ts';
import { plain } from '../../lib/plain.ts';
import { nodeRef, podRef } from '../entity-ref.ts';
import { defineFinding, onsetAgo, type Found } from '../finding.ts';
import { pastAfter } from '../../timeline/last-event.ts';

type Kind = PodTrouble['kind'];

/** Next step by kind of problem. Kinds without one make no finding. */
const NEXT: Readonly<Partial<Record<Kind, string>>> = {
  oom: 'open its row in Kubernetes, compare MEM with MEM LIM; raise the limit or find the leak',
  crash: 'enter on its row, enter on the container: previous log (`kubectl logs --previous`)',
  image: 'enter on its row, read Events for the error of the registry; check image name, registry and pull secret',
  config: 'enter on its row, check the ConfigMap, Secret, mount or command that the message names',
  unready: 'enter on its row, read Events for Unhealthy (readiness probe); it gets no traffic meanwhile',
  starting: 'enter on its row, read Events: mounts, sandbox and network (CNI), images',
  terminating: '`kubectl get pod -o yaml` for finalizers; check the node for hung mounts and D state in Processes',
  restarted: 'enter on its row, enter on the container: previous log (`kubectl logs --previous`)',
  evicted: '`kubectl describe pod` names the resource; compare its usage with requests and limits, then the node',
  lost: '`kubectl describe node`, then check the kubelet there: `journalctl -u kubelet -n 50`',
};

const MOST_NAMED = 3;

interface PodProblem {
  readonly pod: PodHere;
  readonly trouble: PodTrouble;
}

/** Status as kubectl prints it, and the cause: `CrashLoopBackOff, exit 3 40 s ago, back-off 40 s`. */
function conditionOf({ pod, trouble }: PodProblem, cause = trouble.words): string {
  const status = pod.status?.status;
  return status === undefined || cause.startsWith(status) ? cause : `${status}, ${cause}`;
}

/** Condition of one pod; of several that of the first without its back-off, and the names of the others. */
function sentenceOf(first: PodProblem, others: readonly PodProblem[]): string {
  if (others.length === 0) return conditionOf(first);
  const names = others.slice(0, MOST_NAMED - 1).map(({ pod }) => `${pod.namespace}/${pod.name}`);
  const rest = others.length > names.length ? ', …' : '';
  return `${conditionOf(first, first.trouble.words.split(', ')[0])}, and ${others.length} more: ${names.join(', ')}${rest}`;
}

/** Pods of this node with problems, one finding for each kind, and one for those of the kind that are past: a broken deployment has many pods. */
export const kubePodTrouble = defineFinding({
  id: 'kube-pod-unhealthy',
  title: 'Pods not healthy: OOMKilled, CrashLoopBackOff, not Ready, Pending, Terminating',
  needs: podNeeds,
  authority:
    'as kubernetes-mixin: KubePodCrashLooping, KubePodNotReady, KubeContainerWaiting, at once rather than after 15 minutes; 1 minute of Pending, Terminating or not Ready is [own]',
  judge: (moment) => {
    const kinds = new Map<string, PodProblem[]>();
    for (const pod of podsAt(moment)) {
      const trouble = pod.troubles.find(({ kind, severity }) => severity !== 'info' && NEXT[kind] !== undefined);
      if (!trouble) continue;
      const condition = `${trouble.kind}${pastOf(trouble).past ? '-past' : ''}`;
      const own = kinds.get(condition);
      if (own) own.push({ pod, trouble });
      else kinds.set(condition, [{ pod, trouble }]);
    }
    const node = nodeRef(moment.kubePods.now?.table?.node ?? moment.kubeLocal.now?.node);
    return [...kinds].flatMap(([condition, all]): readonly Found[] => {
      const [first, ...others] = all.toSorted(byAge);
      const next = first && NEXT[first.trouble.kind];
      if (first === undefined || next === undefined) return [];
      return [
        {
          severity: all.some(({ trouble }) => trouble.severity === 'crit') ? 'crit' : 'warn',
          subject: plain(`${first.pod.namespace}/${first.pod.name}`),
          entity: node,
          condition,
          members: all.map(({ pod }) => podRef(pod)),
          sentence: plain(sentenceOf(first, others)),
          evidence: all.slice(0, 5).map(({ pod, trouble }) => ({
            what: plain(`${pod.namespace}/${pod.name}`),
            value: plain(`${pod.status?.status ?? 'on node'}: ${trouble.words}`),
            source: 'API server, pods of this node',
          })),
          next,
          pane: 'kubernetes',
          ...onsetAgo(oldest(all), 'API server, conditions of the pod'),
          ...pastOf(first.trouble),
        },
      ];
    });
  },
});

/** Age of the oldest of these problems; undefined where one has no start. */
function oldest(problems: readonly PodProblem[]): number | undefined {
  const ages = problems.flatMap(({ trouble }) => trouble.sinceSeconds ?? []);
  return ages.length < problems.length ? undefined : Math.max(...ages);
}

const pastOf = ({ pastSeconds }: PodTrouble): ReturnType<typeof pastAfter> =>
  pastSeconds === undefined ? {} : pastAfter(pastSeconds);

/** Order: present problems first, then the newest. */
const byAge = (a: PodProblem, b: PodProblem): number => (a.trouble.pastSeconds ?? -1) - (b.trouble.pastSeconds ?? -1);
