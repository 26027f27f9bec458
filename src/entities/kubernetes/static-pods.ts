import type { KubeState } from './state.ts';
import type { PodHere } from './pods.ts';

export interface StaticPod {
  /** Name of its manifest. */
  readonly name: string;
  readonly pod: PodHere | undefined;
  readonly isRunning: boolean;
}

/** Static pods by their manifests: with kubeadm they are the control plane, and one not running explains an unresponsive API. */
export function staticPods(
  manifests: readonly string[] | undefined,
  pods: readonly PodHere[],
  api: KubeState['api'],
): readonly StaticPod[] {
  const names = (manifests ?? []).flatMap((file) => /^([^.].*)\.(?:ya?ml|json)$/.exec(file)?.[1] ?? []);
  const runsHere = ({ containers, onNode }: PodHere) => containers.size + onNode.size > 0;
  const containersRead = pods.some(runsHere);
  return names.map((name) => {
    const pod = pods.find((one) => one.name === name || one.name.startsWith(`${name}-`));
    // Without readable cgroups the statuses of the API server count, while it responds.
    const reported = !containersRead && api === 'responsive' && pod?.pod?.statuses.some((one) => one.running) === true;
    return { name, pod, isRunning: reported || (pod !== undefined && runsHere(pod)) };
  });
}
