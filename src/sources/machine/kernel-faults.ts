import { logSample, type LogPatterns } from '../log-hits.ts';
import { defineSource } from '../source.ts';

/** Lines of the kernel log that are signs of a fault. */
const PATTERNS = {
  'medium-error': /critical (?:medium|target) error, dev ([\w-]+)/,
  'io-error': /\bI\/O error, dev ([\w-]+)|Buffer I\/O error on (?:dev|device) ([\w-]+)/,
  'filesystem-error': /EXT4-fs error \(device ([\w-]+)\)|XFS \(([\w-]+)\): (?:Corruption|Metadata corruption|metadata I\/O error)/, // prettier-ignore
  'hung-task': /INFO: task (.{1,64}?):\d+ blocked for more than \d+ seconds/,
  lockup: /BUG: (?:soft|hard) lockup|watchdog: BUG|rcu: INFO: \S+ (?:self-)?detected/,
  bug: /kernel BUG at|BUG: unable to handle|general protection fault|Oops: |------------\[ cut here \]------------/,
  'call-trace': /Call Trace:/,
  oom: /([\w./:-]{1,64}) invoked oom-killer/,
  segfault: /\b([\w./:-]{1,64})\[\d+\]: segfault at /,
  'conntrack-full': /nf_conntrack: table full, dropping packet/,
  'tcp-memory': /TCP: out of memory -- consider tuning tcp_mem/,
  'over-mtu': /\b([\w.-]{1,64}): dropped over-mtu packet/,
  'scsi-not-scanned': /(qla2xxx) \[\S+\]-\S+ skipping scsi_scan_host\(\)/,
} satisfies LogPatterns;

export type KernelFault = keyof typeof PATTERNS;

/**
 * Faults in the kernel log, of its errors and warnings: https://docs.kernel.org/core-api/printk-basics.html. The log of rsyslog stands for
 * it in a sosreport without dmesg.
 *
 *     [  725.995102] blk_update_request: critical medium error, dev sdk, sector 130611915
 *     [ 4965.415913] Call Trace:
 */
export const kernelFaults = defineSource({
  id: 'kernel-faults',
  title: 'Faults in the kernel log',
  why: 'Finds I/O errors, hung tasks, OOM kills, kernel bugs and dropped packets that no counter has.',
  everySeconds: 60,
  value: 'low',
  reads: {
    errors: { kind: 'run', argv: ['dmesg', '--kernel', '--level=emerg,alert,crit,err'], as: 'root' },
    warnings: { kind: 'run', argv: ['dmesg', '--kernel', '--level=warn'], as: 'root' },
  },
  parse: ({ errors, warnings }) =>
    logSample(PATTERNS, [
      { path: 'dmesg', text: errors },
      { path: 'dmesg', text: warnings },
    ]),
});
