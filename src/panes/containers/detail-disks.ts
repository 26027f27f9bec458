import { plain } from '../../lib/plain.ts';
import type { DiskIo } from '../../sources/containers/cgroups-files.ts';
import { delta } from '../../timeline/moment.ts';
import { nothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import type { ContainerSnapshot } from './detail.ts';
import { bytesColumn, countColumn } from '../../ui/kit/columns.ts';

interface DiskRow {
  readonly device: string;
  readonly name: string;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly io: DiskIo;
}

const columns: readonly Column<DiskRow>[] = [
  {
    id: 'disk',
    title: 'DISK',
    about: 'Name of the block device, else major:minor.',
    width: 14,
    grow: true,
    rank: 0,
    value: ({ name }) => name,
  },
  bytesColumn({
    id: 'read',
    title: 'READ/s',
    about: 'Bytes read per second.',
    width: 8,
    rank: 0,
    value: (row) => row.readBytesPerSec,
  }),
  bytesColumn({
    id: 'write',
    title: 'WRITE/s',
    about: 'Bytes written per second.',
    width: 8,
    rank: 0,
    value: (row) => row.writeBytesPerSec,
  }),
  countColumn({
    id: 'reads',
    title: 'r/s',
    about: 'Read requests per second.',
    width: 8,
    rank: 1,
    value: (row) => row.readsPerSec,
  }),
  countColumn({
    id: 'writes',
    title: 'w/s',
    about: 'Write requests per second.',
    width: 8,
    rank: 1,
    value: (row) => row.writesPerSec,
  }),
  bytesColumn({
    id: 'readAll',
    title: 'READ',
    about: 'Bytes read since its start.',
    width: 8,
    rank: 2,
    value: ({ io }) => io.readBytes,
  }),
  bytesColumn({
    id: 'writeAll',
    title: 'WRITTEN',
    about: 'Bytes written since its start.',
    width: 8,
    rank: 2,
    value: ({ io }) => io.writeBytes,
  }),
];

/** Block I/O of one container by device. */
export function disksSection(seen: ContainerSnapshot | undefined, state: ReadingState): TableSection<DiskRow> {
  const group = seen?.now.group;
  // I/O of a cgroup is read less often than CPU and memory, so its rate has another interval.
  const earlier = group?.earlier;
  const before = group?.restAtSeconds === undefined ? seen?.before?.group?.io : earlier?.rest.io;
  const seconds =
    group?.restAtSeconds === undefined ? seen?.seconds : earlier && group.restAtSeconds - earlier.atSeconds;
  const rows = [...(group?.io ?? [])].map(([device, io]): DiskRow => {
    const then = before?.get(device);
    const per = (pick: (one: DiskIo) => number | undefined) => delta(pick(io), then && pick(then), seconds);
    return {
      device,
      name: plain(seen?.now.diskNames.get(device) ?? device),
      readBytesPerSec: per((one) => one.readBytes),
      writeBytesPerSec: per((one) => one.writeBytes),
      readsPerSec: per((one) => one.reads),
      writesPerSec: per((one) => one.writes),
      io,
    };
  });
  return {
    kind: 'table',
    id: 'disks',
    title: 'Disks',
    note: `${rows.length}`,
    sources: ['container-live'],
    columns,
    rows,
    key: ({ device }) => device,
    sort: { column: 'write', descending: true },
    empty: nothingWords('no block I/O', state),
    minRows: 2,
  };
}
