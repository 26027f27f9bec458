import { lines } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/** Syslog levels by number. syslog(2). */
export const LEVELS = ['emerg', 'alert', 'crit', 'err', 'warn', 'notice', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

export interface KernelRecord {
  readonly sequence: number;
  /** Stamp of the kernel: seconds since its start, near CLOCK_MONOTONIC. */
  readonly at: number;
  /** Undefined in a sosreport, whose dmesg lacks it. */
  readonly level: Level | undefined;
  /** Written by the kernel. Any root process may write to /dev/kmsg: what it wrote is never taken for the kernel's. */
  readonly byKernel: boolean;
  readonly text: string;
  /** Device of the record: `+pci:0000:00:1f.2`, `b8:0`, `n3`. */
  readonly device: string | undefined;
}

export interface KernelLogSample {
  /** Oldest first; newer samples share equal records. */
  readonly records: readonly KernelRecord[];
  /** Records overwritten before they were read. */
  readonly lost: number;
}

/** Approximate memory of a record that the previous sample does not have, KiB. */
const RECORD_KIB = 0.3;

/**
 * Kernel log. Documentation/ABI/testing/dev-kmsg; the text is that of `RecordLog`.
 *
 *     lost 0
 *     3,2311,5617219698,-;Buffer I/O error on dev sda1, logical block 0	SUBSYSTEM=block	DEVICE=b8:1
 */
export const kernelLog = defineSource({
  id: 'kernel-log',
  title: 'Kernel log',
  why: 'Shows what the kernel logged: OOM kills, I/O errors, resets, hung tasks, link changes.',
  everySeconds: 2,
  value: 'high',
  reads: { records: { kind: 'talk', dialect: 'kmsg', to: '/dev/kmsg', request: 'records', as: 'root' } },
  weightKiB: (sample) => (sample?.records.length ?? 0) * RECORD_KIB,
  parse: kernelLogParser(),
});

/** Parser that reuses the records of the previous text, which a new one repeats but for a few. The result depends on the text alone. */
function kernelLogParser(): (values: { readonly records: string | undefined }) => KernelLogSample | undefined {
  let known: { readonly text: string; readonly sample: KernelLogSample } | undefined;
  let byLine = new Map<string, KernelRecord>();
  return ({ records: text }) => {
    if (text === undefined) return undefined;
    if (known?.text === text) return known.sample;
    const [first = '', ...rest] = lines(text);
    const now = new Map<string, KernelRecord>();
    for (const line of rest) {
      const record = byLine.get(line) ?? parseRecord(line);
      if (record) now.set(line, record);
    }
    byLine = now;
    known = { text, sample: { records: [...now.values()], lost: Number(/^lost (\d+)$/.exec(first)?.[1] ?? 0) } };
    return known.sample;
  };
}

function parseRecord(line: string): KernelRecord | undefined {
  const [, priority, sequence, us, rest] = /^(\d{1,4}|-),(\d{1,15}),(\d{1,18}),[^;]*;([^]*)$/.exec(line) ?? [];
  if (priority === undefined || sequence === undefined || us === undefined || rest === undefined) return undefined;
  const [text = '', ...fields] = rest.split('\t');
  return {
    sequence: Number(sequence),
    at: Number(us) / 1e6,
    level: LEVELS[Number(priority) % 8],
    byKernel: !(Number(priority) >= 8),
    text,
    device: fields.find((field) => field.startsWith('DEVICE='))?.slice(7),
  };
}
