import { defineSource } from '../source.ts';

/** Block devices of an OSD (data, DB, WAL): targets of the links in its folder. */
export interface OsdLinks {
  readonly block: string | undefined;
  readonly db: string | undefined;
  readonly wal: string | undefined;
}

/**
 * `/var/lib/ceph/osd/ceph-3/block -> /dev/ceph-<vg>/osd-block-<uuid>`, and the same below the cluster's fsid with cephadm
 * and below the snap's data with MicroCeph. https://docs.ceph.com/en/latest/ceph-volume/lvm/
 */
export const cephDevices = defineSource({
  id: 'ceph-devices',
  title: 'OSD devices',
  why: 'Shows which disk of this host each OSD uses, with the load of that disk.',
  everySeconds: 300,
  value: 'low',
  reads: {
    packages: { kind: 'glob', pattern: '/var/lib/ceph/osd/*/block*', links: true, as: 'root' },
    cephadm: { kind: 'glob', pattern: '/var/lib/ceph/*/osd.*/block*', links: true, as: 'root' },
    microceph: { kind: 'glob', pattern: '/var/snap/microceph/common/data/osd/*/block*', links: true, as: 'root' },
  },
  parse: ({ packages, cephadm, microceph }): ReadonlyMap<number, OsdLinks> => {
    const osds = new Map<number, OsdLinks>();
    for (const [path, target] of [...(packages ?? []), ...(cephadm ?? []), ...(microceph ?? [])]) {
      const [, id, name] = /\/(?:[^/]*-|osd\.)(\d{1,9})\/(block|block\.db|block\.wal)$/.exec(path) ?? [];
      if (id === undefined || name === undefined) continue;
      const known = osds.get(Number(id)) ?? { block: undefined, db: undefined, wal: undefined };
      const which = name === 'block' ? 'block' : name === 'block.db' ? 'db' : 'wal';
      osds.set(Number(id), { ...known, [which]: target });
    }
    return osds;
  },
});
