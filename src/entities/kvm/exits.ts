import type { kvmExits } from '../../sources/kvm/kvm-exits.ts';
import type { SampleOf } from '../../sources/source.ts';
import { delta, type Seen } from '../../timeline/moment.ts';

/** Rates of the exits of one guest, per second. */
export interface ExitRates {
  readonly all: number;
  /** By reason as the kernel names it: `halt`, `io`, `mmio`, `irq`, `irq_window`, `request_irq`, `signal`. */
  readonly reasons: ReadonlyMap<string, number>;
}

/** Exits of each QEMU process between the last two readings. */
export function exitRates(seen: Seen<SampleOf<typeof kvmExits>>): ReadonlyMap<number, ExitRates> {
  const rates = new Map<number, ExitRates>();
  for (const [pid, now] of seen.now?.guests ?? []) {
    const before = seen.before?.guests.get(pid);
    const rateOf = (name: string) => delta(now.get(name), before?.get(name), seen.seconds);
    const all = rateOf('');
    if (all === undefined) continue;
    const reasons = new Map(
      [...now.keys()].flatMap((name) => {
        const rate = name === '' ? undefined : rateOf(name);
        return rate === undefined ? [] : [[name, rate] as const];
      }),
    );
    rates.set(pid, { all, reasons });
  }
  return rates;
}
