import { isWhole, stateOf } from '../../timeline/reading-state.ts';
import type { Moment } from '../../timeline/moment.ts';
import type { PodHere, podNeeds } from './pods.ts';

export interface StaticPod {
  /** Name of its manifest. */
  readonly name: string;
  readonly pod: PodHere | undefined;
  /** Undefined where neither the API server, nor the runtime, nor cgroups show it. */
  readonly isRunning: boolean | undefined;
}

/** Static pods by their manifests: with kubeadm they are the control plane, and one not running explains an unresponsive API. */
export function staticPods(
  manifests: readonly string[] | undefined,
  pods: readonly PodHere[],
  { kubePods, kubeRuntime, cgroups }: Pick<Moment<typeof podNeeds>, 'kubePods' | 'kubeRuntime' | 'cgroups'>,
): readonly StaticPod[] {
  const names = (manifests ?? []).flatMap((file) => /^([^.].*)\.(?:ya?ml|json)$/.exec(file)?.[1] ?? []);
  const runsHere = ({ containers, onNode }: PodHere) => containers.size + onNode.size > 0;
  const containersRead = pods.some(runsHere);
  const table = kubePods.now?.table;
  const isListed = table !== undefined && table.state !== 'lost';
  const isRuntimeListed = kubeRuntime.now?.containers !== undefined;
  const groupsRead = cgroups.now !== undefined && isWhole(stateOf(cgroups));
  return names.map((name) => {
    const pod = pods.find((one) => one.name === name || one.name.startsWith(`${name}-`));
    if (pod !== undefined && runsHere(pod)) return { name, pod, isRunning: true };
    // By cgroups alone a container has no name.
    const isSeen = isRuntimeListed || (groupsRead && (pod !== undefined || !containersRead));
    if (!isListed) return { name, pod, isRunning: isSeen ? false : undefined };
    // Without readable cgroups the statuses of the API server count.
    return { name, pod, isRunning: !containersRead && pod?.pod?.statuses.some((one) => one.running) === true };
  });
}
