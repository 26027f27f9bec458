import { entityRef, type EntityRef } from '../../findings/entity-ref.ts';
import type { CephClient, CephRequest, cephClients } from '../../sources/storage/ceph-clients.ts';
import type { Filesystem } from '../../sources/storage/filesystems.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';

export interface CephClientUse {
  readonly client: CephClient;
  /** `rbd0`, a mount point, or the name of the client where several could be meant. */
  readonly subject: string;
  readonly entity: EntityRef;
  /** Request in flight for longest, and how long it was seen so: it may be older. */
  readonly oldest: CephRequest | undefined;
  readonly oldestSeconds: number;
}

/** Clients of Ceph in the kernel with the age of their oldest request, by the readings that have it. */
export function cephClientUse(
  { now, history }: Seen<SampleOf<typeof cephClients>>,
  filesystems: readonly Filesystem[] | undefined,
): readonly CephClientUse[] {
  const mounts = (filesystems ?? []).filter(({ type }) => type === 'ceph');
  const last = history.at(-1)?.at;
  const older = history.slice(0, -1).toReversed();
  return (now ?? []).map((client): CephClientUse => {
    let waiting = new Map(client.requests.map((one) => [keyOf(one), one]));
    let since = last;
    for (const { at, sample } of older) {
      const had = new Set(sample?.find(({ name }) => name === client.name)?.requests.map(keyOf));
      const still = new Map([...waiting].filter(([key]) => had.has(key)));
      if (still.size === 0) break;
      [waiting, since] = [still, at];
    }
    const [oldest] = waiting.values();
    return {
      client,
      ...placeOf(client, mounts),
      oldest,
      oldestSeconds: last === undefined || since === undefined ? 0 : last - since,
    };
  });
}

/** Requests to MDSs and OSDs have numbers of their own. */
const keyOf = ({ tid, object }: CephRequest): string => `${object === undefined ? 'mds' : 'osd'} ${tid}`;

function placeOf({ name, kind, devices }: CephClient, mounts: readonly Filesystem[]): Pick<CephClientUse, 'subject' | 'entity'> {
  const [device] = devices;
  const [mount] = mounts;
  if (device !== undefined) return { subject: device, entity: entityRef('disk', device) };
  if (kind === 'CephFS' && mount !== undefined && mounts.length === 1) return { subject: mount.target, entity: entityRef('mount', mount.target) };
  return { subject: name, entity: entityRef('daemon', name) };
} // prettier-ignore
