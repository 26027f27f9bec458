import { cpuList } from '../../lib/lines.ts';
import type { Cgroup } from '../../sources/containers/cgroups.ts';
import { threadRates as ratesOf } from '../../sources/processes/thread-rates.ts';
import type { ThreadedProcess } from '../../sources/processes/thread-table.ts';
import { delta } from '../../timeline/moment.ts';
import type { GuestCpu, GuestThread, Vcpu } from './guest.ts';

/** Name of a vCPU thread with `debug-threads=on`, which libvirt sets. */
const VCPU = /^CPU (\d{1,5})\/(?:KVM|TCG|HVF|XEN)$/;

/** Threads of one QEMU in two samples. */
export interface ThreadsDelta {
  readonly now: ThreadedProcess | undefined;
  readonly before: ThreadedProcess | undefined;
  readonly seconds: number | undefined;
  readonly nodeOf: ReadonlyMap<number, number>;
}

/** Threads of one QEMU with their rates, in the order of their numbers. */
export const threadRates = ({ now, before, seconds, nodeOf }: ThreadsDelta): readonly GuestThread[] =>
  (now ? ratesOf(now, before, seconds) : []).map(({ thread, runPct, delayPct }) => {
    const { tid, name, state, lastCpu, cpusAllowed, wchan } = thread;
    const node = lastCpu === undefined ? undefined : nodeOf.get(lastCpu);
    // The kernel counts a wait when it ends, even one from before the first sample.
    const waitedPct = delayPct === undefined ? undefined : Math.min(100, delayPct);
    return { tid, name, state, lastCpu, cpusAllowed, wchan, runPct, delayPct: waitedPct, node };
  });

/** Cgroups of a guest in two samples: its scope (''), and those of its threads by name (`vcpu0`). */
export interface GroupsDelta {
  readonly now: ReadonlyMap<string, Cgroup>;
  readonly before: ReadonlyMap<string, Cgroup>;
  readonly seconds: number | undefined;
  /** Without them a wait under a quota looks like steal. */
  readonly isRead: boolean;
}

/** Throttled time of a cgroup, percent of one CPU. */
function throttledPct({ now, before, seconds }: GroupsDelta, part: string): number | undefined {
  const perSecond = delta(now.get(part)?.throttledUsec, before.get(part)?.throttledUsec, seconds);
  return perSecond === undefined ? undefined : perSecond / 1e4;
}

/**
 * The vCPUs among the threads. The kernel counts time under a used-up quota as delay too (CFS bandwidth control,
 * https://docs.kernel.org/scheduler/sched-bwc.html): that part has its own counter in the vCPU's group, and for a quota on
 * the whole guest in its scope, summed over CPUs. The rest is steal: the CPU ran something else.
 */
export function vcpusOf(
  threads: readonly GuestThread[],
  groups: GroupsDelta,
  exits: ReadonlyMap<number, number | undefined>,
): readonly Vcpu[] {
  const all = threads.flatMap((thread) => {
    const number = VCPU.exec(thread.name)?.[1];
    return number === undefined ? [] : [{ number: Number(number), thread }];
  });
  const whole = throttledPct(groups, '');
  return all
    .map(({ number, thread }): Vcpu => {
      const own = throttledPct(groups, `vcpu${number}`);
      const shared = whole === undefined ? undefined : whole / all.length;
      const throttled = own === undefined && shared === undefined ? undefined : Math.max(own ?? 0, shared ?? 0);
      const { delayPct } = thread;
      return {
        ...thread,
        number,
        throttledPct: throttled === undefined ? undefined : Math.min(throttled, delayPct ?? throttled),
        stealPct: delayPct === undefined || !groups.isRead ? undefined : Math.max(0, delayPct - (throttled ?? 0)),
        exitsPerSec: exits.get(number),
      };
    })
    .toSorted((a, b) => a.number - b.number);
}

export const isVcpu = (thread: GuestThread): boolean => VCPU.test(thread.name);

export const cpusOf = (vcpu: GuestThread): readonly number[] => cpuList(vcpu.cpusAllowed) ?? [];

const most = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
};
const sum = (values: readonly (number | undefined)[]): number | undefined => {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, value) => total + value, 0);
};

/** CPU figures of a guest, over all its vCPUs. */
export const cpuOf = (vcpus: readonly Vcpu[]): GuestCpu => ({
  runPct: sum(vcpus.map(({ runPct }) => runPct)),
  hotPct: most(vcpus.map(({ runPct }) => runPct)),
  stealPct: most(vcpus.map(({ stealPct }) => stealPct)),
  throttledPct: most(vcpus.map(({ throttledPct }) => throttledPct)),
  exitsPerSec: sum(vcpus.map(({ exitsPerSec }) => exitsPerSec)),
});
