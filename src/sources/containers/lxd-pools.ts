import { countOf, fields, json, textOf, textsOf } from '../../lib/json.ts';
import { partOf } from '../../lib/lines.ts';
import { lxdPlaces, lxdReads, type LxdPlace } from './lxd-sockets.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Space and inodes of LXD's storage pools: in a full one every container fails with ENOSPC at once. Pools are listed first,
 * then each is read: the reply holds the list and the resources of each.
 * https://documentation.ubuntu.com/lxd/latest/api/#/storage/storage_pool_resources
 *
 *     {"list":[{"name":"lab","driver":"dir",…}],"each":{"lab":{"space":{"used":…,"total":…},"inodes":{…}}}}
 */
export const lxdPools = defineSource({
  id: 'lxd-pools',
  title: 'LXD storage pools',
  why: 'Shows how full the storage of the containers is.',
  everySeconds: 60,
  reads: lxdReads('EACH /1.0/storage-pools resources'),
  parse: (values) => {
    const servers = new Map<LxdPlace, readonly LxdPool[]>();
    for (const place of lxdPlaces) {
      const text = values[place];
      if (text !== undefined) servers.set(place, poolsOf(text));
    }
    return { servers };
  },
  identifiers: ({ servers }) =>
    named(
      'pool',
      [...servers.values()].flat().map(({ name }) => name),
    ),
});

export interface LxdPool {
  readonly name: string;
  /** dir, zfs, lvm, btrfs, ceph, cephfs… */
  readonly driver: string | undefined;
  /** Created, Pending, Errored, Unavailable. */
  readonly status: string | undefined;
  readonly source: string | undefined;
  readonly usedBytes: number | undefined;
  readonly totalBytes: number | undefined;
  readonly usedInodes: number | undefined;
  readonly totalInodes: number | undefined;
  /** Number of instances, profiles and images that use it. */
  readonly users: number | undefined;
  /** Error of LXD in place of its space. */
  readonly problem: string | undefined;
}

function poolsOf(text: string): readonly LxdPool[] {
  const answer = fields(json(text));
  const each = fields(answer['each']);
  const list = Array.isArray(answer['list']) ? (answer['list'] as readonly unknown[]) : [];
  return list.flatMap((item): LxdPool[] => {
    const pool = fields(item);
    const name = textOf(pool['name']);
    if (name === undefined) return [];
    const own = fields(Object.hasOwn(each, name) ? each[name] : undefined);
    const space = fields(own['space']);
    const inodes = fields(own['inodes']);
    // 0: unknown to this driver.
    const [totalBytes, totalInodes] = [countOf(space['total']) || undefined, countOf(inodes['total']) || undefined];
    return [
      {
        name,
        driver: textOf(pool['driver']),
        status: textOf(pool['status']),
        source: textsOf(pool['config']).get('source'),
        usedBytes: partOf(countOf(space['used']), totalBytes),
        totalBytes,
        usedInodes: partOf(countOf(inodes['used']), totalInodes),
        totalInodes,
        users: Array.isArray(pool['used_by']) ? pool['used_by'].length : undefined,
        problem: textOf(own['error']),
      },
    ];
  });
}
