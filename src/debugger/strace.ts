import type { ProcessRef } from '../panes/pane.ts';

/** Sets of system calls for `-e trace=`: strace(1). Names without `%` work in old and new versions. */
export const straceFilters = [
  { id: 'all', title: 'all system calls' },
  { id: 'file', title: 'files by name (open, stat, unlink…)' },
  { id: 'network', title: 'network (connect, send, recv…)' },
  { id: 'desc', title: 'reading and writing (descriptors, poll)' },
  { id: 'process', title: 'processes (fork, exec, wait)' },
  { id: 'memory', title: 'memory (mmap, brk…)' },
  { id: 'signal', title: 'signals' },
] as const;

/**
 * Options: -f all threads, -tt time of day with µs, -T time in the call, -y paths of descriptors, -s 80 characters of strings.
 * Not --seccomp-bpf, which refuses -p. strace detaches on SIGINT, and when it is killed.
 */
const shape = ['-f', '-tt', '-T', '-y', '-s', '80'] as const;

export const straceLive = ({ pid }: ProcessRef, filter: (typeof straceFilters)[number]['id']): readonly string[] => [
  'strace',
  ...shape,
  ...(filter === 'all' ? [] : ['-e', `trace=${filter}`]),
  '-p',
  String(pid),
];

/** Summary, which strace prints on the SIGINT of `timeout`. */
export const straceSummary = ({ pid }: ProcessRef): readonly string[] => [
  'timeout',
  '-s',
  'INT',
  '10',
  'strace',
  '-c',
  '-f',
  '-p',
  String(pid),
];

export const straceWindow = ({ pid }: ProcessRef): readonly string[] => [
  'timeout',
  '-s',
  'INT',
  '3',
  'strace',
  ...shape,
  '-p',
  String(pid),
];
