import type { Entry, Seen } from '../../timeline/moment.ts';
import type { FlowCount } from './flow.ts';
import type { OvsFlowsSample } from './flows.ts';

export interface FlowRate {
  readonly packetsPerSec: number | undefined;
  readonly bytesPerSec: number | undefined;
  /** It was not there before (or began anew). */
  readonly fresh: boolean;
}

const NO_RATE: FlowRate = { packetsPerSec: undefined, bytesPerSec: undefined, fresh: false };

/**
 * A flow between two dumps. One that was not there before, or counts less than before, is new: all that it counted came
 * since then.
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

/** The dump before this one that was read at all, with the seconds between: one that the guard left out says nothing. */
export function flowsBefore(seen: Pick<Seen<OvsFlowsSample>, 'now' | 'before' | 'seconds'>): {
  readonly flows: ReadonlyMap<string, FlowCount> | undefined;
  readonly seconds: number | undefined;
} {
  return seen.now?.read === true && seen.before?.read === true
    ? { flows: seen.before.flows, seconds: seen.seconds }
    : { flows: undefined, seconds: undefined };
}

/** Packets a second of one flow over its last dumps, oldest first. */
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
