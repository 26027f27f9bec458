import { epochSeconds } from '../../lib/iso-time.ts';
import { countOf, fields, items, json, numberOf, textOf } from '../../lib/json.ts';
import { named } from '../../redact/identifier.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

/** RuntimeContainer is a container by the runtime of the node; texts are raw. */
export interface RuntimeContainer {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly uid: string;
  readonly namespace: string;
  readonly pod: string;
  readonly name: string;
  /** running, exited, created. */
  readonly state: string | undefined;
  /** Number of earlier starts. */
  readonly attempt: number | undefined;
  readonly createdEpochSeconds: number | undefined;
  readonly image: string | undefined;
  /** Exit code, by crictl only. */
  readonly exitCode: number | undefined;
  readonly reason: string | undefined;
  readonly finishedEpochSeconds: number | undefined;
}

/**
 * The container runtime of the node: health of its socket, and its containers while pods cannot be listed:
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/ or, without crictl, containerd's own ctr.
 */
export const kubeRuntime = defineSource({
  id: 'kube-runtime',
  title: 'Container runtime',
  why: 'Shows whether the runtime responds, and its containers while the API server is unresponsive. Labels, states and exit codes only.',
  everySeconds: 15,
  reads: {
    runtime: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'runtime', as: 'root', timeoutMs: 20_000 },
  },
  parse: ({ runtime: text }) => {
    const answer = fields(json(text));
    const attempts = fields(answer['attempts']);
    const rows = answer['rows'];
    return {
      nowEpochSeconds: numberOf(answer['now']),
      endpoint: textOf(answer['endpoint']),
      /** `ok`, another response, or the error. */
      health: textOf(answer['says']),
      tookMs: countOf(answer['tookMs']),
      /** crictl or ctr. */
      by: textOf(answer['by']),
      failed: textOf(answer['failed']),
      /** Undefined while the API server lists pods. */
      containers: Array.isArray(rows) ? items(rows).flatMap((one) => containerOf(one, attempts)) : undefined,
    };
  },
  identifiers: ({ containers }) =>
    (containers ?? []).flatMap(({ id, namespace, pod, name }) => [
      ...named('pod', [pod]),
      ...named('namespace', [namespace]),
      ...named('container', [name]),
      ...named('id', [id, id.slice(0, 12)]),
    ]),
});

function containerOf(value: unknown, attempts: Readonly<Record<string, unknown>>): readonly RuntimeContainer[] {
  const one = fields(value);
  const [id, uid, pod, name] = [textOf(one['id']), textOf(one['uid']), textOf(one['pod']), textOf(one['name'])];
  if (id === undefined || uid === undefined || pod === undefined || name === undefined) return [];
  return [
    {
      id,
      uid,
      namespace: textOf(one['namespace']) ?? '',
      pod,
      name,
      state: textOf(one['state']),
      attempt: countOf(one['attempt']) ?? countOf(attempts[`${uid}/${name}`]),
      createdEpochSeconds: countOf(one['created']) ?? epochSeconds(textOf(one['createdAt'])),
      image: textOf(one['image']),
      exitCode: numberOf(one['exitCode']),
      reason: textOf(one['reason']),
      finishedEpochSeconds: epochSeconds(textOf(one['finishedAt'])),
    },
  ];
}
