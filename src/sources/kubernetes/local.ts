import { countOf, fields, flagOf, items, json, numberOf, textOf, textsOf } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { KUBERNETES } from './pods.ts';
import { defineSource } from '../source.ts';

export interface Space {
  readonly path: string;
  readonly bytes: number;
  readonly freePct: number | undefined;
  readonly freeBytes: number;
  readonly inodesFreePct: number | undefined;
}

/** LocalPod is a pod by the name of its log folder. */
export interface LocalPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * State of the node without the API server: /healthz of the kubelet (http://127.0.0.1:10248/healthz), pods by their log
 * folders, static pods by their manifests, certificates, free space against the eviction thresholds.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/
 */
export const kubeLocal = defineSource({
  id: 'kube-local',
  title: 'Node without the API server',
  why: 'Shows kubelet health, pods, certificates and free space also while the API server is unresponsive. Of certificates only the expiry date is read.',
  everySeconds: 15,
  reads: { local: { kind: 'talk', dialect: 'kubernetes', to: KUBERNETES, request: 'local', as: 'root' } },
  parse: ({ local: text }) => {
    const answer = fields(json(text));
    const kubelet = fields(answer['kubelet']);
    const names = (value: unknown) =>
      Array.isArray(value) ? items(value).flatMap((one) => textOf(one) ?? []) : undefined;
    const hard = answer['evictionHard'];
    return {
      nowEpochSeconds: numberOf(answer['now']),
      node: textOf(answer['node']),
      config: textOf(answer['config']),
      /** CRC-32 of the certificate of the cluster's CA: the same on all of its nodes. */
      cluster: textOf(answer['cluster']),
      kubeletRuns: flagOf(kubelet['runs']),
      /** `ok`, another response, or the error. */
      healthz: textOf(kubelet['healthz']),
      healthzMs: countOf(kubelet['tookMs']),
      manifests: names(answer['manifests']),
      pods: names(answer['pods'])?.flatMap(localPodOf),
      certificates: items(answer['certs']).flatMap((item) => {
        const { path, ends } = fields(item);
        return textOf(path) === undefined ? [] : [{ path: textOf(path) ?? '', endEpochSeconds: countOf(ends) }];
      }),
      evictionHard: typeof hard === 'string' ? flagThresholds(hard) : textsOf(hard),
      nodefs: spaceOf(answer['nodefs']),
      imagefs: spaceOf(answer['imagefs']),
      threads: whole(answer['threads']),
      pidMax: whole(answer['pidMax']),
    };
  },
});

/** `NAMESPACE_POD_UID`. */
function localPodOf(folder: string): readonly LocalPod[] {
  const [, namespace, name, uid] = /^([^_]+)_([^_]+)_([^_]+)$/.exec(folder) ?? [];
  return namespace && name && uid ? [{ namespace, name, uid }] : [];
}

/** `--eviction-hard=memory.available<100Mi,nodefs.available<10%`. */
const flagThresholds = (text: string): ReadonlyMap<string, string> =>
  new Map(
    text.split(',').flatMap((one) => {
      const [name, line] = one.split('<');
      return name && line ? [[name, line] as const] : [];
    }),
  );

const whole = (value: unknown): number | undefined => {
  const found = /^\d{1,12}$/.exec(textOf(value) ?? '');
  return found ? Number(found[0]) : undefined;
};

function spaceOf(value: unknown): Space | undefined {
  const one = fields(value);
  const [path, all] = [textOf(one['path']), countOf(one['bytes'])];
  const free = partOf(countOf(one['free']), all);
  const inodes = countOf(one['inodes']);
  // File systems without a fixed number of inodes (btrfs) report 0.
  const inodesFree = partOf(countOf(one['inodesFree']), inodes || undefined);
  if (path === undefined || all === undefined || free === undefined) return undefined;
  const share = (part: number | undefined, of: number | undefined) =>
    part === undefined || !of ? undefined : (100 * part) / of;
  return {
    path,
    bytes: all,
    freeBytes: free,
    freePct: share(free, all),
    inodesFreePct: share(inodesFree, inodes),
  };
}
