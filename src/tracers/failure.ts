/** Why a tracer printed no trace, by lines of its output; the first match wins. */
const FAILURES: readonly { readonly line: RegExp; readonly reason: (found: readonly string[]) => string }[] = [
  {
    line: /couldn't find (?:kprobe|function)|Kernel function (\S+) not found/,
    reason: ([, name = '']) => `the kernel has no function ${name} to trace`,
  },
  {
    line: /failed to (?:add legacy kprobe event for|create kprobe) '(\w+)|Error attaching probe: 'k(?:ret)?probe:(\w+)|to (?:attach|kprobe) b?'?p?_?(\w+)'?.*kprobe/,
    reason: ([, a, b, c]) =>
      `no kprobe on ${a ?? b ?? c ?? 'its function'}: not in this kernel under that name, or inlined`,
  },
  {
    line: /tracepoint not found: (\S+)|failed to determine tracepoint '([^']+)'/,
    reason: ([, a, b]) => `the kernel has no tracepoint ${a ?? b ?? ''}, or tracefs is not mounted`,
  },
  {
    line: /BPF program load failed: Operation not permitted|Operation not permitted.*(?:bpf|BPF)|Must be run as root|bpf: .*Operation not permitted/,
    reason: () =>
      'the kernel refused the BPF program: Operation not permitted (capabilities, lockdown, or a limit of locked memory)',
  },
  {
    line: /Failed to compile BPF (?:module|text|program)|fatal error: '([^']+)' file not found/,
    reason: ([, file]) =>
      `could not be compiled against the headers of the kernel${file === undefined ? '' : `: no ${file}`}`,
  },
  {
    line: /WARNING: perf not found for kernel (\S+)/,
    reason: ([, release = '']) => `perf for kernel ${release} is not installed (package linux-tools-${release})`,
  },
  { line: /No module named '?bcc/, reason: () => 'the Python module of bcc is not installed (package python3-bpfcc)' },
  {
    line: /Could not (?:read|open) .*BTF|failed to fetch necessary BTF|BTF is required/,
    reason: () => 'the kernel has no type information (BTF)',
  },
  { line: /^ERROR: (.+)$/m, reason: ([, text = '']) => text },
];

/** bpftrace prints this as an error where it may not raise its limit, and continues. */
const HARMLESS = /^ERROR: .*RLIMIT_MEMLOCK.*$/gm;

/** Reason in words; undefined where no line is known. Hostile text. */
export function failureOf(output: string): string | undefined {
  const text = output.replaceAll('\r', '').replaceAll(HARMLESS, '');
  for (const { line, reason } of FAILURES) {
    const found = line.exec(text);
    if (found) return reason(found);
  }
  return undefined;
}
