import { podOf, type Pod } from './objects.ts';
import { kubeTable, type KubeTable } from './table.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Address of the protocol `kubernetes`: the kubeconfig is found on the host. */
export const KUBERNETES = '/etc/kubernetes';

const tableOf = kubeTable(podOf);

/**
 * Pods of this node by the API server, listed once and then watched.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
 *
 *     {"node":"lab1","place":"kubeadm","state":"live","heardAt":1795470000.1}
 *     {"metadata":{"name":"crash","namespace":"default","uid":"b206f10d-…"},"spec":{…},"status":{"phase":"Running",…}}
 */
export const kubePods = defineSource({
  id: 'kube-pods',
  title: 'Pods of this node',
  why: 'Shows pods with problems and their causes: container states, restarts, exit codes, requests and limits. No environment, no command, no annotation is read.',
  everySeconds: 2,
  value: 'high',
  reads: {
    pods: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'pods here', as: 'root', timeoutMs: 10_000 },
  },
  parse: ({ pods }): { readonly table: KubeTable<Pod> | undefined } => ({ table: tableOf(pods) }),
  weightKiB: ({ table }) => (table?.rows.length ?? 0) * PLACE_KIB,
  identifiers: ({ table }) =>
    (table?.rows ?? []).flatMap(({ name, namespace, node, owner, containers, initContainers }) => [
      ...named('pod', [name, owner?.name]),
      ...named('namespace', [namespace]),
      ...named('host', [node]),
      ...named(
        'container',
        [...containers, ...initContainers].map((container) => container.name),
      ),
    ]),
});

/** Size of a list slot; pods that did not change are shared with earlier samples. */
const PLACE_KIB = 0.05;
