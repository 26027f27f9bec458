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

/** The part that makes it slow is the one that is coloured. */
const culprit = (row: OsdRow, cause: string): Role => (row.slow?.cause === cause ? row.state.role : 'text');

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
    about: 'Number of the OSD.',
    width: 4,
    align: 'right',
    rank: 0,
    value: (row) => row.osd,
  },
  {
    id: 'state',
    title: 'state',
    about:
      'slow: stands out of its device class by replica writes, and what makes it slow (device, queue for CPU or PG, network); silent: does not answer; gone: its socket has no daemon.',
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
      about:
        'Mean time of a write as replica, all of it on this OSD: what it is ranked by. subop_w_latency, over the last 10 s.',
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
        'From the submission of a transaction to its being on the device. commit_lat of BlueStore; in whole ms by the mgr for OSDs that are not asked.',
      rank: 0,
    },
    (row) => row.commitMs,
    (row) => culprit(row, 'device'),
  ),
  time(
    {
      id: 'queue',
      title: 'queue',
      about: 'In the queue for a thread, a CPU and the PG. op_before_dequeue_op_lat less op_before_queue_op_lat.',
      rank: 0,
    },
    (row) => row.load?.queueMs,
    (row) => culprit(row, 'queue'),
  ),
  time(
    {
      id: 'receive',
      title: 'recv',
      about:
        'From the first byte of a message until it is in the queue: network and messenger. op_before_queue_op_lat.',
      rank: 0,
    },
    (row) => row.load?.receiveMs,
    (row) => culprit(row, 'network'),
  ),
  time(
    {
      id: 'await',
      title: 'await',
      about: 'Mean time of a request to its data disk, from /proc/diskstats; the slowest of several.',
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
        "Mean time of a client's write as primary, the wait for all replicas in it: one slow OSD raises it on every primary, so it blames nobody. op_w_latency.",
      rank: 1,
    },
    (row) => row.load?.opWriteMs,
  ),
  time(
    { id: 'opr', title: 'op_r', about: "Mean time of a client's read. op_r_latency.", rank: 1 },
    (row) => row.load?.opReadMs,
  ),
  number(
    { id: 'w', title: 'w/s', about: "Clients' writes as primary per second.", width: 5, rank: 1 },
    (row) => row.load?.writesPerSec,
    count,
  ),
  number(
    { id: 'r', title: 'r/s', about: "Clients' reads per second.", width: 5, rank: 1 },
    (row) => row.load?.readsPerSec,
    count,
  ),
  number(
    {
      id: 'waited',
      title: 'waits',
      about:
        'Operations in flight that seem to wait for it, by the OSDs of this host: the suspect peer gathers most; a share where several could be meant.',
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
      about: "99 of 100 of clients' writes took at most so long, by steps of two. perf histogram dump, over 10 s.",
      rank: 2,
    },
    (row) => row.writeP99Ms,
  ),
  time(
    { id: 'p50', title: 'p50 w', about: "Half of clients' writes took at most so long, by steps of two.", rank: 4 },
    (row) => row.writeP50Ms,
  ),
  time(
    {
      id: 'p99r',
      title: 'p99 r',
      about: "99 of 100 of clients' reads took at most so long, by steps of two.",
      rank: 4,
    },
    (row) => row.readP99Ms,
  ),
  time(
    { id: 'kv', title: 'kvsync', about: 'Mean time of a sync of the database. kv_sync_lat.', rank: 2 },
    (row) => row.load?.kvSyncMs,
  ),
  time(
    {
      id: 'throttled',
      title: 'thrtl',
      about: 'Held up before the object store takes it. throttle_lat.',
      rank: 4,
    },
    (row) => row.load?.throttledMs,
  ),
  number(
    { id: 'now', title: 'now', about: 'Client operations that it works on. op_wip.', width: 4, rank: 2 },
    (row) => row.load?.perf?.counts.opsNow,
    count,
  ),
  number(
    {
      id: 'recovery',
      title: 'rcv B/s',
      about: 'Bytes that recovery moves per second.',
      width: 7,
      rank: 3,
    },
    (row) => row.load?.recoveryBytesPerSec,
    bytes,
  ),
  number(
    { id: 'used', title: 'used', about: 'How full it is, percent.', width: 5, rank: 2 },
    (row) => row.place?.usedPct,
    percent,
    (row) => grade(row.place?.usedPct, limits.osdUsedPct),
  ),
  number(
    { id: 'pgs', title: 'pgs', about: 'Placement groups on it.', width: 4, rank: 3 },
    (row) => row.place?.pgs ?? row.load?.perf?.counts.pgs,
    count,
  ),
  number(
    {
      id: 'spill',
      title: 'spill',
      about: 'Database that lies on the slow device because the fast one is full. slow_used_bytes of BlueFS.',
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
      about: 'Memory of its process; in colour above 130 % of osd_memory_target.',
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
    about: 'Data disks below its volume, then those of its database and write-ahead log.',
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
    about: 'NUMA node that its data disk is plugged into.',
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
    about: 'Host that it runs on.',
    width: 10,
    grow: true,
    rank: 1,
    value: (row) => {
      const host = row.place?.host ?? row.about?.host;
      return host === undefined ? undefined : plain(host);
    },
  },
];
