import type { Session } from '../collect/session.ts';
import type { ProcessRef } from '../panes/pane.ts';
import type { StackProfile } from '../stacks/profile.ts';

/** Sampling of a process that has ended. */
export interface EarlierSample {
  readonly profile: StackProfile;
  /** End, on the clock of the screen. */
  readonly atMs: number;
}

/** Processes whose last sampling is kept: a profile has up to 20 000 stacks. */
const MAX_KEPT = 8;

const kept = new WeakMap<Session, Map<string, EarlierSample>>();

const keyOf = ({ pid, startTicks }: ProcessRef): string => `${pid} ${startTicks ?? ''}`;

/** Last sampling of a process in a session, which the next one is compared with. */
export const earlierSample = (session: Session, process: ProcessRef): EarlierSample | undefined =>
  kept.get(session)?.get(keyOf(process));

/** Keeps the sampling of a process for the next one; the oldest goes first. */
export function keepSample(session: Session, process: ProcessRef, sample: EarlierSample): void {
  const samples = kept.get(session) ?? new Map<string, EarlierSample>();
  kept.set(session, samples);
  samples.delete(keyOf(process));
  samples.set(keyOf(process), sample);
  for (const oldest of samples.keys()) if (samples.size > MAX_KEPT) samples.delete(oldest);
}
