import { gdbInteractive, gdbStacks } from './gdb.ts';
import { javaThreads } from './java.ts';
import { straceLive, straceSummary, straceWindow, straceFilters } from './strace.ts';
import type { Target } from './target.ts';

/** Tool inspects a process. Costs were measured on a 4-thread program; the real pause is shown afterwards. */
export interface Tool {
  readonly id: string;
  readonly title: string;
  readonly shows: string;
  /** Cost to the process, with figures. */
  readonly cost: string;
  /** Command, started without a shell; undefined for stacks that are read without a tool. `before`: commands of gdb before its attach. */
  readonly argv: ((target: Target, before?: readonly string[]) => readonly string[]) | undefined;
  /** Program on the host, and its Debian/Ubuntu package. Nothing is installed. */
  readonly program?: 'gdb' | 'strace' | 'eu-stack';
  readonly package?: string;
  /** Reads files by name on the host: wrong where the process has another root directory. */
  readonly byNames?: boolean;
  /** Takes keys; others end by themselves. */
  readonly interactive: boolean;
  /** Keeps all output, late rather than truncated. */
  readonly keepAll: boolean;
  /** Processes that it is for. Default: all. */
  readonly only?: (target: Target) => boolean;
  /** May change the process, so that its name must be typed. */
  readonly risky?: string;
}

/** Kernel stacks from /proc, read like any source. */
export const KERNEL_STACKS = 'kernel-stacks';

/** Stacks from memory, read like any source. */
export const USER_STACKS = 'stacks';

/** Thread dump of a JVM. */
export const JAVA_THREADS = 'java-threads';

/** Sampling of stacks, for 10 s and 30 s. */
export const SAMPLE_SHORT = 'sample-10';
const SAMPLE_LONG = 'sample-30';

/** Time of a sampling by its tool. */
export const sampleMs: Readonly<Record<string, number>> = { [SAMPLE_SHORT]: 10_000, [SAMPLE_LONG]: 30_000 };

/** Tools, cheapest for the process first. */
export const tools: readonly Tool[] = [
  {
    id: KERNEL_STACKS,
    title: 'kernel stacks, wait channels, system calls',
    shows: 'kernel stack and wait channel of each thread',
    cost: 'no stop (reads /proc)',
    argv: undefined,
    interactive: false,
    keepAll: true,
  },
  {
    id: USER_STACKS,
    title: 'stacks of all threads, functions and lines',
    shows: 'kernel and runtime frames of each thread (CPython, Go), grouped',
    cost: 'no stop (reads its memory), some ms of CPU every 2 s',
    argv: undefined,
    interactive: false,
    keepAll: true,
  },
  ...Object.entries(sampleMs).map(([id, ms]): Tool => ({
    id,
    title: `sample stacks for ${ms / 1000} s: flame graph, call tree`,
    shows: 'where threads run, and what the others wait for, by function',
    cost: 'no stop (reads its memory), as often as the CPU budget allows',
    argv: undefined,
    interactive: false,
    keepAll: true,
  })),
  {
    id: JAVA_THREADS,
    title: 'Java: thread dump by attach, once',
    shows: 'frames and monitors of each Java thread, deadlocks first',
    cost: 'stops all Java threads at a safepoint for milliseconds; the first time SIGQUIT and a file for a moment, and a thread of the JVM that stays',
    argv: javaThreads,
    only: ({ jvm }) => jvm,
    interactive: false,
    keepAll: true,
  },
  {
    id: 'eu-stack',
    title: 'eu-stack: user stacks of all threads',
    shows: 'function names of each thread',
    cost: 'stops each thread for a few milliseconds',
    argv: ({ pid }) => ['timeout', '-s', 'INT', '20', 'eu-stack', '-p', String(pid)],
    program: 'eu-stack',
    byNames: true,
    package: 'elfutils',
    interactive: false,
    keepAll: true,
  },
  {
    id: 'gdb-stacks',
    title: 'gdb: backtrace of all threads, once',
    shows: 'functions, arguments and source lines of each thread',
    cost: 'stops it for 0.2–0.6 s if small, many seconds with large libraries or hundreds of threads; limit 20 s',
    argv: gdbStacks,
    program: 'gdb',
    package: 'gdb',
    interactive: false,
    keepAll: true,
  },
  {
    id: 'gdb',
    title: 'gdb: inspect',
    shows:
      'memory, variables and stacks, also by debug symbols of this machine; breakpoints, writing and calls are refused',
    cost: 'stops it until you continue, detach or quit',
    argv: (target, before) => gdbInteractive(target, { breakpoints: false }, before),
    program: 'gdb',
    package: 'gdb',
    interactive: true,
    keepAll: false,
  },
  {
    id: 'gdb-breakpoints',
    title: 'gdb: with breakpoints',
    shows: 'the same with breakpoints and writing; calls are refused',
    cost: 'stops it at every hit; killing gdb then can kill the process (the guard interrupts it first)',
    argv: (target, before) => gdbInteractive(target, { breakpoints: true }, before),
    program: 'gdb',
    package: 'gdb',
    interactive: true,
    keepAll: false,
    risky: 'Breakpoints modify its code in memory while set; memory and registers are writable.',
  },
  {
    id: 'strace-summary',
    title: 'strace -c: system call summary, 10 s',
    shows: 'calls, errors and time by name',
    cost: 'slows every system call for 10 s: a thread with 3 000 calls/s was stopped 18 % of the time',
    argv: straceSummary,
    program: 'strace',
    package: 'strace',
    interactive: false,
    keepAll: true,
  },
  {
    id: 'strace-window',
    title: 'strace: all system calls, 3 s',
    shows: 'each call with time, duration and file names',
    cost: 'slows every system call for 3 s',
    argv: straceWindow,
    program: 'strace',
    package: 'strace',
    interactive: false,
    keepAll: false,
  },
  ...straceFilters.map(({ id, title }): Tool => ({
    id: `strace-${id}`,
    title: `strace live: ${title}`,
    shows: 'each call live, until Ctrl-C',
    cost: 'slows these system calls to a tenth of their speed, all others slightly',
    argv: (target) => straceLive(target, id),
    program: 'strace',
    package: 'strace',
    interactive: true,
    keepAll: false,
  })),
];

/** Reason where the program is missing. */
export const absentSentence = ({ program, package: name }: Tool): string =>
  `${program}: command not found; Debian and Ubuntu package ${name} (crashcart installs nothing)`;
