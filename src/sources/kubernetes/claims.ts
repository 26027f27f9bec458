import { fields, items, json, textOf } from '../../lib/json.ts';
import { KUBERNETES } from './pods.ts';
import { quantityOf } from './quantity.ts';
import { defineDetail } from '../source.ts';

/** PodClaim is a volume claim of a pod with its persistent volume; texts are raw. */
export interface PodClaim {
  /** Volume name in the pod. */
  readonly volume: string;
  readonly claim: string;
  /** Bound, Pending, Lost. */
  readonly phase: string | undefined;
  readonly storageClass: string | undefined;
  readonly sizeBytes: number | undefined;
  /** Name of the persistent volume. */
  readonly bound: string | undefined;
  /** Driver and backend: `rbd.csi.ceph.com pool/image`, `local /mnt/disk`. */
  readonly what: string | undefined;
  /** Pool of an RBD image. */
  readonly pool: string | undefined;
  readonly failed: string | undefined;
}

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/ */
export const kubeClaims = defineDetail({
  id: 'kube-claims',
  title: 'Volume claims of one pod',
  why: 'Shows the volume claims of the open pod and their storage; no attribute of a driver but pool, image and file system.',
  everySeconds: 20,
  example: { namespace: 'shop', name: 'web-0' },
  reads: ({ namespace, name }: { readonly namespace: string; readonly name: string }) => ({
    claims: {
      kind: 'talk',
      dialect: 'kubernetes',
      to: KUBERNETES,
      request: `claims ${namespace}/${name}`,
      as: 'root',
      timeoutMs: 9000,
    } as const,
  }),
  parse: ({ claims: text }) => {
    const answer = json(text);
    return { claims: Array.isArray(answer) ? items(answer).flatMap(claimOf) : undefined };
  },
});

function claimOf(value: unknown): readonly PodClaim[] {
  const one = fields(value);
  const [volume, claim] = [textOf(one['volume']), textOf(one['claim'])];
  if (volume === undefined || claim === undefined) return [];
  const of = fields(one['of']);
  const [spec, status] = [fields(of['spec']), fields(of['status'])];
  const behind = fields(fields(one['pv'])['spec']);
  return [
    {
      volume,
      claim,
      phase: textOf(status['phase']),
      storageClass: textOf(spec['storageClassName']),
      sizeBytes: quantityOf(fields(status['capacity'])['storage']),
      bound: textOf(spec['volumeName']),
      what: whatOf(behind),
      pool: textOf(fields(fields(behind['csi'])['volumeAttributes'])['pool']) ?? textOf(fields(behind['rbd'])['pool']),
      failed: textOf(one['failed']),
    },
  ];
}

function whatOf(spec: Readonly<Record<string, unknown>>): string | undefined {
  const csi = fields(spec['csi']);
  const driver = textOf(csi['driver']);
  const { pool, imageName, fsName, subvolumeName } = fields(csi['volumeAttributes']);
  const slashed = (...parts: readonly unknown[]) => parts.flatMap((part) => textOf(part) ?? []).join('/') || undefined;
  if (driver !== undefined) {
    const lies = slashed(pool ?? fsName, imageName ?? subvolumeName) ?? textOf(csi['volumeHandle']);
    return lies === undefined ? driver : `${driver} ${lies}`;
  }
  const rbd = fields(spec['rbd']);
  const image = slashed(rbd['pool'], rbd['image']);
  if (image !== undefined) return `rbd ${image}`;
  for (const kind of ['local', 'hostPath'] as const) {
    const path = textOf(fields(spec[kind])['path']);
    if (path !== undefined) return `${kind} ${path}`;
  }
  const { server, path } = fields(spec['nfs']);
  return textOf(server) === undefined ? undefined : `nfs ${textOf(server) ?? ''}:${textOf(path) ?? ''}`;
}
