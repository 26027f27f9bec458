import { fields, json, textOf } from '../../lib/json.ts';
import { lines } from '../../lib/lines.ts';
import { utcText } from '../../lib/iso-time.ts';
import { logEpochSeconds } from '../../lib/log-time.ts';
import { entryOf, messageOf, type LogEntry } from '../systemd/journal.ts';
import { defineDetail } from '../source.ts';
import { LEVELS, type KernelRecord } from './kernel-log.ts';

/** Lines of the kernel, and of all programs at its end, that are read of the boot before. */
const KERNEL_LINES = 1000;
const LAST_ENTRIES = 60;
/** End of a log file, from which the boot before is taken where no journal was kept. */
const TAIL_BYTES = 512 << 10;

const journalctl = (fieldNames: string, count: number, ...more: readonly string[]): readonly string[] => [
  'journalctl',
  '--no-pager',
  '--quiet',
  '--output=json',
  `--output-fields=${fieldNames}`,
  '--boot=-1',
  `--lines=${count}`,
  ...more,
];

export const PREVIOUS_KERNEL = journalctl('MESSAGE,PRIORITY,SYSLOG_FACILITY,_KERNEL_DEVICE', KERNEL_LINES, '--dmesg');
export const PREVIOUS_END = journalctl('MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID', LAST_ENTRIES);
export const KERNEL_LOG_FILES = ['/var/log/kern.log', '/var/log/kern.log.1'] as const;

/** Line of the kernel in the boot before. */
export interface PreviousLine {
  readonly record: KernelRecord;
  /** UTC, `11-30 05:26:21`; `Nov 30 05:26:21` in the host's zone where a file has no other. */
  readonly time: string | undefined;
}

export interface PreviousBoot {
  /** Oldest first; undefined where neither a journal nor a log file has them. */
  readonly kernel: readonly PreviousLine[] | undefined;
  /** Last entries of all programs: how the boot ended. */
  readonly last: readonly LogEntry[] | undefined;
  readonly from: string;
}

/**
 * Kernel log of the boot before, and the last entries of that boot: of the journal where it is persistent, else of kern.log. journalctl(1);
 * lines that a process wrote to /dev/kmsg have another facility than 0.
 *
 *     {"__REALTIME_TIMESTAMP":"1764485126000000","__MONOTONIC_TIMESTAMP":"5617219698","PRIORITY":"3","SYSLOG_FACILITY":"0","MESSAGE":"Buffer I/O …"}
 *     2026-11-30T05:26:21.1+00:00 web kernel: [ 5617.219698] Buffer I/O error on dev sda1, logical block 0
 */
export const previousBoot = defineDetail({
  id: 'previous-boot',
  title: 'Kernel log of the previous boot',
  why: 'Shows what the kernel logged before the last start of the host, when that page is opened.',
  everySeconds: 3600,
  example: {},
  reads: () => ({
    kernel: { kind: 'run', argv: PREVIOUS_KERNEL, as: 'root', okExits: [0, 1] } as const,
    end: { kind: 'run', argv: PREVIOUS_END, as: 'root', okExits: [0, 1] } as const,
    file: { kind: 'file', path: KERNEL_LOG_FILES[0], tailBytes: TAIL_BYTES, as: 'root' } as const,
    older: { kind: 'file', path: KERNEL_LOG_FILES[1], tailBytes: TAIL_BYTES, as: 'root' } as const,
  }),
  parse: ({ kernel, end, file, older }): PreviousBoot => {
    const journal = kernel === undefined ? [] : lines(kernel).flatMap(journalLine);
    const last = end === undefined ? undefined : lines(end).flatMap(entryOf);
    if (journal.length > 0) return { kernel: journal, last, from: 'journal' };
    const isRead = kernel !== undefined || file !== undefined || older !== undefined;
    const found = fileLines(`${older ?? ''}\n${file ?? ''}`);
    return { kernel: isRead ? found : undefined, last, from: KERNEL_LOG_FILES[0] };
  },
});

function journalLine(line: string, index: number): readonly PreviousLine[] {
  const entry = fields(json(line));
  const [wallUs, bootUs] = ['__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP'].map((name) => Number(textOf(entry[name]) ?? Number.NaN)); // prettier-ignore
  if (wallUs === undefined || bootUs === undefined || !Number.isFinite(wallUs) || !Number.isFinite(bootUs)) return [];
  const record: KernelRecord = {
    sequence: index,
    at: bootUs / 1e6,
    level: LEVELS[Number(textOf(entry['PRIORITY']) ?? Number.NaN)],
    byKernel: textOf(entry['SYSLOG_FACILITY']) === '0',
    text: messageOf(entry['MESSAGE']),
    device: textOf(entry['_KERNEL_DEVICE']),
  };
  return [{ record, time: utcText(wallUs / 1e6) }];
}

/** First line of each boot. */
const FIRST = /^Linux version \d/;

/** Lines of the kernel in a log file between the two last starts. */
function fileLines(text: string): readonly PreviousLine[] {
  const all = lines(text).flatMap((line, index): PreviousLine[] => {
    const [, seconds, message] = /^\S+(?: +\d+ \S+)? \S+ kernel: \[ {0,9}(\d{1,10}\.\d{6})\] (.*)$/.exec(line) ?? [];
    if (seconds === undefined || message === undefined) return [];
    // A syslog daemon writes the program of a user's line in the place of `kernel`.
    const record = { sequence: index, at: Number(seconds), level: undefined, byKernel: true, text: message.slice(0, 2000), device: undefined }; // prettier-ignore
    return [{ record, time: utcText(logEpochSeconds(line) ?? Number.NaN) ?? line.slice(0, 15) }];
  });
  const end = all.findLastIndex(({ record }) => FIRST.test(record.text));
  if (end < 0) return [];
  const start = all.slice(0, end).findLastIndex(({ record }) => FIRST.test(record.text));
  return all.slice(Math.max(0, start), end).slice(-KERNEL_LINES);
}
