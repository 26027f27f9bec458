import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Names of pods and of the containers in them, from the links that kubelet makes for log collectors, without a request
 * to the cluster or the runtime. https://kubernetes.io/docs/concepts/cluster-administration/logging/
 *
 *     /var/log/containers/POD_NAMESPACE_CONTAINER-ID.log -> /var/log/pods/NAMESPACE_POD_UID/CONTAINER/0.log
 */
export const containerLogs = defineSource({
  id: 'container-logs',
  title: 'Names of pods',
  why: 'Shows pods and their containers by name. Only targets of links are read, no log.',
  everySeconds: 15,
  reads: { links: { kind: 'glob', pattern: '/var/log/containers/*.log', links: true } },
  parse: ({ links }) => {
    const containers = new Map<string, PodContainer>();
    for (const [path, target] of links ?? []) {
      const [, id] = /-([0-9a-f]{64})\.log$/.exec(path) ?? [];
      const [, namespace, pod, uid, container] = /\/pods\/([^/_]+)_([^/_]+)_([^/_]+)\/([^/]+)\//.exec(target) ?? [];
      if (id && namespace && pod && uid && container) containers.set(id, { id, namespace, pod, uid, container });
    }
    return { containers };
  },
  identifiers: ({ containers }) =>
    [...containers.values()].flatMap(({ id, namespace, pod, container }) => [
      ...named('pod', [pod]),
      ...named('container', [container]),
      ...named('namespace', [namespace]),
      ...named('id', [id, id.slice(0, 12)]),
    ]),
});

export interface PodContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
  readonly container: string;
}
