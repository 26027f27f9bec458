import { lines, toCount, toPercent, words } from '../../lib/lines.ts';
import { defineSource } from '../source.ts';

/**
 * Pressure stall information of CPU, memory, I/O and interrupts. https://docs.kernel.org/accounting/psi.html
 *
 *     some avg10=31.60 avg60=11.72 avg300=3.44 total=12572972
 *     full avg10=0.00 avg60=0.00 avg300=0.00 total=0
 *
 * `some`: one task or more stalled; `full`: all tasks did. total is µs since boot. irq has `full` only
 * (commit 52b1364ba0b1, in v6.1); cpu has `full` since e7fcd7622823. Absent before v4.20 and with `psi=0`.
 */
export const pressure = defineSource({
  id: 'pressure',
  title: 'Pressure (PSI)',
  why: 'Shows the time that tasks stall on CPU, memory, I/O and interrupts, which use alone does not show.',
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
      avg10Pct: toPercent(fields.get('avg10')),
      avg60Pct: toPercent(fields.get('avg60')),
      avg300Pct: toPercent(fields.get('avg300')),
      totalUs: toCount(fields.get('total')),
    });
  }
  return { some: found.get('some'), full: found.get('full') };
}
