import { setTimeout as sleep } from 'node:timers/promises';
import type { Missing } from '../host/host.ts';
import { processThreads, type ThreadsSample } from '../sources/processes/threads.ts';
import { processUserStacks } from '../sources/processes/user-stacks.ts';
import { bindDetail } from '../sources/source.ts';
import { ProfileBuilder } from '../stacks/profile.ts';
import { pauseMs } from '../stacks/sample-pace.ts';
import type { Sampling } from '../stacks/sampling.ts';
import type { ProcessStacks } from '../stacks/stack.ts';
import { targetEffect } from '../stacks/target-effect.ts';
import type { Session } from './session.ts';

/** Process to sample; its start time keeps a reading from a later process of the same pid. */
export interface SampledProcess {
  readonly pid: number;
  readonly startTicks: number | undefined;
}

interface SampleOptions {
  readonly forMs: number;
  /** Budget of CPU time on the host, percent of one CPU. */
  readonly budgetPct: number;
  readonly stopped: AbortSignal;
  readonly progress?: (sampling: Sampling) => void;
}

/** Failures in a row after which the process is given up. */
const MAX_FAILURES = 3;
/** Time between two states that are shown. */
const PROGRESS_MS = 500;

/**
 * Samples the stacks of a process for a time, at the rate that the budget allows; the process is never stopped. Each reading is a round of
 * the session, so that a recording has them all.
 */
export async function sampleStacks(
  { readDetail }: Pick<Session, 'readDetail'>,
  process: SampledProcess,
  { forMs, budgetPct, stopped, progress }: SampleOptions,
): Promise<Sampling> {
  const stacks = bindDetail(processUserStacks, process);
  const times = async () => {
    // bindDetail made the sample one of processThreads.
    const { sample } = await readDetail(bindDetail(processThreads, process));
    return sample as ThreadsSample;
  };
  const builder = new ProfileBuilder();
  const before = await times();
  const startMs = performance.now();
  let [failed, inRow, readings, costUs, shownMs]: [number, number, number, number, number] = [0, 0, 0, 0, -Infinity];
  let [problem, atMs]: [string | undefined, number | undefined] = [undefined, undefined];
  const state = (more: Pick<Sampling, 'effect' | 'done'>): Sampling => ({
    profile: builder.profile(),
    forMs,
    elapsedMs: Math.min(forMs, performance.now() - startMs),
    failed,
    problem,
    ...more,
  });
  // One reading at least.
  while (!stopped.aborted && (readings + failed === 0 || performance.now() - startMs < forMs) && inRow < MAX_FAILURES) {
    const readMs = performance.now();
    const { sample, missing } = await readDetail(stacks);
    // bindDetail made the sample one of processUserStacks, which has none without a reply.
    const reading = sample as ProcessStacks | undefined;
    if (reading) {
      inRow = 0;
      // The program repeats an expensive reading less often, and its last reply meanwhile.
      if (reading.atMs !== atMs) {
        readings++;
        costUs += reading.costUs;
        builder.add(reading);
      }
      ({ atMs } = reading);
    } else {
      inRow++;
      failed++;
      problem = reasonOf(missing);
    }
    const nowMs = performance.now();
    if (nowMs - shownMs >= PROGRESS_MS) {
      shownMs = nowMs;
      progress?.(state({ effect: undefined, done: false }));
    }
    const pause = pauseMs({ readings, costUs, tookMs: nowMs - readMs }, budgetPct, Math.random());
    const leftMs = forMs - (nowMs - startMs);
    await sleep(Math.max(0, Math.min(pause, leftMs)), undefined, { signal: stopped }).catch(() => undefined);
  }
  const after = await times();
  const seconds = (after.uptimeSeconds ?? 0) - (before.uptimeSeconds ?? 0);
  return state({ effect: targetEffect(before.threads, after.threads, seconds), done: true });
}

const reasonOf = (missing: Readonly<Record<string, Missing>>): string =>
  Object.values(missing)[0]?.detail ?? 'no stacks in the reply';
