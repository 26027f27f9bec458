/** Unit of the values of a histogram or a column. */
export type TraceUnit = 'ns' | 'us' | 'ms' | 'count';

/** Values from `from` to `to`, both included; `to` is undefined for the last one of an open range. */
export interface Bucket {
  readonly from: number;
  readonly to: number | undefined;
  readonly count: number;
}

export interface Histogram {
  /** What the values are of: a disk, a softirq; '' for one histogram of all. Not sanitised. */
  readonly of: string;
  readonly unit: TraceUnit;
  readonly buckets: readonly Bucket[];
}

export interface TraceColumn {
  readonly title: string;
  /** Of figures; undefined for text. */
  readonly unit?: TraceUnit;
  /** One sentence: meaning and unit. */
  readonly about: string;
}

/** Rows of a trace; cells are not sanitised. */
export interface TraceTable {
  readonly title: string;
  readonly columns: readonly TraceColumn[];
  /** Index of the column that sorts, descending. */
  readonly sort: number;
  readonly rows: readonly (readonly (string | number | undefined)[])[];
}

export interface TraceResult {
  readonly histograms: readonly Histogram[];
  readonly tables: readonly TraceTable[];
}

/** Names of numbers in the output: those of the kernel's own tracepoint formats, and disks by `major:minor`. */
export interface TraceNames {
  /** Text of the `nth` `__print_symbolic` of a field: `skb/kfree_skb`, `reason`, 40. */
  readonly symbol: (event: string, field: string, value: number, nth?: number) => string | undefined;
  readonly disk: (majorMinor: string) => string | undefined;
}

/** What a program needs of the kernel. */
export type Need =
  /** Tracepoint with fields, which its tool finds through tracefs: `block/block_rq_issue`. */
  | { readonly kind: 'tracepoint'; readonly event: string; readonly fields?: readonly string[] }
  | { readonly kind: 'kprobes' }
  /** Type information: /sys/kernel/btf/vmlinux. */
  | { readonly kind: 'btf' }
  /** Headers of the running kernel, against which bcc compiles at each start. */
  | { readonly kind: 'headers' }
  | { readonly kind: 'filesystem'; readonly name: string };

export type Family = 'libbpf-tools' | 'bpftrace' | 'bcc' | 'perf';

/** Way to run a tracer with a program that a distribution has. */
export interface TracerProgram {
  readonly family: Family;
  /** Absolute paths, one of which distributions install. */
  readonly paths: readonly string[];
  /** Arguments, for one process or the whole host; undefined where it cannot be limited to one. */
  readonly args: (pid: number | undefined) => readonly string[] | undefined;
  readonly needs: readonly Need[];
  readonly parse: (output: string, names: TraceNames) => TraceResult;
}

export interface Tracer {
  readonly id: string;
  /** What it answers: `how long disk I/O takes`. */
  readonly question: string;
  /** What it does to the host while it runs, with figures. */
  readonly cost: string;
  readonly seconds: number;
  /** Ways to run it, the cheapest to start first. */
  readonly programs: readonly TracerProgram[];
}

/** Debian and Ubuntu packages of the programs. */
export const PACKAGES: Readonly<Record<Family, string>> = {
  'libbpf-tools': 'libbpf-tools',
  bpftrace: 'bpftrace',
  bcc: 'bpfcc-tools',
  perf: 'linux-perf',
};
