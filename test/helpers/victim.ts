import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '../../src/debugger/target.ts';

/** Program to trace: compiled once, started for each case. */
export interface Victim {
  readonly target: Target;
  readonly kill: () => void;
}

/** Path of the program compiled from a C source. */
export function compileVictim(source: string): string {
  const program = join(mkdtempSync(join(tmpdir(), 'crashcart-victim-')), 'victim');
  execFileSync('gcc', ['-g', '-O1', '-pthread', '-o', program, source]);
  return program;
}

/** Starts a process that is not a child of the test, like one on a customer's host. */
export function startVictim(program: string): Victim {
  const started = execFileSync('sh', ['-c', 'setsid "$0" </dev/null >/dev/null 2>&1 & echo $!', program]);
  const pid = Number(started.toString());
  return {
    kill: () => {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // already exited
      }
    },
    target: {
      pid,
      startTicks: startTicksOf(pid),
      name: 'victim',
      commandLine: program,
      state: 'S',
      threads: 4,
      tracerPid: undefined,
      programPath: program,
      programReplaced: false,
      ownFiles: false,
      rootPath: '/',
      namespaces: [],
      owner: undefined,
      ownerKind: undefined,
      pidInside: undefined,
      ids: { uid: 0, uidInside: 0, gidInside: 0, groupsInside: [], uidMap: undefined },
      ptraceScope: undefined,
      frozen: undefined,
      mighty: [],
      jit: false,
      runtime: undefined,
      jvm: false,
      musl: false,
    },
  };
}

const text = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** Start time in clock ticks: field 22 of proc_pid_stat(5). */
export const startTicksOf = (pid: number): number =>
  Number(
    text(`/proc/${pid}/stat`)
      .replace(/^.*\) /s, '')
      .split(' ')[19],
  );

/** State letter of a process, `gone` without one. */
export const stateOf = (pid: number): string => /\) (\S)/.exec(text(`/proc/${pid}/stat`))?.[1] ?? 'gone';

/** Pid of the tracer, 0 without one. */
export const tracerOf = (pid: number): number =>
  Number(/TracerPid:\s+(\d+)/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0);

/** Voluntary context switches by thread. The count grows while a thread that sleeps in a loop runs. */
export function progressOf(pid: number): ReadonlyMap<string, number> {
  const threads = new Map<string, number>();
  let tids: readonly string[] = [];
  try {
    tids = readdirSync(`/proc/${pid}/task`);
  } catch {
    return threads;
  }
  for (const tid of tids) {
    const status = text(`/proc/${pid}/task/${tid}/status`);
    threads.set(tid, Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0));
  }
  return threads;
}

export const sleep = (delayMs: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });

/** Whether a process is not traced, not stopped, and each of its threads made progress within 100 ms. */
export async function runsFreely(pid: number): Promise<boolean> {
  const before = progressOf(pid);
  if (before.size === 0 || tracerOf(pid) !== 0 || 'tTXZ'.includes(stateOf(pid))) return false;
  await sleep(100);
  const after = progressOf(pid);
  return tracerOf(pid) === 0 && [...before].every(([tid, switches]) => (after.get(tid) ?? 0) > switches);
}
