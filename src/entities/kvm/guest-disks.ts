import type { DefinedDisk } from '../../sources/kvm/libvirt-xml.ts';
import type { DiskTotals, GuestMonitor, MonitorsSample, OpTotals } from '../../sources/kvm/libvirt-monitor.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { GuestDisk } from './guest.ts';

/** Age limit of monitor figures: older ones give no rates. */
const FRESH_SECONDS = 30;
/** Samples searched for an earlier reply of the same QEMU. */
const MOST_STEPS = 24;

/** Two replies of one QEMU, between which rates are computed. */
export interface MonitorDelta {
  readonly now: GuestMonitor | undefined;
  readonly before: GuestMonitor | undefined;
  readonly seconds: number | undefined;
  /** The monitor responds, and its last reply is recent. */
  readonly fresh: boolean;
}

/**
 * The latest two different replies of one QEMU. With many guests a sweep does not reach each of them, so two samples may
 * hold the same reply; the earlier one is then further back. A restarted guest has a new id, and counters that begin at 0.
 */
export function monitorDelta(seen: Seen<MonitorsSample | undefined>, uuid: string): MonitorDelta {
  const now = seen.now?.guests.get(uuid);
  const older = (one: GuestMonitor | undefined): GuestMonitor | undefined =>
    one?.atSeconds !== undefined && now?.atSeconds !== undefined && one.id === now.id && one.atSeconds < now.atSeconds
      ? one
      : undefined;
  let before = older(seen.before?.guests.get(uuid));
  for (const entry of before ? [] : seen.history.slice(-MOST_STEPS).toReversed()) {
    before = older(entry.sample?.guests.get(uuid));
    if (before) break;
  }
  const age = now?.ageSeconds === undefined ? undefined : now.ageSeconds + (seen.ageMs ?? 0) / 1000;
  return {
    now,
    before,
    seconds:
      now?.atSeconds === undefined || before?.atSeconds === undefined ? undefined : now.atSeconds - before.atSeconds,
    fresh: now?.why === undefined && now?.stuckSeconds === undefined && age !== undefined && age <= FRESH_SECONDS,
  };
}

/** virDomainDiskErrorCode. */
const ERRORS: Readonly<Record<number, string>> = { 1: 'I/O error', 2: 'no space' };

export function disksOf(monitor: MonitorDelta, defined: readonly DefinedDisk[]): readonly GuestDisk[] {
  const totals = new Map(monitor.now?.disks.map((disk) => [disk.name, disk]));
  const before = new Map(monitor.before?.disks.map((disk) => [disk.name, disk]));
  const names = new Set([...defined.map(({ name }) => name), ...totals.keys()]);
  return [...names].map((name) =>
    rateOf(
      name,
      defined.find((disk) => disk.name === name),
      totals.get(name),
      monitor.fresh ? before.get(name) : undefined,
      monitor.seconds,
    ),
  );
}

function rateOf(
  name: string,
  defined: DefinedDisk | undefined,
  now: DiskTotals | undefined,
  before: DiskTotals | undefined,
  seconds: number | undefined,
): GuestDisk {
  const rate = (pick: (disk: DiskTotals) => number | undefined): number | undefined =>
    now && before ? delta(pick(now), pick(before), seconds) : undefined;
  const mean = (pick: (disk: DiskTotals) => OpTotals): number | undefined => {
    const [requests, ns] = [rate((disk) => pick(disk).requests), rate((disk) => pick(disk).ns)];
    // Latency needs at least one request.
    return requests === undefined || ns === undefined || requests === 0 ? undefined : ns / requests / 1e6;
  };
  return {
    name,
    source: defined?.source ?? now?.path,
    readsPerSec: rate((disk) => disk.read.requests),
    writesPerSec: rate((disk) => disk.write.requests),
    flushesPerSec: rate((disk) => disk.flush.requests),
    readBytesPerSec: rate((disk) => disk.read.bytes),
    writeBytesPerSec: rate((disk) => disk.write.bytes),
    readMs: mean((disk) => disk.read),
    writeMs: mean((disk) => disk.write),
    flushMs: mean((disk) => disk.flush),
    iopsLimit: defined?.iopsLimit,
    allocatedBytes: now?.allocatedBytes,
    capacityBytes: now?.capacityBytes,
    error: now?.error === undefined ? undefined : (ERRORS[now.error] ?? `error ${now.error}`),
  };
}
