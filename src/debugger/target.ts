import type { Host } from '../host/host.ts';
import { cgroupOwner, type Owner } from '../sources/containers/cgroup-owner.ts';
import { keyValues, toNumber, words } from '../lib/lines.ts';
import { plain } from '../lib/plain.ts';
import type { ProcessRef } from '../panes/pane.ts';
import { freezerFiles, isFrozen } from './freezer.ts';
import { runtimeOf } from './tool-fit.ts';
import { idInside, mightyCapabilities, ownNamespaces, rootMount } from './namespaces.ts';

/** Target of a tool; its texts are sanitised. */
export interface Target extends ProcessRef {
  readonly startTicks: number;
  /** Arguments with blanks between them; '' for a kernel thread. */
  readonly commandLine: string;
  readonly state: string;
  readonly threads: number | undefined;
  /** Present tracer. */
  readonly tracerPid: number | undefined;
  /** Program file in its mount namespace; undefined if not readable, or for a kernel thread. */
  readonly programPath: string | undefined;
  /** Replaced on disk since its start: package and symbols are those of the new file. */
  readonly programReplaced: boolean;
  /** Root directory other than the host's: the same names are different files. */
  readonly ownFiles: boolean;
  /** Path of its root directory in its mount namespace: `/` unless chrooted. */
  readonly rootPath: string;
  /** Kinds of namespaces that differ from ours: `mnt`, `pid`, `net`… */
  readonly namespaces: readonly string[];
  /** Container or guest: `docker 3f2a…`, `guest web-3`. */
  readonly owner: string | undefined;
  readonly ownerKind: Owner['kind'] | undefined;
  /** pid in its PID namespace. */
  readonly pidInside: number | undefined;
  readonly ids: Ids;
  /** kernel.yama.ptrace_scope (admin-guide/LSM/Yama): 1 children only, 2 root only, 3 none; undefined without Yama. */
  readonly ptraceScope: number | undefined;
  /** Freezer version if its control group is frozen (paused container). `v2`: processes that join it freeze too. */
  readonly frozen: 'v1' | 'v2' | undefined;
  /** Capabilities of its bounding set that give root on the host. */
  readonly mighty: readonly string[];
  /** Whether it uses a JIT library (LLVM), in which gdb needs a breakpoint. */
  readonly jit: boolean;
  /** Runtime of its code by program and libraries: `CPython`; undefined for native code and what these do not show. */
  readonly runtime: string | undefined;
  /** Whether it is a JVM (HotSpot, OpenJ9). */
  readonly jvm: boolean;
  /** Whether its C library is musl, which has no unwind tables. */
  readonly musl: boolean;
}

/** User and groups, on the host and in its user namespace. */
export interface Ids {
  readonly uid: number | undefined;
  readonly uidInside: number | undefined;
  readonly gidInside: number | undefined;
  readonly groupsInside: readonly number[];
  /** proc_pid_uid_map(5). */
  readonly uidMap: string | undefined;
}

/** Reads a process by pid and start time. Throws when it is gone or the pid is reused. */
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
    throw new Error(`${plain(ref.name)} (${pid}): process gone, or pid reused`);
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
    runtime: runtimeOf(program, maps),
    jvm: /\/libjvm\.so/.test(maps ?? ''),
    musl: /\/ld-musl-/.test(maps ?? ''),
  };
}

async function frozenBy(host: Host, cgroup: string | undefined): Promise<Target['frozen']> {
  for (const path of freezerFiles(cgroup)) {
    const reading = await host.read({ kind: 'file', path, as: 'root' });
    if (reading.ok && isFrozen(reading.value)) return path.endsWith('cgroup.events') ? 'v2' : 'v1';
  }
  return undefined;
}

/** Obstacles for any tracer. */
export function hindrances(target: Target): readonly string[] {
  const { state, tracerPid, threads, commandLine, programPath } = target;
  return [
    ...(commandLine === '' && programPath === undefined
      ? ['Kernel thread, or not readable: only its kernel stack is available.']
      : []),
    ...(state === 'D' ? ['Uninterruptible sleep (D): a tracer hangs until it wakes. Kernel stacks work.'] : []),
    ...(state === 'Z' ? ['Zombie (Z): nothing to trace.'] : []),
    ...(state === 'T' ? ['Already stopped (T): stays stopped afterwards.'] : []),
    ...(tracerPid === undefined ? [] : [`Traced by process ${tracerPid}: a second tracer is refused.`]),
    ...(threads !== undefined && threads > 500
      ? [`${threads} threads: each is stopped and read, so the pause is long.`]
      : []),
  ];
}

/** Container or guest of a process, and its pid there. */
export function belonging({ owner, ownerKind, pidInside, ownFiles }: Target): readonly string[] {
  const inside = pidInside === undefined ? '' : ` Inside it is pid ${pidInside}.`;
  if (ownerKind === 'guest')
    return [
      `Runs ${owner}. The inside of the guest is not reachable from the host; its console (virsh console) accepts input, so it is not offered.`,
    ];
  if (owner !== undefined) return [`Belongs to ${owner}.${inside}`];
  return ownFiles || inside !== '' ? [`In a container, or chrooted.${inside}`] : [];
}
