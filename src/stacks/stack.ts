/** Call of a function in a stack. All texts come from the host or from debug information: not sanitised. */
export interface StackFrame {
  readonly kind: 'native' | 'kernel' | 'python' | 'go' | 'java' | 'javascript';
  /** Demangled name; undefined without a symbol. */
  readonly name: string | undefined;
  /** Object file of a native frame (`libc.so.6`), module of others. */
  readonly module?: string | undefined;
  /** Build-id of the object in hexadecimal, and the address as the object's file has it: what symbols are looked up by. */
  readonly buildId?: string | undefined;
  readonly address?: bigint | undefined;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** Inlined into the next frame outwards. */
  readonly inlined?: true;
  /** Found by a guess (a word of the stack that looks like a return address), not by unwind tables. */
  readonly guessed?: true;
}

/** Stack of a thread, a goroutine or a task, as of one reading. */
export interface Stack {
  /** Thread id on the host; undefined for what no thread runs (a parked goroutine, an asyncio task). */
  readonly tid: number | undefined;
  readonly name: string;
  /** State letter of /proc (R, S, D, …), or the runtime's word (`chan receive`). */
  readonly state: string;
  /** Kernel function it sleeps in. */
  readonly wchan?: string | undefined;
  /** How long it has waited, in seconds, where the runtime keeps it. */
  readonly waitS?: number | undefined;
  /** Innermost first; kernel frames before user frames. */
  readonly frames: readonly StackFrame[];
  /** What the runtime knows of it: `holds the GIL`. */
  readonly mark?: string | undefined;
  /** Why the frames end before the outermost call; undefined for a whole stack. */
  readonly cut?: string | undefined;
}

/** All stacks of a process, read without stopping it. */
export interface ProcessStacks {
  readonly pid: number;
  readonly name: string;
  /** Runtime whose frames were walked, with its version (`CPython 3.11`, `go1.19.8`); undefined for native code alone. */
  readonly runtime: string | undefined;
  /** Time of the reading on the host's clock, milliseconds since 1970. */
  readonly atMs: number;
  /** CPU time that the reading took on the host, in microseconds. */
  readonly costUs: number;
  readonly stacks: readonly Stack[];
  /** What is missing and why, a sentence each. */
  readonly notes: readonly string[];
}
