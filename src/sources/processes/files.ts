import { lines, toCount } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/**
 * Open files of one process: targets of /proc/PID/fd. proc_pid_fd(5), proc_pid_limits(5).
 *
 *     fd/3 -> socket:[358358]    fd/4 -> anon_inode:[eventpoll]    fd/5 -> /var/log/x.log (deleted)
 *     Max open files            20000                20000                files
 */
export const processFiles = defineDetail({
  id: 'process-files',
  title: 'Open files of a process',
  why: 'Shows open files of a process against its RLIMIT_NOFILE.',
  everySeconds: 5,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    links: { kind: 'glob', pattern: `/proc/${pid}/fd/*`, links: true, as: 'root' },
    limits: { kind: 'file', path: `/proc/${pid}/limits`, as: 'root' },
  }),
  parse: ({ links, limits }): FilesSample => ({
    // Unreadable links leave an empty map; an unreadable directory leaves none.
    files:
      links === undefined || links.size === 0
        ? undefined
        : [...links].flatMap(([path, target]) => fileOf(path, target)),
    softLimit: openFilesLimit(limits),
  }),
});

export type FileKind = 'file' | 'deleted' | 'socket' | 'pipe' | 'device' | 'anonymous';

export interface OpenFile {
  readonly fd: number;
  /** Target of the link (hostile text). */
  readonly target: string;
  readonly kind: FileKind;
  /** Inode of a socket or pipe, which joins it with its other end. */
  readonly inode: number | undefined;
}

export interface FilesSample {
  /** Undefined when none is readable: a process without open files looks the same as one of another user. */
  readonly files: readonly OpenFile[] | undefined;
  /** Soft RLIMIT_NOFILE; undefined when unlimited or not read. */
  readonly softLimit: number | undefined;
}

function fileOf(path: string, target: string): readonly OpenFile[] {
  const fd = toCount(path.slice(path.lastIndexOf('/') + 1));
  if (fd === undefined) return [];
  const inode = toCount(/^(?:socket|pipe):\[(\d{1,20})\]$/.exec(target)?.[1]);
  return [{ fd, target, kind: kindOf(target), inode }];
}

/** A path begins with `/`, so a file name cannot pass for a socket. */
function kindOf(target: string): FileKind {
  if (target.startsWith('socket:')) return 'socket';
  if (target.startsWith('pipe:')) return 'pipe';
  if (!target.startsWith('/')) return 'anonymous';
  if (target.endsWith(' (deleted)')) return 'deleted';
  return target.startsWith('/dev/') ? 'device' : 'file';
}

const openFilesLimit = (limits: string | undefined): number | undefined =>
  toCount(
    /^Max open files\s+(\d{1,20})\s/.exec(
      lines(limits ?? '').find((line) => line.startsWith('Max open files')) ?? '',
    )?.[1],
  );
