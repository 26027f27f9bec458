import type { LiveHost } from '../host/host.ts';
import { plain } from '../lib/plain.ts';
import { keyValues } from '../lib/lines.ts';
import { symbolIn, type TracingFacts } from '../tracers/conditions.ts';
import { failureOf } from '../tracers/failure.ts';
import { FIND_PROGRAMS } from '../tracers/find-programs.ts';
import { tracepoints } from '../tracers/index.ts';
import type { Family, TraceNames, Tracer, TracerProgram } from '../tracers/tracer.ts';
import { runOf, type ToolRun } from './session.ts';

/** What a host has for tracers, and the names of numbers in their output. */
export interface Tracing {
  readonly facts: TracingFacts;
  readonly names: TraceNames;
}

const EVENTS = '/sys/kernel/tracing/events';

/** Capabilities of capability.h: CAP_SYS_ADMIN, or both CAP_PERFMON and CAP_BPF (since Linux 5.8). */
const SYS_ADMIN = 21n;
const BPF_AND_PERFMON = (1n << 38n) | (1n << 39n);

/** Reads what tracers need of a host: some 40 files and one listing. */
export async function readTracing(live: LiveHost): Promise<Tracing> {
  const file = async (path: string) => {
    const reading = await live.read({ kind: 'file', path, as: 'root' });
    return reading.ok ? reading.value : reading.why === 'absent' ? null : undefined;
  };
  const isThere = async (path: string) => {
    const reading = await live.read({ kind: 'statfs', path, as: 'root' });
    return reading.ok ? true : reading.why === 'absent' ? false : undefined;
  };
  const found = live.read({ kind: 'run', argv: FIND_PROGRAMS, okExits: [0, 1] });
  const [release, status, bpf, lockdown, mounts, filesystems, disks, btf, kheaders, kprobes, ...formats] =
    await Promise.all([
      file('/proc/sys/kernel/osrelease'),
      file('/proc/self/status'),
      isThere('/proc/sys/kernel/unprivileged_bpf_disabled'),
      file('/sys/kernel/security/lockdown'),
      file('/proc/self/mountinfo'),
      file('/proc/filesystems'),
      file('/proc/diskstats'),
      isThere('/sys/kernel/btf/vmlinux'),
      isThere('/sys/kernel/kheaders.tar.xz'),
      isThere('/sys/bus/event_source/devices/kprobe'),
      ...tracepoints.map((event) => file(`${EVENTS}/${event}/format`)),
    ]);
  const name = release?.trim();
  const build = name === undefined ? undefined : await isThere(`/lib/modules/${name}/build`);
  const listing = await found;
  const kinds = new Map(
    (mounts ?? '').split('\n').map((line) => [line.split(' ')[4] ?? '', / - (\S+)/.exec(line)?.[1]] as const),
  );
  const tracefs =
    mounts === undefined ? undefined : kinds.get('/sys/kernel/tracing') === 'tracefs' ? true : kinds.has('/sys/kernel/debug') ? undefined : false; // prettier-ignore
  const events = new Map(
    tracepoints.flatMap((event, i) => (typeof formats[i] === 'string' ? [[event, formats[i]] as const] : [])),
  );
  const facts: TracingFacts = {
    release: name && plain(name),
    root: live.root().state === 'root',
    capable: capableOf(status),
    bpf,
    lockdown: /\[(\w+)\]/.exec(lockdown ?? '')?.[1],
    btf,
    kprobes,
    headers: build === undefined || kheaders === undefined ? undefined : build || kheaders,
    tracefs,
    events: tracefs === true ? events : undefined,
    filesystems: filesystems ?? undefined,
    programs: listing.ok ? new Set(listing.value.split('\n')) : undefined,
  };
  const names = diskNames(disks);
  return {
    facts,
    names: {
      disk: (majorMinor) => names.get(majorMinor),
      symbol: (event, field, value, nth) => symbolIn(events.get(event), field, value, nth),
    },
  };
}

function capableOf(status: string | null | undefined): boolean | undefined {
  const hex = keyValues(status ?? '', /:\s*/).get('CapEff');
  if (hex === undefined || !/^[0-9a-f]{1,16}$/.test(hex)) return undefined;
  const bits = BigInt(`0x${hex}`);
  return ((bits >> SYS_ADMIN) & 1n) === 1n || (bits & BPF_AND_PERFMON) === BPF_AND_PERFMON;
}

/** Names of disks by `major:minor`, of /proc/diskstats. */
const diskNames = (text: string | null | undefined): ReadonlyMap<string, string> =>
  new Map(
    (text ?? '').split('\n').flatMap((line) => {
      const [major, minor, name] = line.trim().split(/\s+/);
      return name === undefined ? [] : [[`${major}:${minor}`, name] as const];
    }),
  );

/** Time until a program traces, on top of the time that is traced: LLVM compiles for bpftrace and bcc. */
const START_SECONDS: Readonly<Record<Family, number>> = { 'libbpf-tools': 0, bpftrace: 1, bcc: 3, perf: 0 };

/** Starts a tracer for some seconds, under the guard on the host. Rejects with the reason. */
export async function startTracer(
  live: LiveHost,
  tracer: Tracer,
  { program, path }: { readonly program: TracerProgram; readonly path: string },
  options: {
    readonly pid: number | undefined;
    readonly seconds: number;
    readonly columns: number;
    readonly rows: number;
  },
): Promise<ToolRun> {
  const { pid, seconds, columns, rows } = options;
  const args = program.args(pid);
  if (!args) throw new Error(`${tracer.id}: ${path} cannot be limited to one process`);
  const on = pid === undefined ? 'the host' : `pid ${pid}`;
  const attachment = await live.attach({
    argv: ['timeout', '-s', 'INT', '-k', '10', String(seconds + START_SECONDS[program.family]), path, ...args],
    as: 'root',
    columns,
    rows,
    keepAll: true,
    reason: `tracer ${tracer.id} (${tracer.question}) on ${on} for ${seconds} s, confirmed by the engineer`,
  });
  const tool = { title: `${tracer.id}, ${seconds} s`, interactive: true };
  return runOf(tool, on, attachment, false, ({ exitCode, detail }, output) => {
    if (exitCode === 124 || exitCode === 0) return `${path} ended as planned`;
    const reason = failureOf(output);
    return reason ?? (exitCode === undefined ? detail : `${path} ended with exit code ${exitCode}`);
  });
}
