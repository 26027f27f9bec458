import { histograms } from './histogram.ts';
import { always, bcc, KPROBES, libbpf, script, tracepoint } from './programs.ts';
import { rows, type RowColumn } from './rows.ts';
import type { TraceNames, Tracer, TracerProgram } from './tracer.ts';

const command: RowColumn = { title: 'COMMAND', cell: 'words', about: 'Command on the CPU when the operation began.' };
const pid: RowColumn = { title: 'PID', cell: 'figure', about: 'Its process id.' };
const time: RowColumn = { title: 'TIME', cell: 'word', about: 'Time of the event.', hidden: true };

/*
TIME(s)     COMM           PID    DISK    T SECTOR     BYTES   LAT(ms)
0.000004    supervise      1950   xvda1   W 13092560   4096       0.74
*/
const biosnoop = rows({
  title: 'I/O, slowest first',
  columns: [
    time,
    command,
    pid,
    { title: 'DISK', cell: 'word', about: 'Disk.' },
    { title: 'T', cell: 'word', about: 'R read, W write, with S sync, F flush, D discard.' },
    { title: 'SECTOR', cell: 'figure', about: 'First sector.' },
    { title: 'BYTES', cell: 'figure', about: 'Size.' },
    { title: 'LATENCY', cell: 'figure', unit: 'ms', about: 'Time from the issue to the device to its completion.' },
  ],
  sort: 'LATENCY',
});

/*
TIME     COMM           PID    T BYTES   OFF_KB   LAT(ms) FILENAME
06:35:01 cron           16464  R 1249    0          16.05 common-auth
*/
const slower = rows({
  title: 'Slow operations',
  columns: [
    time,
    command,
    pid,
    { title: 'T', cell: 'word', about: 'R read, W write, O open, S fsync, G getattr.' },
    { title: 'BYTES', cell: 'word', about: 'Size.' },
    { title: 'OFFSET', cell: 'figure', about: 'Offset in the file, KiB.' },
    { title: 'LATENCY', cell: 'figure', unit: 'ms', about: 'Time in the filesystem: disk, locks, wait for a CPU.' },
    { title: 'FILE', cell: 'rest', about: 'Name of the file, without its folder.' },
  ],
  sort: 'LATENCY',
});

const SLOW_MS = '10';

const slowerOf = (filesystem: string): Tracer => ({
  id: `${filesystem}slower`,
  question: `operations of ${filesystem} slower than ${SLOW_MS} ms, by file and process`,
  cost: 'about 1 µs per read, write, open and fsync of that filesystem; only slow ones are printed',
  seconds: 20,
  programs: [
    libbpf(`${filesystem}slower`, (one) => ['-m', SLOW_MS, ...(one === undefined ? [] : ['-p', String(one)])], slower, [
      KPROBES,
      { kind: 'filesystem', name: filesystem },
    ]),
    bcc(`${filesystem}slower`, (one) => [...(one === undefined ? [] : ['-p', String(one)]), SLOW_MS], slower, [
      KPROBES,
      { kind: 'filesystem', name: filesystem },
    ]),
  ],
});

/** `dev_t` of the kernel: 12 bits of the major, 20 of the minor number. */
const majorMinor = (value: string): string => `${Number(value) >>> 20}:${Number(value) & 0xf_ffff}`;

const diskOf = (value: string, { disk }: TraceNames): string => disk(majorMinor(value)) ?? majorMinor(value);

const biolatencyScript: TracerProgram = script(
  [tracepoint('block/block_rq_issue'), tracepoint('block/block_rq_complete')],
  {
    '@us': {
      kind: 'histogram',
      unit: 'us',
      of: diskOf,
    },
  },
  `tracepoint:block:block_rq_issue { @s[args->dev, args->sector] = nsecs; }
   tracepoint:block:block_rq_complete /@s[args->dev, args->sector] != 0/ {
     @us[args->dev] = hist((nsecs - @s[args->dev, args->sector]) / 1000); delete(@s[args->dev, args->sector]); }
   END { clear(@s); }`,
);

export const diskTracers: readonly Tracer[] = [
  {
    id: 'biolatency',
    question: 'how long disk I/O takes, as a histogram by disk',
    cost: 'about 1 µs of CPU per I/O: 1 % of a CPU at 10 000 I/O/s',
    seconds: 10,
    programs: [
      libbpf('biolatency', always('-D'), histograms),
      biolatencyScript,
      bcc('biolatency', always('-D'), histograms),
    ],
  },
  {
    id: 'biosnoop',
    question: 'each disk I/O with its process, size and latency',
    cost: 'about 5 µs of CPU per I/O, and a line of 80 bytes over the connection',
    seconds: 5,
    programs: [libbpf('biosnoop', always(), biosnoop, [KPROBES]), bcc('biosnoop', always(), biosnoop)],
  },
  ...['ext4', 'xfs', 'nfs', 'btrfs'].map(slowerOf),
];
