import { plain } from '../../lib/plain.ts';
import { bytes, count } from '../../lib/units.ts';
import type { DiskIo } from '../../sources/containers/cgroups-files.ts';
import { delta } from '../../timeline/moment.ts';
import type { Column, TableSection } from '../pane.ts';
import type { ContainerSnapshot } from './detail.ts';

interface DiskRow {
  readonly device: string;
  readonly name: string;
  readonly readBytesPerSec: number | undefined;
  readonly writeBytesPerSec: number | undefined;
  readonly readsPerSec: number | undefined;
  readonly writesPerSec: number | undefined;
  readonly io: DiskIo;
}

const figure = (
  id: string,
  title: string,
  about: string,
  rank: number,
  value: (row: DiskRow) => number | undefined,
  text: (value: number | undefined) => string,
): Column<DiskRow> => ({ id, title, about, width: 8, align: 'right', rank, value, text: (row) => text(value(row)) });

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
  figure('read', 'READ/s', 'Bytes read per second.', 0, (row) => row.readBytesPerSec, bytes),
  figure('write', 'WRITE/s', 'Bytes written per second.', 0, (row) => row.writeBytesPerSec, bytes),
  figure('reads', 'r/s', 'Read requests per second.', 1, (row) => row.readsPerSec, count),
  figure('writes', 'w/s', 'Write requests per second.', 1, (row) => row.writesPerSec, count),
  figure('readAll', 'READ', 'Bytes read since its start.', 2, ({ io }) => io.readBytes, bytes),
  figure('writeAll', 'WRITTEN', 'Bytes written since its start.', 2, ({ io }) => io.writeBytes, bytes),
];

/** Block I/O of one container by device. */
export function disksSection(seen: ContainerSnapshot | undefined): TableSection<DiskRow> {
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
    empty: seen === undefined ? 'not read yet' : 'no block I/O',
    minRows: 2,
  };
}
