import { defineSource } from '../source.ts';

/** Newest lines that are kept. */
const MOST_LINES = 300;

/** Longest line that is kept. */
const MOST_CHARACTERS = 400;

export interface KernelLine {
  /** Stamp of the kernel: seconds since its start, near CLOCK_MONOTONIC. */
  readonly at: number;
  /** Line with its stamp. */
  readonly text: string;
}

/**
 * Errors in the kernel log: OOM kills, machine checks, I/O errors, hung tasks. Lines of lower levels are left out on the host.
 *
 * [23457.101223] Memory cgroup out of memory: Killed process 16492 (awk) total-vm:111840kB, anon-rss:64116kB
 */
export const kernelLog = defineSource({
  id: 'kernel-log',
  title: 'Errors in the kernel log',
  why: 'Quotes the line behind a finding: OOM kill, machine check, I/O error, hung task.',
  everySeconds: 30,
  value: 'low',
  reads: {
    errors: { kind: 'run', argv: ['dmesg', '--kernel', '--level=emerg,alert,crit,err'], as: 'root' },
  },
  parse: ({ errors }): readonly KernelLine[] | undefined =>
    errors
      ?.split('\n')
      .slice(-MOST_LINES)
      .flatMap((line): readonly KernelLine[] => {
        const stamp = /^\[ *(\d{1,10}\.\d{1,9})\]/.exec(line)?.[1];
        return stamp === undefined ? [] : [{ at: Number(stamp), text: line.slice(0, MOST_CHARACTERS) }];
      }),
});
