import { lines, words } from '../../lib/lines.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { defineSource } from '../source.ts';

/**
 * /proc/net/softnet_stat: packets per CPU between NIC and network stack; hex, one line for each online CPU.
 * net/core/net-procfs.c `softnet_seq_show`: processed, dropped (backlog full), time_squeeze (budget used up with work
 * left), 0 ×5, collisions, received_rps, flow_limit_count, then in newer kernels backlog length and the CPU's number.
 *
 * 000027bf 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000001
 */
export const softnet = defineSource({
  id: 'softnet',
  title: 'Softnet backlog per CPU',
  why: 'Finds packets that a host drops after the NIC received them.',
  everySeconds: 2,
  countsSince: 'boot',
  reads: { softnet: { kind: 'file', path: '/proc/net/softnet_stat' } },
  parse: ({ softnet: text }) => (text === undefined ? undefined : parseSoftnet(text)),
});

export interface SoftnetCpu {
  /** CPU number where the kernel prints it; else the index of the line, which differs once a CPU is offline. */
  readonly cpu: number;
  readonly processed: number;
  readonly dropped: number;
  readonly squeezed: number;
  /** Backlog length now, where the kernel prints it. */
  readonly backlog: number | undefined;
}

export function parseSoftnet(text: string): readonly SoftnetCpu[] {
  const cpus: SoftnetCpu[] = [];
  for (const [place, line] of lines(text).entries()) {
    const cells = words(line);
    const at = (column: number): number | undefined => {
      const cell = cells[column];
      return cell !== undefined && /^[0-9a-f]{1,16}$/.test(cell) ? Number.parseInt(cell, 16) : undefined;
    };
    const [processed, dropped, squeezed] = [at(0), at(1), at(2)];
    if (processed === undefined || dropped === undefined || squeezed === undefined) continue;
    cpus.push({ cpu: at(12) ?? place, processed, dropped, squeezed, backlog: at(11) });
  }
  return cpus;
}

/** Rates of one CPU between two samples. */
export interface SoftnetRate {
  readonly cpu: number;
  readonly processedPerSec: number | undefined;
  readonly droppedPerSec: number | undefined;
  readonly squeezedPerSec: number | undefined;
  /** Since boot. */
  readonly dropped: number;
}

export function softnetRates(seen: Seen<readonly SoftnetCpu[] | undefined>): readonly SoftnetRate[] {
  const earlier = new Map(seen.before?.map((cpu) => [cpu.cpu, cpu]));
  return (seen.now ?? []).map((now) => {
    const before = earlier.get(now.cpu);
    return {
      cpu: now.cpu,
      processedPerSec: delta(now.processed, before?.processed, seen.seconds),
      droppedPerSec: delta(now.dropped, before?.dropped, seen.seconds),
      squeezedPerSec: delta(now.squeezed, before?.squeezed, seen.seconds),
      dropped: now.dropped,
    };
  });
}
