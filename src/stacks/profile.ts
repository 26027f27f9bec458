import { frameKey } from './frame-name.ts';
import type { ProcessStacks, Stack, StackFrame } from './stack.ts';
import { waitStateOf, type WaitState } from './wait-state.ts';

/** Equal stacks of all readings. */
export interface CountedStack {
  readonly state: WaitState;
  /** Outermost first. */
  readonly frames: readonly StackFrame[];
  /** Threads with it, summed over the readings. */
  readonly samples: number;
  /** Up to three of those threads, name and id. */
  readonly threads: readonly string[];
}

/** Stacks of a process sampled over a time. Its texts are not sanitised. */
export interface StackProfile {
  readonly pid: number;
  readonly name: string;
  readonly runtime: string | undefined;
  /** First and last reading on the host's clock, milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly readings: number;
  /** CPU time of all readings on the host. */
  readonly costUs: number;
  /** Most threads and tasks in one reading. */
  readonly threads: number;
  readonly samples: number;
  /** Readings in which a thread was stopped (T, t). */
  readonly stoppedReadings: number;
  /** Most samples first. */
  readonly stacks: readonly CountedStack[];
  /** What is missing and why, a sentence each. */
  readonly notes: readonly string[];
}

/** Different stacks of a profile; further ones are counted as one. */
export const MAX_STACKS = 20_000;
/** Frames of a stack; of a deeper one the middle is left out. */
export const MAX_DEPTH = 256;
/** Different frames; further ones are counted as one. */
const MAX_FRAMES = 200_000;
const MAX_NOTES = 20;
/** Threads of a stack that are named. */
const MAX_NAMED = 3;

const leftOut = (what: string): StackFrame => ({ kind: 'native', name: `[${what} left out]` });

interface Counted {
  readonly state: WaitState;
  readonly frames: readonly StackFrame[];
  samples: number;
  readonly threads: Set<string>;
}

interface Interned {
  readonly id: number;
  readonly frame: StackFrame;
}

/** Builder of a profile from readings of one process. */
export class ProfileBuilder {
  readonly #frames = new Map<string, Interned>();
  readonly #stacks = new Map<string, Counted>();
  readonly #notes = new Set<string>();
  #first: ProcessStacks | undefined;
  #last: ProcessStacks | undefined;
  #readings = 0;
  #costUs = 0;
  #threads = 0;
  #samples = 0;
  #stopped = 0;

  add(reading: ProcessStacks): void {
    this.#first ??= reading;
    this.#last = reading;
    this.#readings++;
    this.#costUs += reading.costUs;
    this.#threads = Math.max(this.#threads, reading.stacks.length);
    this.#samples += reading.stacks.length;
    for (const note of reading.notes) if (this.#notes.size < MAX_NOTES) this.#notes.add(note);
    let isStopped = false;
    // Equal stacks of a reading share one list of frames: it is looked up once.
    const known = new Map<Stack['frames'], readonly Interned[]>();
    for (const stack of reading.stacks) {
      const state = waitStateOf(stack);
      isStopped ||= state === 'stopped';
      let frames = known.get(stack.frames);
      if (frames === undefined) known.set(stack.frames, (frames = bounded(stack).map((frame) => this.#intern(frame))));
      this.#count(state, stack, frames);
    }
    if (isStopped) this.#stopped++;
  }

  /** Profile of the readings until now; undefined without one. */
  profile(): StackProfile | undefined {
    const [first, last] = [this.#first, this.#last];
    if (!first || !last) return undefined;
    return {
      pid: last.pid,
      name: last.name,
      runtime: last.runtime,
      startMs: first.atMs,
      endMs: last.atMs,
      readings: this.#readings,
      costUs: this.#costUs,
      threads: this.#threads,
      samples: this.#samples,
      stoppedReadings: this.#stopped,
      stacks: [...this.#stacks.values()]
        .map((counted) => ({ ...counted, threads: [...counted.threads] }))
        .toSorted((a, b) => b.samples - a.samples),
      notes: [...this.#notes],
    };
  }

  #count(state: WaitState, stack: Stack, interned: readonly Interned[]): void {
    const key = `${state} ${interned.map(({ id }) => id).join(' ')}`;
    const known = this.#stacks.get(key) ?? this.#add(key, state, interned);
    known.samples++;
    if (known.threads.size < MAX_NAMED)
      known.threads.add(stack.tid === undefined ? stack.name : `${stack.name} ${stack.tid}`);
  }

  #add(key: string, state: WaitState, interned: readonly Interned[]): Counted {
    const isFull = this.#stacks.size >= MAX_STACKS;
    const at = isFull ? `${state} full` : key;
    const known = this.#stacks.get(at);
    if (known) return known;
    const frames = isFull ? [leftOut('further stacks')] : interned.map(({ frame }) => frame);
    const added = { state, frames, samples: 0, threads: new Set<string>() };
    this.#stacks.set(at, added);
    return added;
  }

  /** One object for equal frames: a reading makes new ones each time. */
  #intern(frame: StackFrame): Interned {
    const key = frameKey(frame);
    const known = this.#frames.get(key);
    if (known) return known;
    if (this.#frames.size >= MAX_FRAMES) return { id: MAX_FRAMES, frame: leftOut('further frames') };
    const added = { id: this.#frames.size, frame };
    this.#frames.set(key, added);
    return added;
  }
}

/** Frames that every system call has below its own: they show nothing. */
const ENTRY = /^(?:entry_SYSCALL_|do_syscall_64$|x64_sys_call$|el0t?_|do_el0_svc|invoke_syscall)/;
const isEntry = ({ kind, name }: StackFrame): boolean => kind === 'kernel' && name !== undefined && ENTRY.test(name);

/** Frames of a stack, outermost first. */
function bounded({ frames, cut }: Stack): readonly StackFrame[] {
  const all = frames.length > 0 ? frames.filter((frame) => !isEntry(frame)).toReversed() : [leftOut('frames')];
  const whole: readonly StackFrame[] =
    cut === undefined || frames.length === 0 ? all : [leftOut('outer frames'), ...all];
  if (whole.length <= MAX_DEPTH) return whole;
  return [...whole.slice(0, MAX_DEPTH / 2), leftOut('middle frames'), ...whole.slice(1 - MAX_DEPTH / 2)];
}

/** Mean time between two readings, in milliseconds; undefined for fewer than two. */
export const intervalMs = ({ readings, startMs, endMs }: StackProfile): number | undefined =>
  readings < 2 || endMs <= startMs ? undefined : (endMs - startMs) / (readings - 1);
