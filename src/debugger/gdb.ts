import type { Target } from './target.ts';

/**
 * Start of gdb without files of the host's users (-nx: no .gdbinit; no auto-loaded scripts, which a container could contain)
 * and without debuginfod (DEBUGINFOD_URLS is not in the environment). An older gdb prints an error for an unknown setting and
 * continues.
 */
const start = ['gdb', '-q', '-nx', '-iex', 'set auto-load off', '-iex', 'set pagination off'] as const;

/**
 * Settings before the attach: gdb refuses to change them with a process. Calls of functions of the process are always refused,
 * also by mistake in an expression.
 */
const refuseCalls = ['set may-call-functions off'] as const;

/**
 * Settings that are refused together or not at all. At a breakpoint gdb must set the program counter back: with breakpoints
 * allowed and registers refused, the thread continues in the middle of an instruction and the process dies (measured).
 */
const changes = [
  'may-insert-breakpoints',
  'may-insert-tracepoints',
  'may-write-memory',
  'may-write-registers',
] as const;
const refuseChanges = changes.map((setting) => `set ${setting} off`);

/**
 * Function of JIT programs (node, LLVM) in which gdb itself sets a breakpoint at once. With breakpoints refused that fails, gdb
 * loses track of the threads, and `continue` no longer works (measured with node on gdb 13.1; the process stayed stopped). So
 * breakpoints are allowed there, with a message.
 */
const JIT_SYMBOL = '__jit_debug_register_code';
const allowWhereJit = [
  `python exec("try:\\n gdb.parse_and_eval('(long)&${JIT_SYMBOL}')`,
  ...changes.map((setting) => ` gdb.execute('set ${setting} on')`),
  ` print('JIT program: gdb needs a breakpoint in it, so breakpoints are allowed.')`,
  `except gdb.error: pass")`,
].join('\\n');

const each = (option: '-ex' | '-iex', commands: readonly string[]): readonly string[] =>
  commands.flatMap((command) => [option, command]);

/**
 * Program file, whose symbols are read before the attach: node was stopped 0.2–0.3 s, not 0.6–0.9 s (measured). Not in a
 * container: gdb resolves `/proc/PID/exe` to a name and reads the file with that name on the host (measured: Debian 11's perl
 * on Debian 12, no function found). There `target:` reads all from the mount namespace of the process; for small programs the
 * pause was the same. Not `set sysroot /proc/PID/root`: an absolute link inside, as glibc's ld-linux-x86-64.so.2 was, leads to
 * a file of the host. A deleted program is accessible by its pid only.
 */
const program = ({ pid, ownFiles, programReplaced }: Target): readonly string[] =>
  ownFiles && !programReplaced ? [] : [`/proc/${pid}/exe`];

/** Sysroot setting: gdb enters the mount namespace of a process, but ignores a root directory other than `/` there. */
const sysroot = ({ pid, rootPath }: Target): string =>
  `set sysroot ${rootPath === '/' ? 'target:' : `/proc/${pid}/root`}`;

/** One backtrace of all threads; `timeout` interrupts gdb, which then detaches. */
export const gdbStacks = (target: Target, before: readonly string[] = []): readonly string[] => [
  'timeout',
  '-s',
  'INT',
  '20',
  ...start,
  '-batch',
  ...each('-iex', ['set width 0', sysroot(target), ...refuseCalls]),
  ...program(target),
  ...each('-ex', [...before, `attach ${target.pid}`, 'thread apply all bt']),
];

/** Interactive gdb; quit detaches, and the process continues. */
export const gdbInteractive = (
  target: Target,
  { breakpoints }: { readonly breakpoints: boolean },
  before: readonly string[] = [],
): readonly string[] => [
  ...start,
  ...each('-iex', [sysroot(target), ...refuseCalls, ...(breakpoints || target.jit ? [] : refuseChanges)]),
  ...program(target),
  ...each('-ex', [...before, ...(breakpoints || target.jit ? [] : [allowWhereJit]), `attach ${target.pid}`]),
];
