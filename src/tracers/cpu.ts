import { histograms } from './histogram.ts';
import { offCpu, OFF_CPU, offCpuText } from './off-cpu.ts';
import { always, bcc, KPROBES, libbpf, orPid, script, tracepoint } from './programs.ts';
import { rows } from './rows.ts';
import type { TraceColumn, TraceNames, Tracer } from './tracer.ts';

/*
HARDIRQ                    TOTAL_usecs
virtio2-input.0                    163
*/
const totals = rows({
  title: 'Time by handler',
  columns: [
    { title: 'HANDLER', cell: 'words', about: 'Name of the handler.' },
    { title: 'TOTAL', cell: 'figure', unit: 'us', about: 'Time in the handler, of all CPUs.' },
  ],
  sort: 'TOTAL',
});

const total: TraceColumn = { title: 'TOTAL', unit: 'ns', about: 'Time in the handler, of all CPUs.' };

const softirq = (value: string, { symbol }: TraceNames): string =>
  symbol('irq/softirq_entry', 'vec', Number(value))?.toLowerCase() ?? value;

const SWITCHES = 'about 0.5 µs of CPU per switch: 1 % of a CPU at 20 000 switches/s';

export const cpuTracers: readonly Tracer[] = [
  {
    id: 'runqlat',
    question: 'how long threads wait for a CPU once they could run, as a histogram',
    cost: SWITCHES,
    seconds: 10,
    programs: [
      libbpf('runqlat', orPid(), histograms),
      script(
        [tracepoint('sched/sched_wakeup'), tracepoint('sched/sched_wakeup_new'), tracepoint('sched/sched_switch')],
        { '@us': { kind: 'histogram', unit: 'us' } },
        // The idle task of every CPU has pid 0. A thread that was preempted has no state but a bit above those.
        `tracepoint:sched:sched_wakeup, tracepoint:sched:sched_wakeup_new { @s[args->pid] = nsecs; }
         tracepoint:sched:sched_switch {
           if (args->prev_pid != 0 && (args->prev_state & 0xff) == 0) { @s[args->prev_pid] = nsecs; }
           $from = @s[args->next_pid];
           if ($from != 0) { @us = hist((nsecs - $from) / 1000); delete(@s[args->next_pid]); } }
         END { clear(@s); }`,
      ),
      bcc('runqlat', orPid(), histograms, []),
    ],
  },
  {
    id: 'offcputime',
    question: 'where threads wait (locks, disks, network), by stack and time off the CPU',
    cost: 'about 2 µs of CPU per switch, which walks the stack: 4 % of a CPU at 20 000 switches/s',
    seconds: 10,
    programs: [
      script(
        [tracepoint('sched/sched_switch')],
        {
          '@us': {
            kind: 'table',
            title: 'Off CPU by stack',
            keys: [{ ...OFF_CPU.stack, text: (stack) => offCpuText(stack.split('\n')) }, OFF_CPU.command],
            value: OFF_CPU.time,
          },
        },
        `tracepoint:sched:sched_switch {
           if (args->prev_pid != 0) { @s[args->prev_pid] = nsecs; @k[args->prev_pid] = kstack(16); }
           $from = @s[args->next_pid];
           if ($from != 0) { @us[@k[args->next_pid], args->next_comm] = sum((nsecs - $from) / 1000);
             delete(@s[args->next_pid]); delete(@k[args->next_pid]); } }
         END { clear(@s); clear(@k); }`,
      ),
      libbpf('offcputime', orPid(), offCpu),
      bcc('offcputime', orPid(), offCpu),
    ],
  },
  {
    id: 'hardirqs',
    question: 'time in handlers of hardware interrupts, by device',
    cost: 'about 0.5 µs of CPU per interrupt',
    seconds: 10,
    programs: [
      libbpf('hardirqs', always(), totals),
      script(
        [tracepoint('irq/irq_handler_entry'), tracepoint('irq/irq_handler_exit')],
        {
          '@total': {
            kind: 'table',
            title: 'Time by handler',
            keys: [{ title: 'HANDLER', about: 'Name of the handler.' }],
            value: total,
          },
          '@us': { kind: 'histogram', unit: 'us' },
        },
        `tracepoint:irq:irq_handler_entry { @s[cpu] = nsecs; @n[cpu] = str(args->name); }
         tracepoint:irq:irq_handler_exit /@s[cpu] != 0/ {
           @us[@n[cpu]] = hist((nsecs - @s[cpu]) / 1000); @total[@n[cpu]] = sum(nsecs - @s[cpu]); delete(@s[cpu]); }
         END { clear(@s); clear(@n); }`,
      ),
      bcc('hardirqs', always(), totals),
    ],
  },
  {
    id: 'softirqs',
    question: 'time in softirqs (network, block, timers), by kind',
    cost: 'about 0.5 µs of CPU per softirq',
    seconds: 10,
    programs: [
      libbpf('softirqs', always(), totals),
      script(
        [tracepoint('irq/softirq_entry'), tracepoint('irq/softirq_exit')],
        {
          '@total': {
            kind: 'table',
            title: 'Time by handler',
            keys: [{ title: 'HANDLER', about: 'Kind of softirq.', text: softirq }],
            value: total,
          },
          '@us': { kind: 'histogram', unit: 'us', of: softirq },
        },
        `tracepoint:irq:softirq_entry { @s[cpu] = nsecs; }
         tracepoint:irq:softirq_exit /@s[cpu] != 0/ {
           @us[args->vec] = hist((nsecs - @s[cpu]) / 1000); @total[args->vec] = sum(nsecs - @s[cpu]); delete(@s[cpu]); }
         END { clear(@s); }`,
      ),
      bcc('softirqs', always(), totals),
    ],
  },
  {
    id: 'wqlat',
    question: 'how long work waits in kernel workqueues, and which work',
    cost: 'about 0.5 µs of CPU per work item',
    seconds: 10,
    programs: [
      script(
        [tracepoint('workqueue/workqueue_queue_work'), tracepoint('workqueue/workqueue_execute_start', 'function')],
        {
          '@wait': {
            kind: 'table',
            title: 'Work by function',
            keys: [{ title: 'FUNCTION', about: 'Kernel function that the work runs.' }],
            value: { title: 'WAIT', unit: 'us', about: 'Mean wait from queueing to start.' },
          },
          '@us': { kind: 'histogram', unit: 'us' },
        },
        `tracepoint:workqueue:workqueue_queue_work { @s[args->work] = nsecs; }
         tracepoint:workqueue:workqueue_execute_start /@s[args->work] != 0/ {
           $us = (nsecs - @s[args->work]) / 1000; @us = hist($us); @wait[ksym(args->function)] = stats($us);
           delete(@s[args->work]); }
         END { clear(@s); }`,
      ),
      bcc('wqlat', always(), histograms, []),
    ],
  },
  {
    id: 'klockstat',
    question: 'contended kernel locks: who waits for them, and how long',
    cost: 'about 1 µs of CPU per contended lock; with klockstat of bcc 2 µs per mutex',
    seconds: 10,
    programs: [
      script(
        [tracepoint('lock/contention_begin'), tracepoint('lock/contention_end')],
        {
          '@wait': {
            kind: 'table',
            title: 'Waits by stack',
            keys: [
              {
                title: 'STACK',
                about: 'Functions that waited, innermost first.',
                text: (stack) => offCpuText(stack.split('\n')),
              },
            ],
            value: { title: 'WAIT', unit: 'ns', about: 'Time waited, of all threads.' },
          },
          '@us': { kind: 'histogram', unit: 'us' },
        },
        `tracepoint:lock:contention_begin { @s[tid] = nsecs; }
         tracepoint:lock:contention_end /@s[tid] != 0/ {
           @us = hist((nsecs - @s[tid]) / 1000); @wait[kstack(8)] = sum(nsecs - @s[tid]); delete(@s[tid]); }
         END { clear(@s); }`,
      ),
      libbpf('klockstat', always(), klockstat, [KPROBES]),
      bcc('klockstat', always(), klockstat),
    ],
  },
];

/*
                               Caller  Avg Wait    Count   Max Wait   Total Wait
                     psi_avgs_work+0x2e    3.7 us        5     5.5 us      18.4 us
*/
function klockstat(output: string): ReturnType<typeof totals> {
  const table = (title: string, what: string) =>
    rows({
      title,
      columns: [
        { title: 'CALLER', cell: 'word', about: 'Function that took the lock.' },
        { title: 'MEAN', cell: 'time', unit: 'ns', about: `Mean time ${what}.` },
        { title: 'COUNT', cell: 'figure', about: 'Times that it took the lock.' },
        { title: 'MAX', cell: 'time', unit: 'ns', about: `Longest time ${what}.` },
        { title: 'TOTAL', cell: 'time', unit: 'ns', about: `Time ${what}, in all.` },
      ],
      sort: 'TOTAL',
    });
  const at = output.search(/Caller\s+Avg Hold/);
  const [waits, holds] = at < 0 ? [output, ''] : [output.slice(0, at), output.slice(at)];
  return {
    histograms: [],
    tables: [...table('Waits', 'waited')(waits).tables, ...table('Holds', 'held')(holds).tables],
  };
}
