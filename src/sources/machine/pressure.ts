import { lines, toCount, toNumber, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Time lost to waiting for CPU, memory, disks and interrupts. https://docs.kernel.org/accounting/psi.html
 *
 *     some avg10=31.60 avg60=11.72 avg300=3.44 total=12572972
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 *
 * `some`: at least one task waited; `full`: all tasks did, nothing got done. total is µs since boot. irq has `full` only
 * (commit 52b1364ba0b1, in v6.1); cpu has `full` since e7fcd7622823. Absent before v4.20 and with `psi=0`.
 */
export const pressure = defineSource({
  id: 'pressure',
  title: 'Pressure',
  why: 'Shows how much time programs lose waiting, which use alone does not tell.',
  everySeconds: 2,
  value: 'high',
  reads: {
    cpu: { kind: 'file', path: '/proc/pressure/cpu' },
    memory: { kind: 'file', path: '/proc/pressure/memory' },
    io: { kind: 'file', path: '/proc/pressure/io' },
    irq: { kind: 'file', path: '/proc/pressure/irq' },
  },
  parse: ({ cpu, memory, io, irq }) => ({
    cpu: stalls(cpu),
    memory: stalls(memory),
    io: stalls(io),
    irq: stalls(irq),
  }),
});

export interface Stall {
  readonly avg10Pct: number | undefined;
  readonly avg60Pct: number | undefined;
  readonly avg300Pct: number | undefined;
  /** Since boot, µs. */
  readonly totalUs: number | undefined;
}

export interface Stalls {
  readonly some: Stall | undefined;
  readonly full: Stall | undefined;
}

function stalls(text: string | undefined): Stalls {
  const found = new Map<string, Stall>();
  for (const line of lines(text ?? '')) {
    const [kind = '', ...pairs] = words(line);
    const fields = new Map(pairs.map((pair) => pair.split('=', 2) as [string, string | undefined]));
    found.set(kind, {
      avg10Pct: toNumber(fields.get('avg10')),
      avg60Pct: toNumber(fields.get('avg60')),
      avg300Pct: toNumber(fields.get('avg300')),
      totalUs: toCount(fields.get('total')),
    });
  }
  return { some: found.get('some'), full: found.get('full') };
}
