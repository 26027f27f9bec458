import { lines, partOf, toCount, toNumber, words } from '../../lib/lines.ts';
import { named } from '../../redact/identifier.ts';
import { defineSource } from '../source.ts';

/**
 * Mounted filesystems: one mount of each by /proc/self/mountinfo, proc_pid_mountinfo(5), behind the result of statfs(2). A mount
 * has one statfs at a time; while that hangs none is sent. fstab(5) has the options it should have.
 *
 *     #	bind=3,container=120,hidden=1,image=4,left=0,overlay=80,pseudo=25,total=240
 *     4096,5130,2100,1800,640,12,4096	36 27 7:0 / /srv rw,relatime shared:1 - ext4 /dev/loop0 rw,errors=remount-ro,emergency_ro
 *     !timeout,812.4,in S state at request_wait_answer	40 27 0:52 / /mnt/nas rw - nfs4 nas:/export rw,vers=4.2
 *     !error,EIO	41 27 7:1 / /data rw - xfs /dev/loop1 rw
 *     D	4242	percpu_rwsem_wait	/srv/db/wal
 */
export const filesystems = defineSource({
  id: 'filesystems',
  title: 'Filesystems',
  why: 'Shows space, inodes and options of mounted filesystems, and those that do not respond.',
  everySeconds: 5,
  reads: {
    table: { kind: 'mounts', as: 'root' },
    fstab: { kind: 'file', path: '/etc/fstab' },
  },
  parse: ({ table, fstab }): FilesystemTable | undefined =>
    table === undefined ? undefined : parseFilesystems(table, fstab),
  weightKiB: (sample) => (sample?.filesystems.length ?? 0) * 0.5,
  identifiers: (sample) => named('host', (sample?.filesystems ?? []).map(serverOf)),
});

/** Result of statfs on a mount. */
export type Probe =
  | { readonly state: 'answered' }
  /** `at` is CLOCK_MONOTONIC of the host; `where` is `in D state at rpc_wait_bit_killable` (hostile text). */
  | { readonly state: 'hung'; readonly at: number | undefined; readonly where: string }
  /** It hung and came back; the next statfs is sent later. */
  | { readonly state: 'slow'; readonly tookSeconds: number | undefined }
  | { readonly state: 'failed'; readonly code: string }
  | { readonly state: 'not read' };

export interface Filesystem {
  readonly target: string;
  /** `major:minor`, which is not that of a disk for btrfs, NFS, tmpfs. */
  readonly device: string;
  readonly type: string;
  readonly source: string;
  /** Of the mount. */
  readonly options: readonly string[];
  /** Of the filesystem: `errors=remount-ro`, `emergency_ro`. */
  readonly superOptions: readonly string[];
  readonly probe: Probe;
  readonly sizeBytes: number | undefined;
  readonly usedBytes: number | undefined;
  /** To users: without blocks reserved for root. */
  readonly availableBytes: number | undefined;
  /** Undefined where the filesystem has no fixed number of inodes (btrfs). */
  readonly inodes: number | undefined;
  readonly inodesUsed: number | undefined;
}

/** File that a process in D state reads, writes or syncs. */
export interface BlockedFile {
  readonly pid: number;
  readonly wchan: string;
  readonly path: string;
}

export interface FilesystemTable {
  readonly filesystems: readonly Filesystem[];
  readonly blocked: readonly BlockedFile[];
  /** Mounts that have no line, by why: `overlay`, `bind`, `container`, `left`; `total` is all. */
  readonly counts: ReadonlyMap<string, number>;
  /** Options in /etc/fstab by mount point; undefined where it was not read. */
  readonly fstab: ReadonlyMap<string, readonly string[]> | undefined;
}

/** Types without space to fill, for replies that have all mounts: a shell's and a sosreport's. */
const PSEUDO =
  /^(?:autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|efivarfs|fusectl|fuse\.(?:gvfsd-fuse|portal)|hugetlbfs|mqueue|nfsd|nsfs|proc|pstore|ramfs|resctrl|rootfs|rpc_pipefs|securityfs|selinuxfs|smackfs|sysfs|tracefs|overlay|cramfs|erofs|iso9660|squashfs|udf)$/;
const MOST = 1024;

export function parseFilesystems(table: string, fstab: string | undefined): FilesystemTable {
  const found: Filesystem[] = [];
  const blocked: BlockedFile[] = [];
  const counts = new Map<string, number>();
  const seen = new Set<string>();
  for (const line of lines(table)) {
    const [head = '', ...rest] = line.split('\t');
    if (head === '#') {
      for (const pair of (rest[0] ?? '').split(',')) {
        const [name = '', digits] = pair.split('=');
        const value = toCount(digits);
        if (value !== undefined) counts.set(name, value);
      }
    } else if (head === 'D') {
      const [pid, wchan = '', path = ''] = rest;
      const number = toCount(pid);
      if (number !== undefined && path !== '') blocked.push({ pid: number, wchan, path });
    } else {
      const one = filesystemOf(head, rest.join('\t'));
      if (!one || seen.has(one.device) || (PSEUDO.test(one.type) && one.target !== '/') || found.length >= MOST)
        continue;
      seen.add(one.device);
      found.push(one);
    }
  }
  return { filesystems: found, blocked, counts, fstab: fstab === undefined ? undefined : parseFstab(fstab) };
}

function filesystemOf(probe: string, line: string): Filesystem | undefined {
  const fields = line.split(' ');
  const end = fields.indexOf('-', 6);
  const [, , device, , target, options] = fields;
  const [type, source, superOptions = ''] = fields.slice(end + 1);
  if (end < 0 || device === undefined || target === undefined || options === undefined) return undefined;
  if (type === undefined || source === undefined) return undefined;
  return {
    target: unescaped(target),
    device,
    type,
    source: unescaped(source),
    options: options.split(','),
    superOptions: superOptions.split(','),
    ...spaceOf(probe),
  };
}

function spaceOf(
  text: string,
): Pick<Filesystem, 'probe' | 'sizeBytes' | 'usedBytes' | 'availableBytes' | 'inodes' | 'inodesUsed'> {
  const none = { sizeBytes: undefined, usedBytes: undefined, availableBytes: undefined, inodes: undefined, inodesUsed: undefined }; // prettier-ignore
  const [head = '', second, ...rest] = text.split(',');
  if (head === '!timeout') return { ...none, probe: { state: 'hung', at: toNumber(second), where: rest.join(',') } };
  if (head === '!slow') return { ...none, probe: { state: 'slow', tookSeconds: toNumber(second) } };
  if (head === '!error') return { ...none, probe: { state: 'failed', code: second ?? 'error' } };
  const [unit, blocks, free, available, inodes, inodesFree] = text.split(',').map(toCount);
  if (unit === undefined || blocks === undefined || free === undefined)
    return { ...none, probe: { state: 'not read' } };
  const left = partOf(free, blocks);
  const inodesLeft = partOf(inodesFree, inodes);
  const hasInodes = inodes !== undefined && inodes > 0 && inodesLeft !== undefined;
  return {
    probe: { state: 'answered' },
    sizeBytes: blocks * unit,
    usedBytes: left === undefined ? undefined : (blocks - left) * unit,
    availableBytes: available === undefined ? undefined : available * unit,
    inodes: hasInodes ? inodes : undefined,
    inodesUsed: hasInodes ? inodes - inodesLeft : undefined,
  };
}

/** `/dev/sda1 /srv ext4 defaults,ro 0 2`; comments and entries without a mount point are left out. */
const parseFstab = (text: string): ReadonlyMap<string, readonly string[]> =>
  new Map(
    lines(text).flatMap((line): (readonly [string, readonly string[]])[] => {
      const [source = '#', target = '', , options = ''] = words(line);
      return source.startsWith('#') || !target.startsWith('/') ? [] : [[unescaped(target), options.split(',')]];
    }),
  );

/** Blanks and backslashes in a name: `\040`. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** Server of `nas:/export`, `//nas/share`. */
export const serverOf = ({ source }: Pick<Filesystem, 'source'>): string | undefined =>
  /^(?:\/\/)?([\w.-]+)(?=:\/|\/)/.exec(source)?.[1];

const REMOTE = /^(?:nfs4?|cifs|smb3|ceph|9p|afs|lustre|glusterfs|beegfs|gfs2|ocfs2|virtiofs|fuse(?:\..*)?)$/;

/** Whether a server or a program gives the files: it may stop to respond. */
export const isRemote = ({ type }: Pick<Filesystem, 'type'>): boolean => REMOTE.test(type);
