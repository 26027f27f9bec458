import { fields, json, countOf } from '../../lib/json.ts';
import { toCount } from '../../lib/lines.ts';
import { defineDetail, defineSource } from '../source.ts';

const ACCOUNTING = '/proc/sys/kernel/task_delayacct';

/** `1` or `0`; kernels before 5.14 have no such file and count always, unless booted with `nodelayacct`. */
const isOn = (text: string | undefined): boolean | undefined => {
  const value = toCount(text?.trim());
  return value === undefined ? undefined : value > 0;
};

/**
 * Whether the kernel counts delays of processes: https://docs.kernel.org/accounting/delay-accounting.html
 *
 *     0
 */
export const delayAccounting = defineSource({
  id: 'delay-accounting',
  title: 'Delay accounting',
  why: 'Shows whether the kernel counts how long processes wait for block I/O and memory: 0 in their counters is unknown where it does not.',
  everySeconds: 60,
  reads: { switch: { kind: 'file', path: ACCOUNTING } },
  parse: (readings) => ({ on: isOn(readings.switch) }),
});

/** Kinds of delays, in the order of the page. */
export const DELAY_KINDS = ['runQueue', 'blockIo', 'swapIn', 'reclaim', 'thrashing', 'compaction', 'writeProtectCopy', 'irq'] as const; // prettier-ignore
export type DelayKind = (typeof DELAY_KINDS)[number];

/** Delay of all threads of a process since its start, also of those that exited. */
export interface Delay {
  readonly count: number;
  readonly seconds: number;
}

export interface DelaysSample {
  /** `kernel.task_delayacct`. */
  readonly on: boolean | undefined;
  readonly uptimeSeconds: number | undefined;
  /** Undefined where they were not read; a kind is missing on kernels that do not count it. */
  readonly delays: Readonly<Partial<Record<DelayKind, Delay>>> | undefined;
}

/**
 * Delays of one process by taskstats (https://docs.kernel.org/accounting/taskstats.html): `host/protocols/network/taskstats.ts` decodes the
 * struct.
 *
 *     {"version":14,"delays":{"runQueue":{"count":812,"ns":4040404},"blockIo":{"count":3,"ns":2000000}}}
 */
export const processDelays = defineDetail({
  id: 'process-delays',
  title: 'Delays of a process',
  why: 'Shows how long the threads of one process waited for CPUs, block I/O, swap, reclaim and thrashing pages.',
  example: { pid: 1 },
  reads: ({ pid }: { readonly pid: number }) => ({
    stats: { kind: 'talk', dialect: 'netlink', to: 'netlink:16', request: `taskstats ${pid}`, as: 'root' },
    switch: { kind: 'file', path: ACCOUNTING },
    uptime: { kind: 'file', path: '/proc/uptime' },
  }),
  parse: ({ stats, switch: text, uptime }): DelaysSample => {
    const reply = fields(json(stats))['delays'];
    const of = fields(reply);
    const known = DELAY_KINDS.flatMap((kind) => {
      const { count, ns } = fields(of[kind]);
      const [times, total] = [countOf(count), countOf(ns)];
      return times === undefined || total === undefined
        ? []
        : [[kind, { count: times, seconds: total / 1e9 }] as const];
    });
    const uptimeSeconds = Number.parseFloat(uptime ?? '');
    return {
      on: isOn(text),
      uptimeSeconds: Number.isFinite(uptimeSeconds) && uptimeSeconds >= 0 ? uptimeSeconds : undefined,
      delays: reply === undefined ? undefined : Object.fromEntries(known),
    };
  },
});
