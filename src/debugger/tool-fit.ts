import { percent } from '../lib/units.ts';
import { JAVA_THREADS, KERNEL_STACKS, SAMPLE_SHORT, USER_STACKS } from './tools.ts';

/** What a process is and does, as far as it was read. */
export interface ProcessActivity {
  /** Threads; empty where they were not read. */
  readonly threads: readonly { readonly state: string; readonly wchan: string | undefined }[];
  /** CPU time of user code and of system calls in the last moment, percent of one CPU. */
  readonly userPct: number | undefined;
  readonly systemPct: number | undefined;
  /** Runtime of its code: `CPython`. */
  readonly runtime: string | undefined;
  readonly isKernelThread: boolean;
}

/** CPU use from which the question is where it goes. */
const BUSY_PCT = 50;
/** CPU use of system calls from which the question is which ones. */
const SYSTEM_PCT = 30;

/** Tools that fit a process now, the best first, each with the reason. */
export function fittingTools(activity: ProcessActivity): ReadonlyMap<string, string> {
  const { threads, userPct = 0, systemPct = 0, runtime, isKernelThread } = activity;
  const fits = new Map<string, string>();
  if (isKernelThread) return fits.set(KERNEL_STACKS, 'kernel thread: all of its code is in the kernel');
  const of = (part: number) => `${part} of ${threads.length} ${threads.length === 1 ? 'thread' : 'threads'}`;
  const blocked = threads.filter(({ state }) => state === 'D');
  const [first] = blocked;
  if (first)
    fits.set(KERNEL_STACKS, `${of(blocked.length)} in D state${first.wchan === undefined ? '' : ` (${first.wchan})`}`);
  if (systemPct >= SYSTEM_PCT && systemPct > userPct)
    fits.set('strace-summary', `system calls use ${percent(systemPct)} of a CPU, user code ${percent(userPct)}`);
  if (userPct + systemPct >= BUSY_PCT) fits.set(SAMPLE_SHORT, `uses ${percent(userPct + systemPct)} of a CPU`);
  const locked = threads.filter(({ wchan }) => wchan !== undefined && /^_*futex|^do_futex/.test(wchan));
  if (runtime === 'Java') fits.set(JAVA_THREADS, 'JVM: frames and monitors of its threads, deadlocks');
  else if (runtime !== undefined) fits.set(USER_STACKS, `${runtime}: functions and lines`);
  else if (locked.length > 0) fits.set(USER_STACKS, `${of(locked.length)} in futex: frames name the lock`);
  return fits;
}

/** Runtime of a process whose frames a tool shows, by its program and its libraries. */
export function runtimeOf(programPath: string | undefined, maps: string | undefined): string | undefined {
  const text = `${programPath ?? ''}\n${maps ?? ''}`;
  return RUNTIMES.find(([, pattern]) => pattern.test(text))?.[0];
}

const RUNTIMES: readonly (readonly [string, RegExp])[] = [
  ['CPython', /\/(?:libpython3|python3)[\w.-]*$/m],
  ['Java', /\/libjvm\.so$/m],
  ['Go', /\[anon: ?Go: /],
];
