import { maps, type MapShape } from './bpftrace-json.ts';
import type { Need, Tracer, TracerProgram } from './tracer.ts';

type Parse = TracerProgram['parse'];
type Args = TracerProgram['args'];

/** Arguments of a tool for the whole host alone. */
export const always =
  (...args: readonly string[]): Args =>
  (pid) =>
    pid === undefined ? args : undefined;

/** Arguments of a tool that takes a process by `-p`. */
export const orPid =
  (...args: readonly string[]): Args =>
  (pid) =>
    pid === undefined ? args : [...args, '-p', String(pid)];

export const tracepoint = (event: string, ...fields: readonly string[]): Need => ({
  kind: 'tracepoint',
  event,
  ...(fields.length > 0 && { fields }),
});

export const BTF: Need = { kind: 'btf' };
export const KPROBES: Need = { kind: 'kprobes' };
const HEADERS: Need = { kind: 'headers' };

/** Tool of libbpf-tools, built once for all kernels with type information: Debian and Ubuntu, then Fedora. */
export const libbpf = (name: string, args: Args, parse: Parse, needs: readonly Need[] = []): TracerProgram => ({
  family: 'libbpf-tools',
  paths: [`/usr/sbin/${name}`, `/usr/sbin/bpf-${name}`, `/usr/bin/bpf-${name}`],
  args,
  needs: [BTF, ...needs],
  parse,
});

/** Tool of bcc, compiled at each start: Debian and Ubuntu, then Fedora, RHEL, SUSE and Arch. */
export const bcc = (name: string, args: Args, parse: Parse, needs: readonly Need[] = [KPROBES]): TracerProgram => ({
  family: 'bcc',
  paths: [`/usr/sbin/${name}-bpfcc`, `/usr/share/bcc/tools/${name}`],
  args,
  needs: [HEADERS, ...needs],
  parse,
});

/** Script of crashcart for bpftrace, with the maps that it prints at its end. */
export const script = (
  needs: readonly Need[],
  shapes: Readonly<Record<string, MapShape>>,
  text: string | ((pid: number | undefined) => string | undefined),
): TracerProgram => ({
  family: 'bpftrace',
  paths: ['/usr/bin/bpftrace', '/usr/local/bin/bpftrace'],
  args: (pid) => {
    const made = typeof text === 'function' ? text(pid) : pid === undefined ? text : undefined;
    return made === undefined ? undefined : ['-f', 'json', '-e', made.replaceAll(/\s+/g, ' ').trim()];
  },
  needs,
  parse: maps(shapes),
});

export const perf = (args: Args, parse: Parse, needs: readonly Need[]): TracerProgram => ({
  family: 'perf',
  paths: ['/usr/bin/perf'],
  args,
  needs,
  parse,
});

/** Whether a tracer can be limited to one process by some program. */
export const takesPid = ({ programs }: Tracer): boolean => programs.some(({ args }) => args(1) !== undefined);
