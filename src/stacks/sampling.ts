import type { StackProfile } from './profile.ts';
import type { TargetEffect } from './target-effect.ts';

/** State of a sampling of a process's stacks. */
export interface Sampling {
  /** Undefined before the first reading. */
  readonly profile: StackProfile | undefined;
  readonly forMs: number;
  readonly elapsedMs: number;
  /** Readings without stacks, and the reason of the last one. */
  readonly failed: number;
  readonly problem: string | undefined;
  /** Present at the end, where it was read. */
  readonly effect: TargetEffect | undefined;
  readonly done: boolean;
}
