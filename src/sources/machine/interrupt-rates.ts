import type { Seen } from '../../timeline/moment.ts';
import type { InterruptLine, Interrupts } from './interrupts.ts';

/** Rate of one interrupt between two samples. */
export interface InterruptRate {
  readonly irq: string;
  readonly label: string;
  readonly pci: string | undefined;
  readonly perSec: number;
  /** CPU that served most of them, and its rate. */
  readonly topCpu: number;
  readonly topCpuPerSec: number;
}

/** Interrupt rates since the sample before, busiest first; undefined without two samples. */
export function interruptRates(seen: Seen<Interrupts | undefined>): readonly InterruptRate[] | undefined {
  const { now, before, seconds } = seen;
  if (!now || !before || seconds === undefined || seconds <= 0) return undefined;
  const earlier = new Map(before.lines.map((line) => [line.irq, line]));
  const rates: InterruptRate[] = [];
  for (const line of now.lines) {
    const old = earlier.get(line.irq);
    // A number that went to another device meanwhile counts from 0.
    if (!old || old.label !== line.label) continue;
    const rate = rateOf(now, line, before, old, seconds);
    if (rate) rates.push(rate);
  }
  return rates.toSorted((a, b) => b.perSec - a.perSec);
}

/** Both lines are sorted by CPU and leave zeros out, so one pass over both is enough. */
function rateOf(
  now: Interrupts,
  line: InterruptLine,
  before: Interrupts,
  old: InterruptLine,
  seconds: number,
): InterruptRate | undefined {
  let sum = 0;
  let top = 0;
  let topCpu: number | undefined;
  let j = old.from;
  for (let i = line.from; i < line.to; i++) {
    const cpu = now.countCpus[i] ?? 0;
    while (j < old.to && (before.countCpus[j] ?? 0) < cpu) j++;
    const base = j < old.to && before.countCpus[j] === cpu ? (before.counts[j] ?? 0) : 0;
    // Counters are 32 bit and per CPU; one that overflowed has no rate for this interval.
    const came = Math.max(0, (now.counts[i] ?? 0) - base);
    sum += came;
    if (came > top) {
      top = came;
      topCpu = cpu;
    }
  }
  if (topCpu === undefined) return undefined;
  const { irq, label, pci } = line;
  return { irq, label, pci, perSec: sum / seconds, topCpu, topCpuPerSec: top / seconds };
}
