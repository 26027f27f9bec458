import type { Host } from '../host/host.ts';
import { cgroupOwner } from '../entities/cgroup-owner.ts';
import { keyValues, toNumber, words } from '../lib/lines.ts';
import { plain } from '../lib/plain.ts';
import type { ProcessRef } from '../panes/pane.ts';

/** A process that a tool may be used on, and what is known of it; its texts are harmless. */
export interface Target extends ProcessRef {
  /** Arguments with blanks between them; '' for a kernel thread. */
  readonly commandLine: string;
  readonly state: string;
  readonly threads: number | undefined;
  /** Who traces it already. */
  readonly tracerPid: number | undefined;
  /** The program file as its own namespace names it; undefined when it may not be read, or for a kernel thread. */
  readonly programPath: string | undefined;
  /** Replaced on disk since it started: packages and symbols there are those of the new one. */
  readonly programReplaced: boolean;
  /** Its files are others than the host's: gdb reads them through its own namespace. */
  readonly ownFiles: boolean;
  /** `docker 3f2a…`, `guest web-3`: to whom it belongs. */
  readonly owner: string | undefined;
  /** Uses a library that compiles at run time (LLVM): gdb needs a breakpoint of its own in it. */
  readonly jit: boolean;
}

/** Looks the process up again, by pid and start time. Throws one sentence when it is gone or another one by now. */
export async function inspect(host: Host, ref: ProcessRef): Promise<Target> {
  const { pid } = ref;
  const file = async (name: string) => {
    const reading = await host.read({ kind: 'file', path: `/proc/${pid}/${name}`, as: 'root' });
    return reading.ok ? reading.value : undefined;
  };
  const link = async (path: string) => {
    const reading = await host.read({ kind: 'glob', pattern: path, links: true, as: 'root' });
    return reading.ok ? reading.value.get(path) : undefined;
  };
  const [stat, status, cmdline, cgroup, maps, program, files, filesOfFirst] = await Promise.all([
    file('stat'),
    file('status'),
    file('cmdline'),
    file('cgroup'),
    file('maps'),
    link(`/proc/${pid}/exe`),
    link(`/proc/${pid}/ns/mnt`),
    link('/proc/1/ns/mnt'),
  ]);
  const fields = words((stat ?? '').replace(/^.*\) /s, ''));
  if (stat === undefined || toNumber(fields[19]) !== ref.startTicks)
    throw new Error(`${ref.name} (${pid}) is gone, or its number belongs to another process by now`);
  const values = keyValues(status ?? '', /:\s*/);
  const owner = cgroup === undefined ? undefined : cgroupOwner(cgroup);
  const tracer = toNumber(values.get('TracerPid'));
  return {
    ...ref,
    commandLine: plain((cmdline ?? '').replaceAll('\0', ' ').trim()),
    state: fields[0] ?? '',
    threads: toNumber(values.get('Threads')),
    tracerPid: tracer === 0 ? undefined : tracer,
    programPath: program === undefined ? undefined : plain(program.replace(/ \(deleted\)$/, '')),
    programReplaced: program?.endsWith(' (deleted)') ?? false,
    ownFiles: files !== undefined && filesOfFirst !== undefined && files !== filesOfFirst,
    owner: owner && plain(`${owner.kind} ${owner.name}`),
    jit: /libLLVM|libjvm\.so|libmozjs|libjavascriptcoregtk/.test(maps ?? ''),
  };
}

/** What stands in the way of any tool that traces, in sentences; none for most. */
export function hindrances(target: Target): readonly string[] {
  const { state, tracerPid, threads, commandLine, programPath } = target;
  return [
    ...(commandLine === '' && programPath === undefined
      ? ['A kernel thread, or one whose files may not be read: only its kernel stack can be seen.']
      : []),
    ...(state === 'D'
      ? ['It waits in the kernel (D) and cannot be stopped there: a tracer hangs until it wakes. Kernel stacks work.']
      : []),
    ...(state === 'Z' ? ['It has ended and waits for its parent (Z): there is nothing to trace.'] : []),
    ...(state === 'T' ? ['It was stopped by somebody before us: it stays so afterwards.'] : []),
    ...(tracerPid === undefined ? [] : [`Process ${tracerPid} traces it already: a second tracer is refused.`]),
    ...(threads !== undefined && threads > 500
      ? [`It has ${threads} threads: each is stopped and looked at, so the pause is longer than for most.`]
      : []),
  ];
}
