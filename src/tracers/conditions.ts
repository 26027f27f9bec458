import { PACKAGES, type Need, type Tracer, type TracerProgram } from './tracer.ts';

/** What a host has of what tracers need; undefined is unknown, which refuses nothing. */
export interface TracingFacts {
  /** Release of the kernel, as `uname -r`. */
  readonly release: string | undefined;
  readonly root: boolean;
  /** Whether root's process has the capabilities for BPF: not in most containers. */
  readonly capable: boolean | undefined;
  /** Whether the kernel has bpf(2). */
  readonly bpf: boolean | undefined;
  /** Mode of kernel_lockdown(7). */
  readonly lockdown: string | undefined;
  readonly btf: boolean | undefined;
  readonly kprobes: boolean | undefined;
  /** Whether headers of the running kernel are there: /lib/modules/RELEASE/build, or kheaders. */
  readonly headers: boolean | undefined;
  /** Whether tracefs is mounted at /sys/kernel/tracing; undefined also where debugfs may hold it. */
  readonly tracefs: boolean | undefined;
  /** Formats of the tracepoints that tracers need, by event; undefined without a look into tracefs. */
  readonly events: ReadonlyMap<string, string> | undefined;
  /** Text of /proc/filesystems. */
  readonly filesystems: string | undefined;
  /** Paths of programs of tracers; undefined if not readable. */
  readonly programs: ReadonlySet<string> | undefined;
}

/** Program that runs a tracer, with its path; or why none can. */
export type Chosen = { readonly program: TracerProgram; readonly path: string } | { readonly reason: string };

/** First program of a tracer that is there and can run, for one process or the whole host. */
export function chooseProgram(tracer: Tracer, facts: TracingFacts, pid: number | undefined): Chosen {
  const whole = hostReason(facts);
  if (whole !== undefined) return { reason: whole };
  const fitting = tracer.programs.filter(({ args }) => args(pid) !== undefined);
  if (fitting.length === 0) return { reason: 'it traces the whole host: no program of it takes a process' };
  const installed = fitting.flatMap((program) => {
    const path = program.paths.find((one) => facts.programs?.has(one) ?? false);
    return path === undefined ? [] : [{ program, path, reason: needsReason(program.needs, facts) }];
  });
  const able = installed.find(({ reason }) => reason === undefined);
  if (able) return { program: able.program, path: able.path };
  if (facts.programs === undefined) return { reason: 'programs of tracers: not readable' };
  if (installed.length > 0)
    return { reason: installed.map(({ path, reason }) => `${path}: ${reason ?? ''}`).join('; ') };
  const packages = [...new Set(fitting.map(({ family }) => PACKAGES[family]))].join(' or ');
  return { reason: `not installed; Debian and Ubuntu package ${packages} (crashcart installs nothing)` };
}

/** Why nothing can be traced at all. */
function hostReason({ root, capable, bpf, lockdown }: TracingFacts): string | undefined {
  if (!root) return 'needs root';
  if (lockdown === 'confidentiality') return 'kernel lockdown is in confidentiality mode: tracing is refused';
  if (bpf === false) return 'the kernel has no bpf(2) (CONFIG_BPF_SYSCALL)';
  return capable === false
    ? 'root has neither CAP_SYS_ADMIN nor CAP_BPF and CAP_PERFMON here (a container?)'
    : undefined;
}

/** Why a program cannot run; undefined where nothing that is known speaks against it. */
function needsReason(needs: readonly Need[], facts: TracingFacts): string | undefined {
  for (const need of needs) {
    const reason = needReason(need, facts);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function needReason(need: Need, facts: TracingFacts): string | undefined {
  switch (need.kind) {
    case 'btf':
      return facts.btf === false ? 'needs type information of the kernel: no /sys/kernel/btf/vmlinux' : undefined;
    case 'kprobes':
      return facts.kprobes === false ? 'needs kprobes, which this kernel does not have (CONFIG_KPROBES)' : undefined;
    case 'headers':
      return facts.headers === false
        ? `needs kernel headers: neither /lib/modules/${facts.release ?? 'RELEASE'}/build nor /sys/kernel/kheaders.tar.xz is there`
        : undefined;
    case 'filesystem':
      return facts.filesystems?.split('\n').some((line) => line.endsWith(`\t${need.name}`)) === false
        ? `${need.name} is not in /proc/filesystems`
        : undefined;
    case 'tracepoint': {
      if (facts.tracefs === false) return 'needs tracefs, which is not mounted at /sys/kernel/tracing';
      if (facts.events === undefined) return undefined;
      const name = need.event.replace('/', ':');
      const format = facts.events.get(need.event);
      if (format === undefined) return `this kernel has no tracepoint ${name}`;
      const absent = need.fields?.find((field) => !new RegExp(String.raw`\b${field}(?:\[\d*\])?;`).test(format));
      return absent === undefined ? undefined : `the tracepoint ${name} of this kernel has no field ${absent}`;
    }
  }
}

/** Text of a number in the `nth` `__print_symbolic` of a field: `__print_symbolic(REC->reason, { 2, "NOT_SPECIFIED" }, …)`. */
export function symbolIn(format: string | undefined, field: string, value: number, nth = 0): string | undefined {
  const parts = format?.split(new RegExp(String.raw`__print_symbolic\(REC->${field}\b`)) ?? [];
  for (const [, number, name] of (parts[nth + 1] ?? '').split('__print_').at(0)?.matchAll(SYMBOL) ?? [])
    if (sumOf(number ?? '') === value) return name;
  return undefined;
}

const SYMBOL = /\{ (-?[\dxa-f]+(?: \+ \d+)?), "([^"]*)" \}/gi;

/** Number of a C expression of the kernel's formats: `0x040 + 1`. */
const sumOf = (text: string): number => text.split(' + ').reduce((sum, part) => sum + Number(part), 0);
