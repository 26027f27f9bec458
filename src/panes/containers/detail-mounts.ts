import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { ContainerMount } from '../../sources/containers/container-mounts.ts';
import { nothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { textColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

const columns: readonly Column<ContainerMount>[] = [
  { id: 'mount', title: 'MOUNT', about: 'Mount point inside.', width: 24, widest: 50, grow: true, rank: 0, value: ({ target }) => plain(target) },
  textColumn({ id: 'type', title: 'TYPE', about: 'Type of the filesystem.', width: 8, rank: 0, value: ({ type }) => plain(type) }),
  textColumn({ id: 'propagation', title: 'PROPAGATION', about: 'private: mounts made later stay on their side; slave: those of the host come in; shared: both ways.', vocabulary: 'fixed', width: 13, rank: 0, value: ({ propagation }) => propagation }),
  textColumn({ id: 'access', title: 'ACCESS', about: 'ro or rw.', vocabulary: 'fixed', width: 6, rank: 1, value: ({ options }) => (options.includes('ro') ? 'ro' : 'rw') }),
  textColumn({ id: 'source', title: 'SOURCE', about: 'Device or server, and the folder of it that is mounted.', width: 20, grow: true, rank: 1, value: ({ source, root }) => plain(root === '/' ? source : `${source} ${root}`) }),
]; // prettier-ignore

/** Mounts of one container, without those of the kernel's own filesystems. */
export function mountsSection(
  all: readonly ContainerMount[] | undefined,
  state: ReadingState,
): TableSection<ContainerMount> {
  const others = (all ?? []).filter(({ type }) => !KERNEL.has(type));
  const hidden = (all?.length ?? 0) - others.length;
  // The last one on a mount point hides those before.
  const rows = [...new Map(others.map((one) => [one.target, one])).values()];
  return {
    kind: 'table',
    id: 'mounts',
    title: 'Mounts',
    note: `${count(rows.length)}${hidden === 0 ? '' : `, not listed: ${count(hidden)} of the kernel`}`,
    sources: ['container-mounts'],
    columns,
    rows,
    key: ({ target }) => target,
    sort: { column: 'mount', descending: false },
    empty: nothingWords('no mounts', state),
    minRows: 2,
  };
}

const KERNEL: ReadonlySet<string> = new Set('proc sysfs devpts mqueue cgroup cgroup2 devtmpfs bpf securityfs debugfs tracefs fusectl configfs pstore'.split(' ')); // prettier-ignore
