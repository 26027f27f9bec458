import { lines, toCount, toNumber } from '../../lib/lines.ts';

/** Rates of one event as averaged by the daemon, which cover the hour before the session. */
export interface Event {
  readonly last5sPerSec: number | undefined;
  readonly lastMinutePerSec: number | undefined;
  readonly lastHourPerSec: number | undefined;
  /** Total since the start of the daemon. */
  readonly total: number | undefined;
}

export type Coverage = ReadonlyMap<string, Event>;

const LINE = /^(\w+)\s+([\d.]+)\/sec\s+([\d.]+)\/sec\s+([\d.]+)\/sec\s+total: (\d+)$/;

/**
 * `coverage/show` of any daemon of Open vSwitch and OVN: ovs-appctl(8). Events that never happened are left out.
 *
 *     upcall_flow_limit_hit    276.6/sec    40.217/sec        0.6717/sec   total: 2418
 */
export function coverageOf(text: string | undefined): Coverage {
  const events = new Map<string, Event>();
  for (const line of lines(text ?? '')) {
    const [, name, five, minute, hour, total] = LINE.exec(line) ?? [];
    if (name === undefined) continue;
    events.set(name, {
      last5sPerSec: toNumber(five),
      lastMinutePerSec: toNumber(minute),
      lastHourPerSec: toNumber(hour),
      total: toCount(total),
    });
  }
  return events;
}
