import { grade, limits } from '../../thresholds.ts';
import { osdWarnMs } from '../../entities/ceph/osd-cause.ts';
import { plain } from '../../lib/plain.ts';
import { bytes, count, kib, ms, NONE, percent } from '../../lib/units.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import type { OsdRow } from './osd-rows.ts';

type Basics = Pick<Column<OsdRow>, 'id' | 'title' | 'about' | 'width' | 'rank'>;

const number = (
  column: Basics,
  value: (row: OsdRow) => number | undefined,
  text: (value: number | undefined) => string,
  role: (row: OsdRow) => Role = () => 'text',
): Column<OsdRow> => ({ ...column, align: 'right', value, text: (row) => text(value(row)), role });

const time = (
  column: Omit<Basics, 'width'>,
  value: (row: OsdRow) => number | undefined,
  role: (row: OsdRow) => Role = () => 'text',
): Column<OsdRow> => number({ ...column, width: 6 }, value, ms, role);

/** Role of the component that explains the slowness: the only one in colour. */
const causeRole = (row: OsdRow, cause: string): Role => (row.slow?.cause === cause ? row.state.role : 'text');

const slowRole = (row: OsdRow, value: number | undefined): Role =>
  value === undefined || value < osdWarnMs(row.place?.deviceClass) ? 'text' : 'warn';

const memoryPct = (row: OsdRow): number | undefined =>
  row.process?.rssKiB === undefined || !row.memoryTargetBytes
    ? undefined
    : ((row.process.rssKiB * 1024) / row.memoryTargetBytes) * 100;

export const osdColumns: readonly Column<OsdRow>[] = [
  {
    id: 'osd',
    title: 'osd',
    about: 'OSD id.',
    width: 4,
    align: 'right',
    rank: 0,
    value: (row) => row.osd,
  },
  {
    id: 'state',
    title: 'state',
    about:
      'down, out: as in the OSD map. slow: outlier of its device class by subop_w_latency, with the cause (device, queue, network, unclear); stuck: ops in progress, none ended; timeout: no reply; gone: stale admin socket, no process.',
    vocabulary: 'fixed',
    width: 13,
    rank: 0,
    value: (row) => row.state.text,
    role: (row) => row.state.role,
  },
  time(
    {
      id: 'subop',
      title: 'w-sub',
      about: 'Mean replica write latency, ms over 10 s, spent on this OSD only: the ranking. subop_w_latency.',
      rank: 0,
    },
    (row) => row.load?.subopWriteMs,
    (row) => (row.slow ? row.state.role : 'text'),
  ),
  time(
    {
      id: 'commit',
      title: 'commit',
      about:
        'Commit latency: from the submission of a transaction until it is on the device. commit_lat of BlueStore; whole ms from ceph osd perf for OSDs that are not polled.',
      rank: 0,
    },
    (row) => row.commitMs,
    (row) => causeRole(row, 'device'),
  ),
  time(
    {
      id: 'queue',
      title: 'queue',
      about:
        'Time in the op queue, waiting for a thread, CPU or PG lock. op_before_dequeue_op_lat minus op_before_queue_op_lat.',
      rank: 0,
    },
    (row) => row.load?.queueMs,
    (row) => causeRole(row, 'queue'),
  ),
  time(
    {
      id: 'receive',
      title: 'recv',
      about: 'From the first byte of a message until it is queued: network and messenger. op_before_queue_op_lat.',
      rank: 0,
    },
    (row) => row.load?.receiveMs,
    (row) => causeRole(row, 'network'),
  ),
  time(
    {
      id: 'await',
      title: 'await',
      about: 'Await of its data disk, from /proc/diskstats; the slowest of several.',
      rank: 1,
    },
    (row) => row.disk?.awaitMs,
    (row) => slowRole(row, row.disk?.awaitMs),
  ),
  time(
    {
      id: 'opw',
      title: 'op_w',
      about:
        'Mean client write latency as primary, including all replicas: one slow OSD raises it on every primary, so it does not name the cause. op_w_latency.',
      rank: 1,
    },
    (row) => row.load?.opWriteMs,
  ),
  time(
    { id: 'opr', title: 'op_r', about: 'Mean client read latency. op_r_latency.', rank: 1 },
    (row) => row.load?.opReadMs,
  ),
  number(
    { id: 'w', title: 'w/s', about: 'Client writes as primary per second.', width: 5, rank: 1 },
    (row) => row.load?.writesPerSec,
    count,
  ),
  number(
    { id: 'r', title: 'r/s', about: 'Client reads per second.', width: 5, rank: 1 },
    (row) => row.load?.readsPerSec,
    count,
  ),
  number(
    {
      id: 'waited',
      title: 'waits',
      about:
        'Ops in flight on the OSDs of this host that probably wait for it; an op that waits for 1 of 2 replicas counts half for each.',
      width: 5,
      rank: 2,
    },
    (row) => row.waitedFor,
    (value) => (value === undefined ? NONE : count(Math.round(value))),
  ),
  time(
    {
      id: 'p99',
      title: 'p99 w',
      about: 'p99 of client writes, upper end of its power-of-two bucket. perf histogram dump, over 10 s.',
      rank: 2,
    },
    (row) => row.writeP99Ms,
  ),
  time(
    { id: 'p50', title: 'p50 w', about: 'Median of client writes, upper end of its power-of-two bucket.', rank: 4 },
    (row) => row.writeP50Ms,
  ),
  time(
    {
      id: 'p99r',
      title: 'p99 r',
      about: 'p99 of client reads, upper end of its power-of-two bucket.',
      rank: 4,
    },
    (row) => row.readP99Ms,
  ),
  time(
    { id: 'kv', title: 'kvsync', about: 'Mean RocksDB sync latency. kv_sync_lat.', rank: 2 },
    (row) => row.load?.kvSyncMs,
  ),
  time(
    {
      id: 'throttled',
      title: 'thrtl',
      about: 'Wait in the BlueStore throttle before a transaction is accepted. throttle_lat.',
      rank: 4,
    },
    (row) => row.load?.throttledMs,
  ),
  number(
    { id: 'now', title: 'wip', about: 'Client ops in progress. op_wip.', width: 4, rank: 2 },
    (row) => row.load?.perf?.counts.opsNow,
    count,
  ),
  number(
    {
      id: 'recovery',
      title: 'recov/s',
      about: 'Recovery, bytes per second. recovery_bytes.',
      width: 7,
      rank: 3,
    },
    (row) => row.load?.recoveryBytesPerSec,
    bytes,
  ),
  number(
    {
      id: 'used',
      title: '%use',
      about: 'Used space in percent, %USE of ceph osd df; nearfull from 85.',
      width: 5,
      rank: 2,
    },
    (row) => row.place?.usedPct,
    percent,
    (row) => grade(row.place?.usedPct, limits.osdUsedPct),
  ),
  number(
    { id: 'pgs', title: 'pgs', about: 'Number of PGs.', width: 4, rank: 3 },
    (row) => row.place?.pgs ?? row.load?.perf?.counts.pgs,
    count,
  ),
  number(
    {
      id: 'spill',
      title: 'spill',
      about: 'BlueFS spillover: DB bytes on the slow device because the fast one is full. slow_used_bytes.',
      width: 5,
      rank: 3,
    },
    (row) => row.load?.perf?.counts.spilledBytes,
    bytes,
    (row) => ((row.load?.perf?.counts.spilledBytes ?? 0) > 0 ? 'warn' : 'text'),
  ),
  number(
    {
      id: 'memory',
      title: 'rss',
      about: 'RSS of its process; in colour above 130 % of osd_memory_target.',
      width: 5,
      rank: 3,
    },
    (row) => row.process?.rssKiB,
    kib,
    (row) => grade(memoryPct(row), limits.osdMemoryPct),
  ),
  {
    id: 'disk',
    title: 'disk',
    about: 'Data disks below its block volume, then those of DB and WAL.',
    width: 8,
    rank: 2,
    value: (row) => {
      const { data, db } = row.disks;
      return data.length === 0 ? undefined : plain(data.join('+') + (db.length > 0 ? `, ${db.join('+')}` : ''));
    },
  },
  {
    id: 'node',
    title: 'node',
    about: 'NUMA node of its data disk.',
    width: 4,
    align: 'right',
    rank: 4,
    value: (row) => row.node,
  },
  {
    id: 'class',
    title: 'class',
    about: 'Device class; only OSDs of one class are compared.',
    width: 5,
    rank: 3,
    value: (row) => (row.place?.deviceClass === undefined ? undefined : plain(row.place.deviceClass)),
  },
  {
    id: 'host',
    title: 'host',
    about: 'Host in the CRUSH map.',
    width: 10,
    grow: true,
    rank: 1,
    value: (row) => {
      const host = row.place?.host ?? row.metadata?.host;
      return host === undefined ? undefined : plain(host);
    },
  },
];
