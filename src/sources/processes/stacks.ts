import { lines, toNumber, words } from '../../lib/lines.ts';
import { defineDetail } from '../source.ts';

/**
 * Kernel stack of each thread of a process, without stopping it (0 ms): proc_pid_stack(5), proc_pid_wchan(5),
 * proc_pid_syscall(5), https://docs.kernel.org/filesystems/proc.html. Only root may read `stack` and `syscall`.
 *
 *     [<0>] hrtimer_nanosleep+0x74/0xf0
 *     [<0>] __x64_sys_clock_nanosleep+0xce/0x140
 *
 *     230 0x0 0x0 0x7ffda74768d0 0x0 0x0 0x7ffda7476817 0x7ffda7476880 0x7fa38c086545
 *
 * `syscall` is `running` for a thread that is not in the kernel; addresses of a stack are `<0>` or hidden.
 */
export const processStacks = defineDetail({
  id: 'process-stacks',
  title: 'Kernel stacks of a process',
  why: 'Shows system call, wchan and kernel stack of each thread, without stopping the process.',
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    stacks: { kind: 'glob', pattern: `/proc/${pid}/task/*/stack`, as: 'root' },
    wchans: { kind: 'glob', pattern: `/proc/${pid}/task/*/wchan`, as: 'root' },
    calls: { kind: 'glob', pattern: `/proc/${pid}/task/*/syscall`, as: 'root' },
    stats: { kind: 'glob', pattern: `/proc/${pid}/task/*/stat`, as: 'root' },
  }),
  parse: ({ stacks, wchans, calls, stats }) => {
    const threads: ThreadStack[] = [];
    for (const [path, stat] of stats ?? []) {
      const thread = threadOf(stat);
      if (!thread) continue;
      const beside = (file: string): string => path.replace(/stat$/, file);
      const frames = framesOf(stacks?.get(beside('stack')));
      threads.push({
        ...thread,
        frames,
        wchan: nameOf(wchans?.get(beside('wchan'))),
        call: callOf(frames, calls?.get(beside('syscall'))),
      });
    }
    return { threads };
  },
});

/** Kernel stack of one thread; all its texts are hostile. */
export interface ThreadStack {
  readonly tid: number;
  readonly name: string;
  /** R running, S sleeping, D blocked on disk or lock, T stopped, t traced. */
  readonly state: string;
  /** Kernel functions, innermost first, without offsets; undefined when not read, empty when it is not in the kernel. */
  readonly frames: readonly string[] | undefined;
  /** Innermost function that is not part of the scheduler. */
  readonly wchan: string | undefined;
  /** `futex`, or `call 202` where only the number is known; undefined when it is in none or that was not read. */
  readonly call: string | undefined;
}

function threadOf(stat: string): Pick<ThreadStack, 'tid' | 'name' | 'state'> | undefined {
  const open = stat.indexOf('(');
  const close = stat.lastIndexOf(')');
  const tid = toNumber(stat.slice(0, Math.max(0, open)));
  const state = stat.slice(close + 2, close + 3);
  return tid === undefined || close < open || state === ''
    ? undefined
    : { tid, name: stat.slice(open + 1, close), state };
}

function framesOf(stack: string | undefined): readonly string[] | undefined {
  if (stack === undefined) return undefined;
  return lines(stack).flatMap((line) => /^\[<[^>]*>\] ([^+\s]+)/.exec(line)?.[1] ?? []);
}

/** wchan is `0` for a thread that runs. */
function nameOf(wchan: string | undefined): string | undefined {
  const name = wchan?.trim();
  return name === undefined || name === '' || name === '0' ? undefined : name;
}

/** The entry function names the call on every architecture; the number alone means something else on each. */
function callOf(frames: readonly string[] | undefined, call: string | undefined): string | undefined {
  const entry = frames?.findLast((frame) => /^__(?:x64|ia32|arm64|s390x|riscv)_(?:compat_)?sys_|^sys_/.test(frame));
  if (entry !== undefined) return entry.replace(/^(?:__[a-z0-9]+_)?(?:compat_)?sys_/, '');
  const number = toNumber(words(call ?? '')[0]);
  return number === undefined || number < 0 ? undefined : `call ${number}`;
}
