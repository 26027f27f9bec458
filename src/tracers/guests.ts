import { always, bcc, perf, script, tracepoint } from './programs.ts';
import { rows } from './rows.ts';
import type { TraceNames, TraceResult, Tracer } from './tracer.ts';

/** Instruction set of the tracepoint: KVM_ISA_VMX; that of AMD is 2. */
const VMX = 1;

/** Reason of an exit, a number of the instruction set in the upper half; of VMX the upper bits are flags. */
function reason(value: string, { symbol }: TraceNames): string {
  const code = Number(value) % 2 ** 32;
  const isVmx = Math.floor(Number(value) / 2 ** 32) === VMX;
  return symbol('kvm/kvm_exit', 'exit_reason', isVmx ? code & 0xffff : code, isVmx ? 0 : 1) ?? String(code);
}

/*
PID      TID      KVM_EXIT_REASON                     COUNT
1273551  1273568  EXIT_REASON_HLT                     12
*/
const kvmexit = rows({
  title: 'Exits by reason',
  line: /^(?:\^C)?\s*(\d+)\s+(\d+)\s+EXIT_REASON_(\S+)\s+(\d+)\s*$/,
  columns: [
    { title: 'PID', cell: 'figure', about: 'QEMU process of the guest.' },
    { title: 'THREAD', cell: 'figure', about: 'Thread of the vCPU.' },
    { title: 'REASON', cell: 'word', about: 'Reason of the exit.' },
    { title: 'EXITS', cell: 'figure', unit: 'count', about: 'Exits while the trace ran.' },
  ],
  sort: 'EXITS',
});

const PERF_ROW = /^\s*(\S.*?)\s+(\d+)\s+[\d.]+%\s+[\d.]+%\s+[\d.]+us\s+([\d.]+)us\s+([\d.]+)us/;

/*
             VM-EXIT    Samples  Samples%     Time%    Min Time    Max Time         Avg time
           MSR_WRITE       1013    55.60%     0.10%      0.59us     30.81us      1.46us ( +-   2.96% )
Total Samples:1822, Total events handled time:2180063.12us.
*/

/** Exits of `perf kvm stat live`, which prints those of each second. https://man7.org/linux/man-pages/man1/perf-kvm.1.html */
function perfKvm(output: string): TraceResult {
  const sums = new Map<string, { exits: number; us: number; maxUs: number }>();
  for (const line of output.split('\n')) {
    const [, name, exits, max, mean] = line.length > 200 ? [] : (PERF_ROW.exec(line) ?? []);
    if (name === undefined) continue;
    const sum = sums.get(name) ?? { exits: 0, us: 0, maxUs: 0 };
    sum.exits += Number(exits);
    sum.us += Number(exits) * Number(mean);
    sum.maxUs = Math.max(sum.maxUs, Number(max));
    sums.set(name, sum);
  }
  if (sums.size === 0) return { histograms: [], tables: [] };
  return {
    histograms: [],
    tables: [
      {
        title: 'Exits by reason',
        columns: [
          { title: 'REASON', about: 'Reason of the exit.' },
          { title: 'EXITS', unit: 'count', about: 'Exits while the trace ran.' },
          { title: 'MEAN', unit: 'us', about: 'Mean time until the guest ran again.' },
          { title: 'MAX', unit: 'us', about: 'Longest time until the guest ran again.' },
        ],
        sort: 1,
        rows: [...sums].map(([name, { exits, us, maxUs }]) => [name, exits, us / exits, maxUs]),
      },
    ],
  };
}

export const guestTracers: readonly Tracer[] = [
  {
    id: 'kvmexit',
    question: 'why guests leave the CPU to the host, by reason and guest, and how long each takes',
    cost: 'about 1 µs of CPU per exit: 10 % of a CPU at 100 000 exits/s',
    seconds: 5,
    programs: [
      script(
        [tracepoint('kvm/kvm_exit', 'exit_reason', 'isa'), tracepoint('kvm/kvm_entry')],
        {
          '@exits': {
            kind: 'table',
            title: 'Exits by reason',
            keys: [
              { title: 'REASON', about: 'Reason of the exit.', text: reason },
              { title: 'PID', about: 'QEMU process of the guest.' },
            ],
            value: {
              title: 'MEAN',
              unit: 'ns',
              about: 'Mean time until the guest ran again; of HLT the time that it was idle.',
            },
          },
        },
        `tracepoint:kvm:kvm_exit { @s[tid] = nsecs; @r[tid] = args->isa * 4294967296 + args->exit_reason; }
         tracepoint:kvm:kvm_entry /@s[tid] != 0/ { @exits[@r[tid], pid] = stats(nsecs - @s[tid]); delete(@s[tid]); delete(@r[tid]); }
         END { clear(@s); clear(@r); }`,
      ),
      perf(always('kvm', 'stat', 'live'), perfKvm, [tracepoint('kvm/kvm_exit')]),
      bcc('kvmexit', always(), kvmexit, [tracepoint('kvm/kvm_exit')]),
    ],
  },
];
