import { osdDisks } from '../../entities/ceph/osd-disks.ts';
import { osdProcesses } from '../../entities/ceph/osd-process.ts';
import { cephCluster, entityRef, hostResource, osdRef, processRef } from '../../findings/entity-ref.ts';
import { cephDevices } from '../../sources/ceph/devices.ts';
import { cephFleet } from '../../sources/ceph/fleet.ts';
import { cephHealth } from '../../sources/ceph/health.ts';
import { cephOps, type OpsSample } from '../../sources/ceph/ops.ts';
import { cephMons } from '../../sources/ceph/mons.ts';
import { cephOsdmap } from '../../sources/ceph/osdmap.ts';
import { cephOsds } from '../../sources/ceph/osds.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { processes } from '../../sources/processes/processes.ts';
import { defineDependencies, type Dependency } from '../dependency.ts';

/** OSD to process and disks, to the peers that its ops wait for; health checks to the OSDs that their details name. */
export const cephDependencies = defineDependencies({
  id: 'ceph',
  needs: { cephOsds, cephOsdmap, cephMons, cephDevices, cephFleet, cephHealth, cephOps, blockDevices, processes },
  of: ({
    cephOsds: osds,
    cephOsdmap: map,
    cephMons: mons,
    cephDevices: links,
    cephFleet: fleet,
    cephHealth: health,
    cephOps: ops,
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
