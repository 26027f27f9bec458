import { lines, toCount, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/diskstats: I/O counters of each block device since boot. Documentation/admin-guide/iostats.rst.
 * Discards came with v4.18, flushes with v5.5. Sectors are 512 bytes whatever the sector size of the disk.
 *
 *  254       0 vda 33755 7055 3333178 23366 6757 29755 1642792 12544 0 12088 36281 3379 34 147216 360 238 9
 */
export const diskstats = defineSource({
  id: 'diskstats',
  title: 'Disk counters',
  why: 'Shows IOPS, throughput, await and queue of every disk.',
  everySeconds: 2,
  value: 'high',
  countsSince: 'boot',
  reads: { diskstats: { kind: 'file', path: '/proc/diskstats' } },
  parse: ({ diskstats: text }) => (text === undefined ? undefined : parseDiskstats(text)),
});

/** Counters since boot, but for `inFlight`. Times are ms summed over requests. */
export interface DiskCounters {
  readonly name: string;
  readonly reads: number;
  readonly sectorsRead: number;
  readonly readMs: number;
  readonly writes: number;
  readonly sectorsWritten: number;
  readonly writeMs: number;
  readonly inFlight: number;
  /** Time with requests in flight. */
  readonly busyMs: number;
  /** Time summed over all requests in flight: its growth per ms is the queue length. */
  readonly queueMs: number;
  readonly discards: number | undefined;
  readonly discardMs: number | undefined;
  readonly flushes: number | undefined;
  readonly flushMs: number | undefined;
}

/** Counters by device; devices without any I/O since boot (idle loop and ram devices) are left out. */
export function parseDiskstats(text: string): ReadonlyMap<string, DiskCounters> {
  const disks = new Map<string, DiskCounters>();
  for (const line of lines(text)) {
    const cells = words(line);
    const name = cells[2];
    const counts = cells.slice(3).map(toCount);
    if (name === undefined || toCount(cells[0]) === undefined || !counts.some((count) => count !== 0)) continue;
    const [reads, , sectorsRead, readMs, writes, , sectorsWritten, writeMs, inFlight, busyMs, queueMs] = counts;
    if (reads === undefined || sectorsRead === undefined || readMs === undefined || writes === undefined) continue;
    if (sectorsWritten === undefined || writeMs === undefined || inFlight === undefined) continue;
    if (busyMs === undefined || queueMs === undefined) continue;
    const [discards, , , discardMs, flushes, flushMs] = counts.slice(11);
    disks.set(name, {
      name,
      reads,
      sectorsRead,
      readMs,
      writes,
      sectorsWritten,
      writeMs,
      inFlight,
      busyMs,
      queueMs,
      discards,
      discardMs,
      flushes,
      flushMs,
    });
  }
  return disks;
}
