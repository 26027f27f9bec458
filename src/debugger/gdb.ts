import type { Target } from './target.ts';

/**
 * Start-up of gdb that reads no file of the host's users (-nx: no .gdbinit; no auto-loaded scripts, which a container
 * could bring) and asks no server for symbols (debuginfod needs DEBUGINFOD_URLS, which is not in our environment).
 * A setting that an older gdb does not know is a line of complaint there, not the end of the start.
 */
const start = ['gdb', '-q', '-nx', '-iex', 'set auto-load off', '-iex', 'set pagination off'] as const;

/**
 * Settings that must be made before the attach: gdb refuses to change them while the process is there. Calling functions
 * of the process is always refused, also by mistake from an expression.
 */
const refuseCalls = ['set may-call-functions off'] as const;

/**
 * Refused together or not at all. Where a breakpoint is hit, gdb must set the program counter back: with breakpoints
 * allowed and registers refused, the thread goes on in the middle of an instruction and the process dies (measured).
 */
const changes = [
  'may-insert-breakpoints',
  'may-insert-tracepoints',
  'may-write-memory',
  'may-write-registers',
] as const;
const refuseChanges = changes.map((setting) => `set ${setting} off`);

/**
 * Programs that compile at run time (node, LLVM) have a function of this name, in which gdb sets a breakpoint of its own
 * at once. Where breakpoints are refused that fails, gdb loses track of the threads, and `continue` no longer works
 * (measured with node on gdb 13.1; the process was left stopped). So there they are allowed, and that is said.
 */
const JIT_SYMBOL = '__jit_debug_register_code';
const allowWhereJit = [
  `python exec("try:\\n gdb.parse_and_eval('(long)&${JIT_SYMBOL}')`,
  ...changes.map((setting) => ` gdb.execute('set ${setting} on')`),
  ` print('This program compiles at run time: gdb needs a breakpoint in it, so breakpoints are allowed.')`,
  `except gdb.error: pass")`,
].join('\\n');

const each = (option: '-ex' | '-iex', commands: readonly string[]): readonly string[] =>
  commands.flatMap((command) => [option, command]);

/**
 * Symbols of the program are read before the attach: node stood still for 0.2–0.3 s instead of 0.6–0.9 s (measured). Not in a
 * container: gdb makes `/proc/PID/exe` the name it leads to, and reads the file that has this name on the host (measured:
 * Debian 11's perl on Debian 12, no function found). There it takes all from the process's mount namespace, `target:`; for
 * small programs the pause was the same. Not `set sysroot /proc/PID/root`: an absolute link in there, as glibc's
 * ld-linux-x86-64.so.2 was, leads to a file of the host. A program without a name any more is only to be had by its pid.
 */
const program = ({ pid, ownFiles, programReplaced }: Target): readonly string[] =>
  ownFiles && !programReplaced ? [] : [`/proc/${pid}/exe`];

/** gdb enters the mount namespace of a process by itself, but knows nothing of a root directory that is not `/` there. */
const sysroot = ({ pid, rootPath }: Target): string =>
  `set sysroot ${rootPath === '/' ? 'target:' : `/proc/${pid}/root`}`;

/** One backtrace of all threads, then gone; `timeout` interrupts it, on which gdb detaches. */
export const gdbStacks = (target: Target): readonly string[] => [
  'timeout',
  '-s',
  'INT',
  '20',
  ...start,
  '-batch',
  ...each('-iex', ['set width 0', sysroot(target), ...refuseCalls]),
  ...program(target),
  ...each('-ex', [`attach ${target.pid}`, 'thread apply all bt']),
];

/** A prompt. Quitting asks, detaches and lets the process run on. */
export const gdbInteractive = (
  target: Target,
  { breakpoints }: { readonly breakpoints: boolean },
): readonly string[] => [
  ...start,
  ...each('-iex', [sysroot(target), ...refuseCalls, ...(breakpoints || target.jit ? [] : refuseChanges)]),
  ...program(target),
  ...each('-ex', [...(breakpoints || target.jit ? [] : [allowWhereJit]), `attach ${target.pid}`]),
];
