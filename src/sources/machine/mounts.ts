import { lines } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/** Filesystems with data on a disk or a server; overlays, tmpfs and bind mounts of containers come and go with them. */
const TYPES =
  'ext2,ext3,ext4,xfs,btrfs,zfs,f2fs,vfat,nfs,nfs4,cifs,ceph,fuse.ceph-fuse,glusterfs,fuse.glusterfs,gfs2,ocfs2';
export const FIND_MOUNTS = ['findmnt', '-r', '-n', '-t', TYPES, '-o', 'TARGET,SOURCE,FSTYPE,OPTIONS'];
/** Engines and the kubelet mount volumes here for each container. */
const OF_CONTAINERS =
  /^\/(?:var\/lib\/(?:kubelet|docker|containers|containerd|lxd|incus|rancher)|run|snap|var\/snap)\//;

export interface Mount {
  readonly target: string;
  readonly device: string;
  readonly type: string;
  /** `rw` or `ro`. */
  readonly access: string | undefined;
}

/**
 * Mounts of disks and servers: findmnt(8), which prints a few lines where /proc/self/mountinfo has thousands on a node of containers.
 * `-r` escapes blanks in names as `\x20`.
 *
 *     /srv /dev/sdb1 ext4 rw,relatime
 */
export const mounts = defineSource({
  id: 'mounts',
  title: 'Mounts',
  why: 'Shows filesystems that were mounted, unmounted or turned read-only.',
  everySeconds: 60,
  reads: {
    table: {
      kind: 'run',
      argv: FIND_MOUNTS,
      // 1: none.
      okExits: [0, 1],
    },
  },
  parse: ({ table }): { readonly mounts: ReadonlyMap<string, Mount> | undefined } => ({
    mounts: table === undefined ? undefined : new Map(mountsOf(table).map((mount) => [mount.target, mount])),
  }),
  // `nas:/export`, `//nas/share`.
  identifiers: ({ mounts: all }) =>
    named(
      'host',
      [...(all?.values() ?? [])].map(({ device }) => /^(?:\/\/)?([\w.-]+)(?=:\/|\/)/.exec(device)?.[1]),
    ),
});

const mountsOf = (table: string): readonly Mount[] =>
  lines(table).flatMap((line): Mount[] => {
    const [target, device, type, options] = line.split(' ').map(unescaped);
    if (target === undefined || device === undefined || type === undefined || OF_CONTAINERS.test(target)) return [];
    return [{ target, device, type, access: options?.split(',').find((option) => option === 'rw' || option === 'ro') }];
  });

const unescaped = (text: string): string =>
  text.replaceAll(/\\x([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Lookup of the mount that holds a path: the nearest above it. A later mount at the same place hides the one before. */
export function mountFinder<One>(byTarget: ReadonlyMap<string, One>): (path: string) => One | undefined {
  return (path) => {
    for (let at = path; at !== ''; at = at.slice(0, at.lastIndexOf('/'))) {
      const found = byTarget.get(at);
      if (found) return found;
    }
    return byTarget.get('/');
  };
}

/** Name below /dev of a mounted device, without the folder that btrfs and bind mounts add: `vda1`, `mapper/vg0-data`; undefined for others. */
export const deviceName = ({ device }: Mount): string | undefined => /^\/dev\/([^[\]]+)/.exec(device)?.[1];
