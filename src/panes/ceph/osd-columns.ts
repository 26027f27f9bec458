import { grade, limits } from '../../thresholds.ts';
import { osdWarnMs } from '../../entities/ceph/osd-cause.ts';
import { plain } from '../../lib/plain.ts';
import type { Role } from '../../theme.ts';
import type { Column } from '../pane.ts';
import type { OsdRow } from './osd-rows.ts';
import { bytesColumn, countColumn, kibColumn, msColumn, numberColumn, percentColumn } from '../../ui/kit/columns.ts';

/** Role of the component that explains the slowness: the only one in colour. */
const causeRole = (row: OsdRow, cause: string): Role => (row.slow?.cause === cause ? row.state.role : 'text');

const slowRole = (row: OsdRow, value: number | undefined): Role =>
  value === undefined || value < osdWarnMs(row.place?.deviceClass) ? 'text' : 'warn';

const memoryPct = (row: OsdRow): number | undefined =>
  row.process?.rssKiB === undefined || !row.memoryTargetBytes
    ? undefined
    : ((row.process.rssKiB * 1024) / row.memoryTargetBytes) * 100;

export const osdColumns: readonly Column<OsdRow>[] = [
  numberColumn({
    id: 'osd',
    title: 'osd',
    about: 'OSD id.',
    width: 4,
    rank: 0,
    value: (row) => row.osd,
  }),
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
  msColumn({
    id: 'subop',
    title: 'w-sub',
    about: 'Mean replica write latency, ms over 10 s, spent on this OSD only: the ranking. subop_w_latency.',
    rank: 0,
    width: 6,
    value: (row) => row.load?.subopWriteMs,
    role: (row) => (row.slow ? row.state.role : 'text'),
  }),
  msColumn({
    id: 'commit',
    title: 'commit',
    about:
      'Commit latency: from the submission of a transaction until it is on the device. commit_lat of BlueStore; whole ms from ceph osd perf for OSDs that are not polled.',
    rank: 0,
    width: 6,
    value: (row) => row.commitMs,
    role: (row) => causeRole(row, 'device'),
  }),
  msColumn({
    id: 'queue',
    title: 'queue',
    about:
      'Time in the op queue, waiting for a thread, CPU or PG lock. op_before_dequeue_op_lat minus op_before_queue_op_lat.',
    rank: 0,
    width: 6,
    value: (row) => row.load?.queueMs,
    role: (row) => causeRole(row, 'queue'),
  }),
  msColumn({
    id: 'receive',
    title: 'recv',
    about: 'From the first byte of a message until it is queued: network and messenger. op_before_queue_op_lat.',
    rank: 0,
    width: 6,
    value: (row) => row.load?.receiveMs,
    role: (row) => causeRole(row, 'network'),
  }),
  msColumn({
    id: 'await',
    title: 'await',
    about: 'Await of its data disk, from /proc/diskstats; the slowest of several.',
    rank: 1,
    width: 6,
    value: (row) => row.disk?.awaitMs,
    role: (row) => slowRole(row, row.disk?.awaitMs),
  }),
  msColumn({
    id: 'opw',
    title: 'op_w',
    about:
      'Mean client write latency as primary, including all replicas: one slow OSD raises it on every primary, so it does not name the cause. op_w_latency.',
    rank: 1,
    width: 6,
    value: (row) => row.load?.opWriteMs,
  }),
  msColumn({
    id: 'opr',
    title: 'op_r',
    about: 'Mean client read latency. op_r_latency.',
    rank: 1,
    width: 6,
    value: (row) => row.load?.opReadMs,
  }),
  countColumn({
    id: 'w',
    title: 'w/s',
    about: 'Client writes as primary per second.',
    width: 5,
    rank: 1,
    value: (row) => row.load?.writesPerSec,
  }),
  countColumn({
    id: 'r',
    title: 'r/s',
    about: 'Client reads per second.',
    width: 5,
    rank: 1,
    value: (row) => row.load?.readsPerSec,
  }),
  countColumn({
    id: 'waited',
    title: 'waits',
    about:
      'Ops in flight on the OSDs of this host that probably wait for it; an op that waits for 1 of 2 replicas counts half for each.',
    width: 5,
    rank: 2,
    value: ({ waitedFor }) => waitedFor && Math.round(waitedFor),
  }),
  msColumn({
    id: 'p99',
    title: 'p99 w',
    about: 'p99 of client writes, upper end of its power-of-two bucket. perf histogram dump, over 10 s.',
    rank: 2,
    width: 6,
    value: (row) => row.writeP99Ms,
  }),
  msColumn({
    id: 'p50',
    title: 'p50 w',
    about: 'Median of client writes, upper end of its power-of-two bucket.',
    rank: 4,
    width: 6,
    value: (row) => row.writeP50Ms,
  }),
  msColumn({
    id: 'p99r',
    title: 'p99 r',
    about: 'p99 of client reads, upper end of its power-of-two bucket.',
    rank: 4,
    width: 6,
    value: (row) => row.readP99Ms,
  }),
  msColumn({
    id: 'kv',
    title: 'kvsync',
    about: 'Mean RocksDB sync latency. kv_sync_lat.',
    rank: 2,
    width: 6,
    value: (row) => row.load?.kvSyncMs,
  }),
  msColumn({
    id: 'throttled',
    title: 'thrtl',
    about: 'Wait in the BlueStore throttle before a transaction is accepted. throttle_lat.',
    rank: 4,
    width: 6,
    value: (row) => row.load?.throttledMs,
  }),
  countColumn({
    id: 'now',
    title: 'wip',
    about: 'Client ops in progress. op_wip.',
    width: 4,
    rank: 2,
    value: (row) => row.load?.perf?.counts.opsNow,
  }),
  bytesColumn({
    id: 'recovery',
    title: 'recov/s',
    about: 'Recovery, bytes per second. recovery_bytes.',
    width: 7,
    rank: 3,
    value: (row) => row.load?.recoveryBytesPerSec,
  }),
  percentColumn({
    id: 'used',
    title: '%use',
    about: 'Used space in percent, %USE of ceph osd df; nearfull from 85.',
    width: 5,
    rank: 2,
    value: (row) => row.place?.usedPct,
    role: (row) => grade(row.place?.usedPct, limits.osdUsedPct),
  }),
  countColumn({
    id: 'pgs',
    title: 'pgs',
    about: 'Number of PGs.',
    width: 4,
    rank: 3,
    value: (row) => row.place?.pgs ?? row.load?.perf?.counts.pgs,
  }),
  bytesColumn({
    id: 'spill',
    title: 'spill',
    about: 'BlueFS spillover: DB bytes on the slow device because the fast one is full. slow_used_bytes.',
    width: 5,
    rank: 3,
    value: (row) => row.load?.perf?.counts.spilledBytes,
    role: (row) => ((row.load?.perf?.counts.spilledBytes ?? 0) > 0 ? 'warn' : 'text'),
  }),
  kibColumn({
    id: 'memory',
    title: 'rss',
    about: 'RSS of its process; in colour above 130 % of osd_memory_target.',
    width: 5,
    rank: 3,
    value: (row) => row.process?.rssKiB,
    role: (row) => grade(memoryPct(row), limits.osdMemoryPct),
  }),
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
  numberColumn({
    id: 'node',
    title: 'node',
    about: 'NUMA node of its data disk.',
    width: 4,
    rank: 4,
    value: (row) => row.node,
  }),
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
