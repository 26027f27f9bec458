import type { Protocol } from '../protocol.ts';
import { KubernetesConnection } from './connection.ts';
import { kubernetesPlaces } from './endpoints.ts';
import program from './crashcart_kubernetes/__main__.py?program';

/** Address of the cluster that the host is a node of; its kubeconfig is found on the host. */
const HERE = '/etc/kubernetes';

const TABLES = ['pods here', 'pods all', 'events'];
const ANSWERS = ['pulse', 'local', 'runtime', 'volumes', 'node', 'nodes', 'owners', 'pdbs'];
/** RFC 1123 names, as Kubernetes has them: nothing in them can change the requested path. */
const NAME = '[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?';
const OF_ONE = new RegExp(`^(?:(?:pod|events|claims) ${NAME}/${NAME}|log ${NAME}/${NAME}/${NAME}(?:/previous)?)$`);

function refusal(to: string, request: string): string | undefined {
  if (to !== HERE) return `${to} is not the address of Kubernetes, ${HERE}`;
  if (TABLES.includes(request) || ANSWERS.includes(request) || OF_ONE.test(request)) return undefined;
  return `"${request}" is not an allowed request`;
}

/**
 * Kubernetes cluster through its API server, by `kubectl get --raw` on the host with the kubeconfig of the node, started
 * by one Python program that trims replies, watches, and sends deltas.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
export const kubernetes: Protocol = {
  name: 'kubernetes',
  what: "the Kubernetes cluster of the host, by kubectl get --raw with the node's kubeconfig, which stays there",
  argv: () => ['/usr/bin/python3', '-I', '-u', '-c', program, JSON.stringify(kubernetesPlaces)],
  refusal,
  allowed: [
    'pods here, pods all: list and watch pods (no environment, no command, no annotation)',
    'events: list and watch warnings; events NAMESPACE/POD: those of one pod',
    'node: /readyz of the API server, requested without credentials; this node, listed and watched, and its lease',
    'nodes, owners, pdbs: nodes; deployments, stateful and daemon sets, jobs; disruption budgets',
    'pod NAMESPACE/POD: one pod with images and mounts; claims NAMESPACE/POD: its volume claims and their persistent volumes',
    'log NAMESPACE/POD/CONTAINER: the last 60 lines, followed while it is open; from /var/log/pods while the API server is unresponsive',
    "pulse: kubelet's /healthz, and whether the socket of the container runtime responds",
    "local: kubelet's /healthz, names below its manifests and /var/log/pods, end dates of certificates, free space",
    'runtime: whether the socket of the container runtime responds; while pods cannot be listed: crictl ps and inspect, else ctr containers and tasks, of which labels, states and exit codes go over the line',
    "volumes: mounts below the kubelet's pods (/proc/self/mountinfo) and the disks behind them",
    'never: secrets, configmaps, values of the environment',
  ],
  connect: (dial) => new KubernetesConnection(dial, TABLES),
};
