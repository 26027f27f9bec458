import type { Entry, Seen } from '../../timeline/moment.ts';
import type { FlowCount } from './flow.ts';
import type { OvsFlowsSample } from './flows.ts';

export interface FlowRate {
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
  /** Absent from the last dump, or with reset counters. */
  readonly fresh: boolean;
}

const NO_RATE: FlowRate = { packetsPerSec: undefined, bytesPerSec: undefined, fresh: false };

/**
 * Rate of a flow between two dumps. A flow absent from the last dump, or with lower counters, is new: all of its count is
 * from the interval.
 */
export function flowRate(
  now: FlowCount,
  before: ReadonlyMap<string, FlowCount> | undefined,
  seconds: number | undefined,
): FlowRate {
  if (before === undefined || seconds === undefined || !(seconds > 0)) return NO_RATE;
  const { packets, bytes } = now;
  const old = before.get(now.flow.ufid);
  if (packets === undefined || bytes === undefined) return NO_RATE;
  if (old?.packets === undefined || old.bytes === undefined || packets < old.packets || bytes < old.bytes)
    return { packetsPerSec: packets / seconds, bytesPerSec: bytes / seconds, fresh: true };
  return {
    packetsPerSec: (packets - old.packets) / seconds,
    bytesPerSec: (bytes - old.bytes) / seconds,
    fresh: false,
  };
}

/** Last earlier dump that was read, with the seconds between; dumps skipped by the cap are left out. */
export function flowsBefore(seen: Pick<Seen<OvsFlowsSample>, 'now' | 'before' | 'seconds'>): {
  readonly flows: ReadonlyMap<string, FlowCount> | undefined;
  readonly seconds: number | undefined;
} {
  return seen.now?.read === true && seen.before?.read === true
    ? { flows: seen.before.flows, seconds: seen.seconds }
    : { flows: undefined, seconds: undefined };
}

/** Packets/s of one flow over its last dumps, oldest first. */
export function flowHistory(
  history: readonly Entry<OvsFlowsSample>[],
  ufid: string,
  steps: number,
): readonly (number | undefined)[] {
  const shown = history.slice(-steps - 1);
  return shown.slice(1).map((entry, i) => {
    const older = shown[i];
    const now = entry.sample.flows.get(ufid);
    if (!older?.sample.read || !now) return undefined;
    return flowRate(now, older.sample.flows, entry.at - older.at).packetsPerSec;
  });
}
