import { inodesPct, usedPct } from '../../entities/storage/space.ts';
import { nfsRates } from '../../entities/storage/nfs-rates.ts';
import { entityRef, hostResource } from '../../findings/entity-ref.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, percent, plural } from '../../lib/units.ts';
import { blockStack } from '../../sources/storage/block-stack.ts';
import { filesystemErrors, type Btrfs } from '../../sources/storage/filesystem-errors.ts';
import { filesystems, type Filesystem } from '../../sources/storage/filesystems.ts';
import { nfsMounts } from '../../sources/storage/nfs-mounts.ts';
import { nvmeHealth } from '../../sources/storage/nvme-health.ts';
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
  needs: { filesystems, filesystemErrors, blockStack, nfsMounts, storageLinks, nvmeHealth, zfsPools },
  rules: ['mount-unresponsive', 'filesystem-full', 'mount-read-only', 'filesystem-errors-counted', 'btrfs-metadata-full', 'volume-suspended', 'multipath-paths', 'storage-link-down', 'nfs-retransmits', 'disk-health', 'zfs-pool-state'], // prettier-ignore
  of: ({
    filesystems: seen,
    filesystemErrors: errors,
    blockStack: stack,
    nfsMounts: nfs,
    storageLinks: links,
    nvmeHealth: health,
    zfsPools: pools,
  }): readonly Check[] => {
    const all = seen.now?.filesystems ?? [];
    const counted = errors.now;
    const errorSum = counted && (counted.ext4 ?? []).reduce((sum, one) => sum + one.errors, 0) + (counted.btrfs ?? []).reduce((sum, one) => sum + errorsOf(one), 0); // prettier-ignore
    const metadata = counted?.btrfs && Math.max(0, ...counted.btrfs.map(({ metadataBytes = 0, metadataUsedBytes = 0 }) => (metadataBytes === 0 ? 0 : (100 * metadataUsedBytes) / metadataBytes))); // prettier-ignore
    const mapped = [...(stack.now?.values() ?? [])].filter(({ mapping }) => mapping !== undefined);
    return [
      ...all.flatMap((one) => mountChecks(one, { filesystems: seen })),
      ...unreadCheck({ ...io, name: 'mounts', aspect: 'utilisation', rules: ['mount-unresponsive', 'filesystem-full', 'mount-read-only'], what: 'space and state', essential: true }, { filesystems: seen }),
      ...check({ ...io, name: 'filesystems', aspect: 'errors', rules: ['filesystem-errors-counted'], what: 'counted errors', limit: '0', load: errorSum ?? 0 }, counted?.ext4 === undefined && counted?.btrfs === undefined ? undefined : count(errorSum), { filesystemErrors: errors }),
      ...check({ ...io, name: 'btrfs', aspect: 'utilisation', rules: ['btrfs-metadata-full'], what: 'metadata', limit: '90% without unallocated space' }, metadata === undefined ? undefined : percent(metadata), { filesystemErrors: errors }),
      ...check({ ...io, name: 'volumes', aspect: 'errors', rules: ['volume-suspended', 'multipath-paths'], what: 'state', limit: 'active, all paths' }, mapped.length === 0 ? undefined : `${count(mapped.length)} mapped`, { blockStack: stack }, 'no mapped devices'),
      ...check({ ...io, name: 'storage links', aspect: 'errors', rules: ['storage-link-down'], what: 'state', limit: 'online' }, links.now === undefined || links.now.length === 0 ? undefined : plural(links.now.length, 'link'), { storageLinks: links }, 'no links'),
      ...check({ ...io, name: 'NVMe disks', aspect: 'errors', rules: ['disk-health'], what: 'health logs', limit: 'no warning' }, health.now === undefined || health.now.controllers.size === 0 ? undefined : plural(health.now.controllers.size, 'log'), { nvmeHealth: health }, 'no NVMe'),
      ...check({ ...io, name: 'ZFS pools', aspect: 'errors', rules: ['zfs-pool-state'], what: 'state', limit: 'ONLINE' }, pools.now === undefined || pools.now.size === 0 ? undefined : plural(pools.now.size, 'pool'), { zfsPools: pools }, 'no pools'),
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
