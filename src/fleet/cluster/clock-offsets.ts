import { isRead, type HostRow } from '../host-row.ts';

/** Clock of a host against the other hosts of the fleet. */
export interface ClockOffset {
  readonly host: string;
  /** Clock minus the median of all clocks, seconds. */
  readonly offsetSeconds: number;
  /** Bound of the error of that: half of its round trip and half of that of the host in the middle. */
  readonly errorSeconds: number;
}

/** Least number of clocks for a median that one wrong clock does not move. */
const LEAST_CLOCKS = 3;

/**
 * Offsets of clocks between hosts. Each was measured against the clock of this program, whose own error is the same for all and cancels;
 * the round trip bounds the rest.
 */
export function clockOffsets(hosts: readonly HostRow[]): readonly ClockOffset[] {
  const clocks = hosts
    .filter(isRead)
    .flatMap(({ name, aheadSeconds: ahead, clockErrorSeconds: error }) =>
      ahead === undefined || error === undefined ? [] : [{ name, ahead, error }],
    )
    .toSorted((a, b) => a.ahead - b.ahead);
  const middle = clocks[Math.floor(clocks.length / 2)];
  if (clocks.length < LEAST_CLOCKS || !middle) return [];
  return clocks.map(({ name, ahead, error }) => ({
    host: name,
    offsetSeconds: ahead - middle.ahead,
    errorSeconds: name === middle.name ? error : error + middle.error,
  }));
}

/** Distance from the other clocks that the round trips cannot explain, seconds; 0 within them. */
export const certainOffset = ({ offsetSeconds, errorSeconds }: ClockOffset): number =>
  Math.max(0, Math.abs(offsetSeconds) - errorSeconds);
