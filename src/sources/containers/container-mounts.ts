import { lines } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/** Mount as the first process of a container sees it; all its texts are hostile. */
export interface ContainerMount {
  readonly target: string;
  readonly type: string;
  readonly source: string;
  /** Folder of the filesystem that is mounted: `/var/lib/kubelet/pods/…/volumes/x` of a bind mount. */
  readonly root: string;
  readonly options: readonly string[];
  readonly propagation: Propagation;
}

/** Whether mounts made on one side show on the other: mount_namespaces(7). `slave` gets those of the host, and gives none. */
export type Propagation = 'private' | 'shared' | 'slave' | 'slave, shared' | 'unbindable';

/** Mounts of a container beyond the limit are left out. */
const MOST = 2000;

/**
 * Mounts of one container with their propagation: proc_pid_mountinfo(5), optional fields.
 *
 *     1214 1206 8:1 /var/lib/kubelet/pods/u-1/volumes/x /data rw,relatime master:27 - ext4 /dev/sda1 rw
 */
export const containerMounts = defineDetail({
  id: 'container-mounts',
  title: 'Mounts of a container',
  why: 'Shows what is mounted in a container and whether later mounts of the host reach it, when the engineer opens it.',
  everySeconds: 10,
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    mounts: { kind: 'file', path: `/proc/${pid}/mountinfo`, as: 'root' },
  }),
  parse: ({ mounts }): readonly ContainerMount[] | undefined =>
    mounts === undefined
      ? undefined
      : lines(mounts)
          .slice(0, MOST)
          .flatMap((line) => mountOf(line) ?? []),
});

function mountOf(line: string): ContainerMount | undefined {
  const fields = line.split(' ');
  const end = fields.indexOf('-', 6);
  const [, , , root, target, options] = fields;
  const [type, source] = fields.slice(end + 1);
  if (end < 0 || root === undefined || target === undefined || options === undefined) return undefined;
  if (type === undefined || source === undefined) return undefined;
  return {
    target: unescaped(target),
    type,
    source: unescaped(source),
    root: unescaped(root),
    options: options.split(','),
    propagation: propagationOf(fields.slice(6, end)),
  };
}

function propagationOf(tags: readonly string[]): Propagation {
  const [isShared, isSlave] = ['shared:', 'master:'].map((tag) => tags.some((one) => one.startsWith(tag)));
  if (isSlave) return isShared ? 'slave, shared' : 'slave';
  if (isShared) return 'shared';
  return tags.includes('unbindable') ? 'unbindable' : 'private';
}

/** Blanks and backslashes in a name: `\040`. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
