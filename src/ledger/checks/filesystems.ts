import { btrfsMetadata } from '../../entities/storage/btrfs-space.ts';
import { inodesPct, usedPct } from '../../entities/storage/space.ts';
import { mappedText } from '../../entities/storage/volume-faults.ts';
import { nfsServerRates } from '../../entities/storage/nfs-server-rates.ts';
import { nfsRates } from '../../entities/storage/nfs-rates.ts';
import { entityRef, hostResource } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, percent, plural } from '../../lib/units.ts';
import { bcache } from '../../sources/storage/bcache.ts';
import { blockDevices } from '../../sources/machine/block-devices.ts';
import { diskstats } from '../../sources/machine/diskstats.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors, type Btrfs } from '../../sources/storage/filesystem-errors.ts';
import { filesystems, type Filesystem } from '../../sources/storage/filesystems.ts';
import { mappedDevices } from '../../sources/storage/mapped-devices.ts';
import { cephClients } from '../../sources/storage/ceph-clients.ts';
import { nfsServer } from '../../sources/storage/nfs-server.ts';
import { cifs } from '../../sources/storage/cifs.ts';
import { nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import { nvmeHealth } from '../../sources/storage/nvme-health.ts';
import { linkCounters } from '../../sources/storage/link-counters.ts';
import { scsiCounters } from '../../sources/storage/scsi-counters.ts';
import { storageLinks } from '../../sources/storage/storage-links.ts';
import { zfsPools } from '../../sources/storage/zfs-pools.ts';
import { overLast } from '../../timeline/window.ts';
import { check, defineChecks, unreadCheck, type Check } from '../check.ts';

const mountLine = ({ target }: { readonly target: string }) =>
  ({ entity: entityRef('mount', target), name: plain(target), family: 'mounts', pane: 'storage' }) as const;
const io = { entity: hostResource('io'), nameVocabulary: 'fixed', pane: 'storage', wide: true } as const;

/** Mounts with their space, errors that filesystems counted, volumes and NFS operations. */
export const filesystemChecks = defineChecks({
  id: 'filesystems',
  needs: {
    filesystems,
    filesystemErrors,
    blockStack,
    blockDevices,
    mappedDevices,
    bcache,
    diskstats,
    nfsMounts,
    nfsServer,
    cifs,
    cephClients,
    storageLinks,
    linkCounters,
    scsiCounters,
    nvmeHealth,
    zfsPools,
  },
  rules: ['mount-unresponsive', 'filesystem-full', 'mount-read-only', 'filesystem-errors-counted', 'btrfs-degraded', 'btrfs-metadata-full', 'bcache-degraded', 'thin-pool-full', 'volume-degraded', 'volume-suspended', 'volume-hung', 'volume-slow', 'multipath-paths', 'storage-link-down', 'nvme-paths-lost', 'storage-link-errors', 'scsi-errors', 'nfs-retransmits', 'nfs-server-busy', 'cifs-server', 'ceph-client-stuck', 'disk-health', 'zfs-pool-state'], // prettier-ignore
  of: ({
    filesystems: seen,
    filesystemErrors: errors,
    blockStack: stack,
    blockDevices: devices,
    mappedDevices: volumes,
    bcache: caches,
    diskstats: stats,
    nfsMounts: nfs,
    nfsServer: server,
    cifs: smb,
    cephClients: ceph,
    storageLinks: links,
    linkCounters: linkCounts,
    scsiCounters: commands,
    nvmeHealth: health,
    zfsPools: zfs,
  }): readonly Check[] => {
    const all = seen.now?.filesystems ?? [];
    const counted = errors.now;
    const errorSum = counted && (counted.ext4 ?? []).reduce((sum, one) => sum + one.errors, 0) + (counted.btrfs ?? []).reduce((sum, one) => sum + errorsOf(one), 0); // prettier-ignore
    const metadataPcts = (counted?.btrfs ?? []).flatMap((one) => btrfsMetadata(one)?.pct ?? []);
    const metadata = metadataPcts.length > 0 || counted?.btrfs?.length === 0 ? Math.max(0, ...metadataPcts) : undefined;
    const mapped = [...(stack.now?.values() ?? [])].filter(({ mapping }) => mapping !== undefined);
    const mappedCount = Math.max(mapped.length, volumes.now?.size ?? 0);
    const pools = [...(volumes.now?.values() ?? [])].filter(({ targets }) => targets.some(({ type }) => type === 'thin-pool')); // prettier-ignore
    const stacked = [...(devices.now?.values() ?? [])].filter(
      ({ kind }) => kind === 'mapped' || kind === 'raid',
    ).length;
    const served = nfsServerRates(overLast(server, 60, 5));
    return [
      ...all.flatMap((one) => mountChecks(one, { filesystems: seen })),
      ...unreadCheck({ ...io, name: 'mounts', aspect: 'utilisation', rules: ['mount-unresponsive', 'filesystem-full', 'mount-read-only'], what: 'space and state', essential: true }, { filesystems: seen }),
      ...check({ ...io, name: 'filesystems', aspect: 'errors', rules: ['filesystem-errors-counted', 'btrfs-degraded'], what: 'counted errors', limit: '0', load: errorSum ?? 0 }, counted?.ext4 === undefined && counted?.btrfs === undefined ? undefined : count(errorSum), { filesystemErrors: errors }),
      ...check({ ...io, name: 'btrfs', aspect: 'utilisation', rules: ['btrfs-metadata-full'], what: 'metadata', limit: '90% without unallocated space' }, metadata === undefined ? undefined : percent(metadata), { filesystemErrors: errors }),
      ...check({ ...io, name: 'volumes', aspect: 'errors', rules: ['volume-suspended', 'multipath-paths', 'volume-degraded'], what: 'state', limit: 'active, all paths and members' }, mappedCount === 0 ? undefined : `${count(mappedCount)} mapped`, { blockStack: stack, mappedDevices: volumes }, 'no mapped devices'),
      ...check({ ...io, name: 'volumes', aspect: 'saturation', rules: ['volume-hung', 'volume-slow'], what: 'await above their disks', limit: '100ms' }, stacked === 0 ? undefined : plural(stacked, 'volume'), { diskstats: stats, blockDevices: devices }, 'no volumes'),
      ...check({ ...io, name: 'bcache', aspect: 'errors', rules: ['bcache-degraded'], what: 'available', limit: 'above 33%' }, caches.now === undefined ? undefined : caches.now.sets.map(({ availablePct }) => percent(availablePct)).join(', ') || plural(caches.now.states.size, 'device'), { bcache: caches }, 'no bcache'),
      ...pools.map((pool): Check => {
        const name = plain(devices.now?.get(pool.name)?.alias ?? pool.name);
        const used = pool.targets[0]?.pool?.dataPct;
        return { entity: entityRef('disk', pool.name), name, family: 'thin pools', aspect: 'utilisation', rules: ['thin-pool-full'], what: 'data', limit: '80%', load: used ?? 0, value: `${percent(used)} data, ${mappedText(pool)}`, sources: ['mappedDevices'], pane: 'storage' };
      }),
      ...unreadCheck({ ...io, name: 'thin pools', aspect: 'utilisation', rules: ['thin-pool-full'], what: 'data' }, { mappedDevices: volumes }),
      ...check({ ...io, name: 'storage links', aspect: 'errors', rules: ['storage-link-down', 'nvme-paths-lost'], what: 'state', limit: 'online' }, links.now === undefined || links.now.length === 0 ? undefined : plural(links.now.length, 'link'), { storageLinks: links }, 'no links'),
      ...check({ ...io, name: 'storage links', aspect: 'errors', rules: ['storage-link-errors'], what: 'errors', limit: 'no growth' }, linkCounts.now === undefined || linkCounts.now.size === 0 ? undefined : plural(linkCounts.now.size, 'port'), { linkCounters: linkCounts }, 'no FC or SAS'),
      ...check({ ...io, name: 'SCSI disks', aspect: 'errors', rules: ['scsi-errors'], what: 'failed commands', limit: '1%, no timeout' }, commands.now === undefined || commands.now.size === 0 ? undefined : plural(commands.now.size, 'disk'), { scsiCounters: commands }, 'no SCSI disks'),
      ...check({ ...io, name: 'NVMe disks', aspect: 'errors', rules: ['disk-health'], what: 'health logs', limit: 'no warning' }, health.now === undefined || health.now.controllers.size === 0 ? undefined : plural(health.now.controllers.size, 'log'), { nvmeHealth: health }, 'no NVMe'),
      ...check({ ...io, name: 'ZFS pools', aspect: 'errors', rules: ['zfs-pool-state'], what: 'state', limit: 'ONLINE' }, zfs.now === undefined || zfs.now.size === 0 ? undefined : plural(zfs.now.size, 'pool'), { zfsPools: zfs }, 'no pools'),
      ...check({ ...io, name: 'NFS server', aspect: 'saturation', rules: ['nfs-server-busy'], what: 'packets that waited for a thread', limit: '10%', load: served?.waitedPct ?? 0 }, served && (served.waitedPct === undefined ? 'idle' : percent(served.waitedPct)), { nfsServer: server }, 'no server'),
      ...check({ ...io, name: 'SMB servers', aspect: 'errors', rules: ['cifs-server'], what: 'connections', limit: 'good, no reconnect' }, smb.now === undefined || smb.now.servers.length === 0 ? undefined : plural(smb.now.servers.length, 'server'), { cifs: smb }, 'no SMB mounts'),
      ...check({ ...io, name: 'Ceph clients', aspect: 'errors', rules: ['ceph-client-stuck'], what: 'requests in flight', limit: '30 s', load: ceph.now?.reduce((sum, { requests }) => sum + requests.length, 0) ?? 0 }, ceph.now === undefined || ceph.now.length === 0 ? undefined : count(ceph.now.reduce((sum, { requests }) => sum + requests.length, 0)), { cephClients: ceph }, 'no clients'),
      ...nfsRates(overLast(nfs, 60, 5)).flatMap((rate) =>
        check({ ...mountLine(rate), aspect: 'errors', rules: ['nfs-retransmits'], what: 'retransmits', limit: '1%', load: rate.retransmitPct ?? 0 }, rate.requestsPerSec === undefined ? undefined : rate.retransmitPct === undefined ? 'idle' : percent(rate.retransmitPct), { nfsMounts: nfs }),
      ),
    ]; // prettier-ignore
  },
});

const errorsOf = ({ errors }: Btrfs): number => [...(errors?.values() ?? [])].reduce((sum, one) => sum + one, 0);

function mountChecks(one: Filesystem, source: Parameters<typeof check>[2]): readonly Check[] {
  const line = mountLine(one);
  const [used, inodes] = [usedPct(one), inodesPct(one)];
  const space = used === undefined ? (one.probe.state === 'answered' ? 'no blocks' : undefined) : percent(used);
  return [
    ...check({ ...line, aspect: 'errors', rules: ['mount-unresponsive'], what: 'statfs', limit: 'reply in 1 s', load: one.probe.state === 'answered' ? 0 : 1 }, one.probe.state === 'not read' ? undefined : one.probe.state, source, 'not read'),
    ...check({ ...line, aspect: 'utilisation', rules: ['filesystem-full/space'], what: 'space', limit: '90%', load: used ?? 0 }, space, source, 'statfs without a value'),
    ...(inodes === undefined ? [] : check({ ...line, aspect: 'utilisation', rules: ['filesystem-full/inodes'], what: 'inodes', limit: '90%', load: inodes }, percent(inodes), source)),
    ...check({ ...line, aspect: 'errors', rules: ['mount-read-only'], what: 'access', limit: 'as in fstab' }, label([one.options[0], ...one.superOptions.filter((option) => option === 'ro' || option === 'emergency_ro')].join(', ')), source),
  ]; // prettier-ignore
}
