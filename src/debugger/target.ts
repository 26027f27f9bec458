import type { Host } from '../host/host.ts';
import { cgroupOwner, type Owner } from '../sources/containers/cgroup-owner.ts';
import { keyValues, toNumber, words } from '../lib/lines.ts';
import { plain } from '../lib/plain.ts';
import type { ProcessRef } from '../panes/pane.ts';
import { freezerFiles, saysFrozen } from './freezer.ts';
import { idInside, mightyCapabilities, ownNamespaces, rootMount } from './namespaces.ts';

/** A process that a tool may be used on, and what is known of it; its texts are harmless. */
export interface Target extends ProcessRef {
  readonly startTicks: number;
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
  /** Its root directory is another than the host's: the same names are other files. */
  readonly ownFiles: boolean;
  /** Where its root directory is, as seen in its mount namespace: `/`, but for a process that was chrooted. */
  readonly rootPath: string;
  /** Kinds of namespaces that it does not share with us: `mnt`, `pid`, `net`… */
  readonly namespaces: readonly string[];
  /** `docker 3f2a…`, `guest web-3`: to whom it belongs. */
  readonly owner: string | undefined;
  readonly ownerKind: Owner['kind'] | undefined;
  /** Its number in its own PID namespace. */
  readonly pidInside: number | undefined;
  readonly ids: Ids;
  /** kernel.yama.ptrace_scope (admin-guide/LSM/Yama): 1 children only, 2 root only, 3 nobody; undefined without Yama. */
  readonly ptraceScope: number | undefined;
  /** Its control group is frozen: a paused container. `v2`: what joins the group freezes too. */
  readonly frozen: 'v1' | 'v2' | undefined;
  /** Of those that make a container no border, in its bounding set. */
  readonly mighty: readonly string[];
  /** Uses a library that compiles at run time (LLVM): gdb needs a breakpoint of its own in it. */
  readonly jit: boolean;
  /** Its C library is musl, which has no unwind tables. */
  readonly musl: boolean;
}

/** Who it is, on the host and as its own user namespace has it. */
export interface Ids {
  readonly uid: number | undefined;
  readonly uidInside: number | undefined;
  readonly gidInside: number | undefined;
  readonly groupsInside: readonly number[];
  /** proc_pid_uid_map: what becomes of ids between in there and here. */
  readonly uidMap: string | undefined;
}

/** Looks the process up again, by pid and start time. Throws one sentence when it is gone or another one by now. */
export async function inspect(host: Host, ref: ProcessRef): Promise<Target> {
  const { pid } = ref;
  const file = async (name: string, of: number | 'self' = pid) => {
    const reading = await host.read({ kind: 'file', path: `/proc/${of}/${name}`, as: 'root' });
    return reading.ok ? reading.value : undefined;
  };
  const links = async (pattern: string) => {
    const reading = await host.read({ kind: 'glob', pattern, links: true, as: 'root' });
    return reading.ok ? reading.value : undefined;
  };
  const link = async (path: string) => (await links(path))?.get(path);
  const [stat, status, cmdline, cgroup, maps, program, root, its, ours, mounts, ourMounts, uidMap, gidMap] =
    await Promise.all([
      file('stat'),
      file('status'),
      file('cmdline'),
      file('cgroup'),
      file('maps'),
      link(`/proc/${pid}/exe`),
      link(`/proc/${pid}/root`),
      links(`/proc/${pid}/ns/*`),
      links('/proc/self/ns/*'),
      file('mountinfo'),
      file('mountinfo', 'self'),
      file('uid_map'),
      file('gid_map'),
    ]);
  const fields = words((stat ?? '').replace(/^.*\) /s, ''));
  const startTicks = toNumber(fields[19]);
  if (startTicks === undefined || startTicks !== ref.startTicks)
    throw new Error(`${plain(ref.name)} (${pid}) is gone, or its number belongs to another process by now`);
  const values = keyValues(status ?? '', /:\s*/);
  const frozen = await frozenBy(host, cgroup);
  const scope = await host.read({ kind: 'file', path: '/proc/sys/kernel/yama/ptrace_scope' });
  const owner = cgroup === undefined ? undefined : cgroupOwner(cgroup);
  const tracer = toNumber(values.get('TracerPid'));
  const namespaces = ownNamespaces(its, ours);
  const rootPath = root ?? '/';
  const [itsRoot, ourRoot] = [rootMount(mounts), rootMount(ourMounts)];
  // Second of four: the effective one.
  const uid = toNumber(words(values.get('Uid') ?? '')[1]);
  return {
    ...ref,
    startTicks,
    commandLine: plain((cmdline ?? '').replaceAll('\0', ' ').trim()),
    state: fields[0] ?? '',
    threads: toNumber(values.get('Threads')),
    tracerPid: tracer === 0 ? undefined : tracer,
    programPath: program === undefined ? undefined : plain(program.replace(/ \(deleted\)$/, '')),
    programReplaced: program?.endsWith(' (deleted)') ?? false,
    ownFiles:
      rootPath !== '/' ||
      (namespaces.includes('mnt') && (itsRoot === undefined || ourRoot === undefined || itsRoot !== ourRoot)),
    rootPath: plain(rootPath),
    namespaces,
    owner: owner && plain(`${owner.kind} ${owner.name}`),
    ownerKind: owner?.kind,
    pidInside: namespaces.includes('pid') ? toNumber(words(values.get('NSpid') ?? '').at(-1)) : undefined,
    ids: {
      uid,
      uidInside: idInside(uidMap, uid),
      gidInside: idInside(gidMap, toNumber(words(values.get('Gid') ?? '')[1])),
      groupsInside: words(values.get('Groups') ?? '').flatMap((group) => idInside(gidMap, toNumber(group)) ?? []),
      uidMap,
    },
    frozen,
    ptraceScope: scope.ok ? toNumber(scope.value) : undefined,
    mighty: mightyCapabilities(values.get('CapBnd')),
    jit: /libLLVM|libjvm\.so|libmozjs|libjavascriptcoregtk/.test(maps ?? ''),
    musl: /\/ld-musl-/.test(maps ?? ''),
  };
}

async function frozenBy(host: Host, cgroup: string | undefined): Promise<Target['frozen']> {
  for (const path of freezerFiles(cgroup)) {
    const reading = await host.read({ kind: 'file', path, as: 'root' });
    if (reading.ok && saysFrozen(reading.value)) return path.endsWith('cgroup.events') ? 'v2' : 'v1';
  }
  return undefined;
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

/** Whose it is, and what it is called in there. */
export function belonging({ owner, ownerKind, pidInside, ownFiles }: Target): readonly string[] {
  const inside = pidInside === undefined ? '' : ` In there it is process ${pidInside}.`;
  if (ownerKind === 'guest')
    return [
      `It runs ${owner}. What is in the guest cannot be reached from here; its console takes what is typed (virsh console), so it is not offered.`,
    ];
  if (owner !== undefined) return [`It belongs to ${owner}.${inside}`];
  return ownFiles || inside !== '' ? [`It is in a container, or a root directory, of its own.${inside}`] : [];
}
