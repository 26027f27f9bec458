import { gdbInteractive, gdbStacks } from './gdb.ts';
import { straceLive, straceSummary, straceWindow, straceFilters } from './strace.ts';
import type { Target } from './target.ts';

/** A program for one look into a process. Costs were measured on a 4-thread program; the real pause is told afterwards. */
export interface Tool {
  readonly id: string;
  readonly title: string;
  readonly shows: string;
  /** What it costs the process, in words with figures. */
  readonly cost: string;
  /** Started as it is, without a shell; undefined for kernel stacks, which are files. */
  readonly argv: ((target: Target) => readonly string[]) | undefined;
  /** Program that must be on the host, and the Debian/Ubuntu package that has it. We never install. */
  readonly program?: 'gdb' | 'strace' | 'eu-stack';
  readonly package?: string;
  /** It looks for files by name on the host: of no use where the process has others. */
  readonly byNames?: boolean;
  /** A person types into it; others end by themselves. */
  readonly interactive: boolean;
  /** Everything it prints is wanted, late rather than cut. */
  readonly keepAll: boolean;
  /** It may change the process: its name must be typed whatever it is. */
  readonly risky?: string;
}

/** What `/proc` alone shows; reads as every other source. */
export const KERNEL_STACKS = 'kernel-stacks';

/** In the order in which to try them: cheapest for the process first. */
export const tools: readonly Tool[] = [
  {
    id: KERNEL_STACKS,
    title: 'kernel stacks, wait channels, system calls',
    shows: 'where each thread waits in the kernel',
    cost: 'does not stop it (reads /proc)',
    argv: undefined,
    interactive: false,
    keepAll: true,
  },
  {
    id: 'eu-stack',
    title: 'eu-stack: user stacks of all threads',
    shows: 'function names of each thread, quickly',
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
    cost: 'stops it for 0.2–0.6 s when small, for many seconds with large libraries or hundreds of threads; 20 s at most',
    argv: gdbStacks,
    program: 'gdb',
    package: 'gdb',
    interactive: false,
    keepAll: true,
  },
  {
    id: 'gdb',
    title: 'gdb: look around',
    shows: 'memory, variables and stacks; breakpoints, writing and calls are refused',
    cost: 'stops it until you continue, detach or quit',
    argv: (target) => gdbInteractive(target, { breakpoints: false }),
    program: 'gdb',
    package: 'gdb',
    interactive: true,
    keepAll: false,
  },
  {
    id: 'gdb-breakpoints',
    title: 'gdb: with breakpoints',
    shows: 'the same, and stops where you say; calls are still refused, writing is not',
    cost: 'stops it at every hit; killing gdb then can kill the process (the guard interrupts it first)',
    argv: (target) => gdbInteractive(target, { breakpoints: true }),
    program: 'gdb',
    package: 'gdb',
    interactive: true,
    keepAll: false,
    risky: 'Breakpoints change its code in memory while they are in, and memory and registers can be written.',
  },
  {
    id: 'strace-summary',
    title: 'strace: which system calls take the time, 10 s',
    shows: 'calls, errors and time by name',
    cost: 'slows every system call down for 10 s: a thread with 3 000 calls a second stood still for 18 % of the time',
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
    cost: 'slows every system call down for 3 s',
    argv: straceWindow,
    program: 'strace',
    package: 'strace',
    interactive: false,
    keepAll: false,
  },
  ...straceFilters.map(({ id, title }): Tool => ({
    id: `strace-${id}`,
    title: `strace live: ${title}`,
    shows: 'each call as it happens, until you leave (Ctrl-C)',
    cost: 'slows these system calls down to a tenth and all others a little, as long as it runs',
    argv: (target) => straceLive(target, id),
    program: 'strace',
    package: 'strace',
    interactive: true,
    keepAll: false,
  })),
];

/** Said where the program is not on the host. */
export const absentSentence = ({ program, package: name }: Tool): string =>
  `${program} is not on this host: on Debian and Ubuntu the package ${name} has it (crashcart installs nothing)`;
