import { always, bcc, KPROBES, libbpf, orPid, perf, script, tracepoint } from './programs.ts';
import { rows, type RowColumn } from './rows.ts';
import type { TraceColumn, Tracer } from './tracer.ts';

const pid: RowColumn = { title: 'PID', cell: 'figure', about: 'Process id.', hidden: true };

/*
PCOMM            PID    PPID   RET ARGS
dd               9488   9274     0 /bin/dd if=/dev/zero of=/tmp/x
*/
const execsnoop = rows({
  title: 'Programs that were started',
  columns: [
    { title: 'COMMAND', cell: 'words', about: 'Command of the new program.' },
    pid,
    { title: 'PARENT', cell: 'figure', about: 'Process id of the parent.' },
    { title: 'RESULT', cell: 'figure', about: '0, or the negative error number of execve.' },
    { title: 'ARGUMENTS', cell: 'rest', about: 'Command line.' },
  ],
  sort: 'COUNT',
  fold: true,
});

/*
     0.000 date/11214 sched:sched_process_exec(filename: "/usr/bin/date", pid: 11214 (date), old_pid: 11214 (date))
*/
const perfExec = rows({
  title: 'Programs that were started',
  line: /^\s*[\d.]+ .{0,64}? sched:sched_process_exec\(filename: "([^"]*)"/,
  columns: [{ title: 'PROGRAM', cell: 'rest', about: 'File of the program.' }],
  sort: 'COUNT',
  fold: true,
});

/*
PID    COMM              FD ERR PATH
10908  mkdir              3   0 /etc/ld.so.cache
*/
const opensnoop = rows({
  title: 'Opened files',
  columns: [
    pid,
    { title: 'COMMAND', cell: 'words', about: 'Command that opened the file.' },
    { title: 'FD', cell: 'figure', about: 'File descriptor; -1 where it failed.', hidden: true },
    { title: 'ERROR', cell: 'figure', about: '0, or the error number: 2 ENOENT, 13 EACCES, 24 EMFILE.' },
    { title: 'PATH', cell: 'rest', about: 'Path as the program passed it.' },
  ],
  sort: 'COUNT',
  fold: true,
});

/*
21:03:39 Triggered by PID 3297 ("ntpd"), OOM kill of PID 22516 ("perl"), 3850642 pages, loadavg: 0.99 0.39 0.30 3/282 22724
*/
const oomkill = rows({
  title: 'OOM kills',
  line: /^(\S+) Triggered by PID \d+ \("(.{0,64}?)"\), OOM kill of PID (\d+) \("(.{0,64}?)"\), (\d+) pages/,
  columns: [
    { title: 'TIME', cell: 'word', about: 'Time of the kill.' },
    { title: 'TRIGGERED BY', cell: 'words', about: 'Command that allocated memory.' },
    { title: 'PID', cell: 'figure', about: 'Killed process.' },
    { title: 'KILLED', cell: 'words', about: 'Its command.' },
    {
      title: 'PAGES',
      cell: 'figure',
      unit: 'count',
      about: 'Pages that the limit allows: of the host, or of its cgroup.',
    },
  ],
  sort: 'TIME',
});

const count: TraceColumn = { title: 'COUNT', unit: 'count', about: 'Number while the trace ran.' };

export const processTracers: readonly Tracer[] = [
  {
    id: 'execsnoop',
    question: 'programs that are started, also those that live for a moment, and what forks them',
    cost: 'about 10 µs of CPU per started program',
    seconds: 15,
    programs: [
      script(
        [
          tracepoint('task/task_newtask', 'clone_flags'),
          tracepoint('sched/sched_process_exec', 'filename'),
          tracepoint('sched/sched_process_exit'),
        ],
        {
          '@forks': {
            kind: 'table',
            title: 'Forks by parent',
            keys: [
              { title: 'PARENT', about: 'Command that forked.' },
              { title: 'PID', about: 'Its process id.' },
            ],
            value: count,
          },
          '@execs': {
            kind: 'table',
            title: 'Programs that were started',
            keys: [{ title: 'PROGRAM', about: 'File of the program.' }],
            value: count,
          },
          '@ms': { kind: 'histogram', unit: 'ms', of: () => '' },
        },
        // CLONE_THREAD: only processes count, not threads.
        `tracepoint:task:task_newtask /(args->clone_flags & 0x10000) == 0/ { @forks[comm, pid] = count(); }
         tracepoint:sched:sched_process_exec { @execs[str(args->filename)] = count(); @s[tid] = nsecs; }
         tracepoint:sched:sched_process_exit /@s[tid] != 0/ { @ms = hist((nsecs - @s[tid]) / 1000000); delete(@s[tid]); }
         END { clear(@s); }`,
      ),
      libbpf('execsnoop', always(), execsnoop, [tracepoint('syscalls/sys_enter_execve')]),
      bcc('execsnoop', always(), execsnoop),
      perf(always('trace', '-e', 'sched:sched_process_exec'), perfExec, [tracepoint('sched/sched_process_exec')]),
    ],
  },
  {
    id: 'opensnoop',
    question: 'files that are opened, and those that are not found or refused',
    cost: 'about 2 µs of CPU per open',
    seconds: 5,
    programs: [
      script(
        [tracepoint('syscalls/sys_enter_openat', 'filename'), tracepoint('syscalls/sys_exit_openat')],
        {
          '@opens': {
            kind: 'table',
            title: 'Opened files',
            keys: [
              { title: 'PATH', about: 'Path as the program passed it, cut at 64 characters.' },
              { title: 'COMMAND', about: 'Command that opened the file.' },
              { title: 'ERROR', about: '0, or the error number: 2 ENOENT, 13 EACCES, 24 EMFILE.' },
            ],
            value: count,
          },
        },
        (one) => {
          const filter = one === undefined ? '' : `/pid == ${one}/`;
          return `tracepoint:syscalls:sys_enter_openat ${filter} { @p[tid] = args->filename; }
            tracepoint:syscalls:sys_exit_openat /@p[tid] != 0/ {
              @opens[str(@p[tid]), comm, args->ret < 0 ? -args->ret : 0] = count(); delete(@p[tid]); }
            END { clear(@p); }`;
        },
      ),
      libbpf('opensnoop', orPid(), opensnoop, [tracepoint('syscalls/sys_enter_openat')]),
      bcc('opensnoop', orPid(), opensnoop),
    ],
  },
  {
    id: 'oomkill',
    question: 'OOM kills as they happen: who was killed, and whose allocation did it',
    cost: 'none until a kill',
    seconds: 60,
    programs: [
      libbpf('oomkill', always(), oomkill, [KPROBES]),
      bcc('oomkill', always(), oomkill),
      script(
        [tracepoint('oom/mark_victim', 'pid')],
        {
          '@kills': {
            kind: 'table',
            title: 'OOM kills',
            keys: [
              { title: 'TRIGGERED BY', about: 'Command that allocated memory.' },
              { title: 'KILLED', about: 'Process id of the victim.' },
            ],
            value: count,
          },
        },
        'tracepoint:oom:mark_victim { @kills[comm, args->pid] = count(); }',
      ),
    ],
  },
];
