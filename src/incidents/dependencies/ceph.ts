import { checkMembers } from '../../entities/ceph/check-members.ts';
import { osdDisks } from '../../entities/ceph/osd-disks.ts';
import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { cephCluster, entityRef, hostResource, osdRef, processRef, type EntityRef } from '../../findings/entity-ref.ts';
import { cephDevices } from '../../sources/ceph/devices.ts';
import { cephFleet } from '../../sources/ceph/fleet.ts';
import { cephHealth, type HealthCheck } from '../../sources/ceph/health.ts';
import { cephOps, type OpsSample } from '../../sources/ceph/ops.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { cephPools, type Pool } from '../../sources/ceph/pools.ts';
import { rbdDevices } from '../../sources/ceph/rbd-devices.ts';
import { libvirtXml } from '../../sources/kvm/libvirt-xml.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { processes } from '../../sources/processes/processes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/**
 * OSD to process and disks, to the peers that its ops wait for; health checks to the OSDs that their details name; guest disk to RBD
 * image to pool; a PG to its pool. A pool waits for the OSDs that the cluster waits for: which of them hold its PGs is not read.
 */
export const cephDependencies = defineDependencies({
  id: 'ceph',
  needs: {
    cephOsds,
    cephOsdmap,
    cephMons,
    cephDevices,
    cephFleet,
    cephHealth,
    cephOps,
    cephPools,
    rbdDevices,
    libvirtXml,
    blockDevices,
    processes,
  },
  of: ({
    cephOsds: osds,
    cephOsdmap: map,
    cephMons: mons,
    cephDevices: links,
    cephFleet: fleet,
    cephHealth: health,
    cephOps: ops,
    cephPools: pools,
    rbdDevices: mapped,
    libvirtXml: definitions,
    blockDevices: devices,
    processes: table,
  }) => {
    const found: Dependency[] = [];
    for (const [osd, process] of osdProcesses(table.now?.processes))
      found.push({ dependent: osdRef(osd), via: 'runs-as', on: processRef(process) });
    for (const osd of new Set([...(osds.now?.keys() ?? []), ...(links.now?.keys() ?? [])])) {
      const disks = osdDisks(links.now?.get(osd), fleet.now?.osds.get(osd), devices.now);
      for (const disk of [...disks.data, ...disks.db])
        found.push({ dependent: osdRef(osd), via: 'stored-on', on: entityRef('disk', disk) });
    }
    for (const [osd, peer] of waits(ops.now))
      found.push({ dependent: osdRef(osd), via: 'waits-for', on: osdRef(peer) });
    for (const osd of namedOsds(health.now?.checks.flatMap(({ message, detail }) => [message, ...detail]) ?? []))
      found.push({ dependent: cephCluster, via: 'waits-for', on: osdRef(osd) });
    // Local OSDs: ops of clients pass through them, and their tasks are stalled where their devices are.
    for (const osd of osds.now?.keys() ?? [])
      found.push(
        { dependent: cephCluster, via: 'waits-for', on: osdRef(osd) },
        { dependent: hostResource('io'), via: 'shares', on: osdRef(osd) },
        { dependent: hostResource('memory'), via: 'shares', on: osdRef(osd) },
        { dependent: osdRef(osd), via: 'shares', on: hostResource('cpu') },
      );
    for (const [osd, { up }] of map.now?.osds ?? [])
      if (up === false) found.push({ dependent: cephCluster, via: 'waits-for', on: osdRef(osd) });
    for (const { name } of mons.now?.local ?? [])
      found.push({ dependent: cephCluster, via: 'waits-for', on: entityRef('mon', `mon.${name}`) });
    if (found.length > 0) found.push({ dependent: cephCluster, via: 'waits-for', on: entityRef('mgr', 'active') });
    found.push(...placements(health.now?.checks ?? [], pools.now ?? []));
    for (const { name, pool, image } of mapped.now ?? []) found.push(...imageOn(entityRef('disk', name), pool, image));
    for (const { uuid, disks } of definitions.now?.values() ?? [])
      for (const { name, source } of disks) {
        const [, pool, image] = /^rbd:([^/]+)\/(.+)$/.exec(source ?? '') ?? [];
        if (pool !== undefined && image !== undefined)
          found.push(...imageOn(entityRef('guest-disk', `${uuid}/${name}`), pool, image));
      }
    return found;
  },
});

/** Pairs of an OSD and a replica that an op of it lacks: `waiting for sub ops`, fewer replies than replicas. */
function waits(ops: OpsSample | undefined): readonly (readonly [number, number])[] {
  const pairs = new Map<string, readonly [number, number]>();
  for (const [osd, dump] of ops ?? [])
    for (const { flagPoint, peers, peerReplies } of dump.ops)
      if (flagPoint === 'waiting for sub ops' && peerReplies < peers.length)
        for (const peer of peers) pairs.set(`${osd} ${peer}`, [osd, peer]);
  return [...pairs.values()];
}

const namedOsds = (lines: readonly string[]): ReadonlySet<number> =>
  new Set(lines.flatMap((line) => [...line.matchAll(/\bosd\.(\d{1,9})\b/g)].map(([, osd]) => Number(osd))));

/** A disk on an image of a pool; the pool is of this cluster, or of another that the host is a client of. */
function imageOn(disk: EntityRef, pool: string, name: string): readonly Dependency[] {
  const image = entityRef('rbd-image', `${pool}/${name}`);
  return [
    { dependent: disk, via: 'stored-on', on: image },
    { dependent: image, via: 'stored-on', on: entityRef('pool', pool) },
  ];
}

/** PGs that health checks name to their pools, and pools to the cluster. */
function placements(checks: readonly HealthCheck[], pools: readonly Pool[]): readonly Dependency[] {
  const names = new Map(pools.map(({ id, name }) => [String(id), name]));
  const named = checks.flatMap((check) => checkMembers(check)).filter(({ entity }) => entity.kind === 'pg');
  return [
    ...[...new Set(named.map(({ entity }) => entity.id))].map((pg): Dependency => {
      const pool = names.get(pg.split('.')[0] ?? '');
      // A PG of a pool that is not listed yet waits for the cluster all the same.
      return pool === undefined
        ? { dependent: entityRef('pg', pg), via: 'waits-for', on: cephCluster }
        : { dependent: entityRef('pg', pg), via: 'stored-on', on: entityRef('pool', pool) };
    }),
    ...pools.map(({ name }): Dependency => ({ dependent: entityRef('pool', name), via: 'waits-for', on: cephCluster })),
  ];
}
