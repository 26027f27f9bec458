import type { Dependency } from '../../incidents/dependency.ts';
import type { Observation } from '../../incidents/observation.ts';

/** Finding of a host with its texts. */
export interface SliceFinding extends Observation {
  readonly subject: string;
  readonly sentence: string;
}

/**
 * Findings of a host and the dependencies around their objects, by the host's own names: its part of the incidents of the fleet. Plain data
 * within limits, so that rows of hundreds of hosts can be kept.
 */
export interface HostSlice {
  readonly findings: readonly SliceFinding[];
  readonly dependencies: readonly Dependency[];
}

export const EMPTY_SLICE: HostSlice = { findings: [], dependencies: [] };
