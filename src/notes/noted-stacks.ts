import type { Round } from '../recording/replay-entries.ts';
import { processUserStacks } from '../sources/processes/user-stacks.ts';
import { parseStacks } from '../stacks/parse-stacks.ts';
import { ProfileBuilder, type StackProfile } from '../stacks/profile.ts';
import type { NotedStacks } from './case-notes.ts';

/** Pause after which the stacks of a process are those of another sampling. */
const PAUSE_MS = 35_000;
/** Samplings of notes, and stacks of each. */
const MAX_SAMPLINGS = 20;
const MAX_STACKS = 1000;

interface Open {
  readonly builder: ProfileBuilder;
  lastMs: number;
}

/** Collector of the stacks of processes that a recording has: each sampling is a profile. */
export class StackNotes {
  readonly #open = new Map<string, Open>();
  readonly #all: ProfileBuilder[] = [];

  take({ source, t, readings }: Round): void {
    if (source !== processUserStacks.id) return;
    for (const { key, reading } of readings) {
      const stacks = parseStacks(reading.ok && typeof reading.value === 'string' ? reading.value : undefined);
      if (stacks) this.#samplingOf(key, t)?.add(stacks);
    }
  }

  noted(): readonly NotedStacks[] {
    return this.#all.flatMap((builder) => {
      const profile = builder.profile();
      return profile ? [noted(profile)] : [];
    });
  }

  #samplingOf(key: string, t: number): ProfileBuilder | undefined {
    const known = this.#open.get(key);
    if (known && t - known.lastMs <= PAUSE_MS) {
      known.lastMs = t;
      return known.builder;
    }
    if (this.#all.length >= MAX_SAMPLINGS) return undefined;
    const builder = new ProfileBuilder();
    this.#open.set(key, { builder, lastMs: t });
    this.#all.push(builder);
    return builder;
  }
}

const noted = ({ pid, name, runtime, startMs, endMs, readings, costUs, stacks }: StackProfile): NotedStacks => ({
  process: name,
  pid,
  ...(runtime !== undefined && { runtime }),
  since: new Date(startMs).toISOString(),
  until: new Date(endMs).toISOString(),
  readings,
  costUs,
  stacks: stacks.slice(0, MAX_STACKS).map(({ state, samples, frames }) => ({
    state,
    samples,
    frames: frames.map(({ kind, name: called, module, file, line }) => ({
      kind,
      ...(called !== undefined && { name: called }),
      ...(module !== undefined && { module }),
      ...(file !== undefined && { file }),
      ...(line !== undefined && { line }),
    })),
  })),
});

/** Profile of noted stacks, for its graph and its folded lines. */
export function notedProfile({
  process,
  pid,
  runtime,
  since,
  until,
  readings,
  costUs,
  stacks,
}: NotedStacks): StackProfile {
  return {
    pid,
    name: process,
    runtime,
    startMs: Date.parse(since),
    endMs: Date.parse(until),
    readings,
    costUs,
    threads: 0,
    samples: stacks.reduce((sum, { samples }) => sum + samples, 0),
    stoppedReadings: 0,
    stacks: stacks.map(({ state, samples, frames }) => ({
      state,
      samples,
      threads: [],
      frames: frames.map((frame) => ({ ...frame, name: frame.name })),
    })),
    notes: [],
  };
}
