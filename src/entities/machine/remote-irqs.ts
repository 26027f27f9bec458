import { interruptRates } from '../../sources/machine/interrupt-rates.ts';
import type { interrupts } from '../../sources/machine/interrupts.ts';
import type { cpuTopology } from '../../sources/machine/cpu-topology.ts';
import type { nics } from '../../sources/machine/nics.ts';
import type { pciDevices } from '../../sources/machine/pci-devices.ts';
import type { Moment } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';
import { placeInterrupts, type PlacedInterrupt } from './numa-place.ts';

/** Rate below which remote interrupts cost nothing measurable. */
const LEAST_PER_SEC = 1000;
const WINDOW_SECONDS = 30;

export interface RemoteIrqs {
  readonly pci: string;
  /** Its interrupts on CPUs of another node, busiest first. */
  readonly remote: readonly PlacedInterrupt[];
  readonly busiest: PlacedInterrupt;
  readonly remotePerSec: number;
  readonly perSec: number;
}

/** Devices with most of their interrupts on CPUs of another NUMA node. */
export function remoteIrqs(
  moment: Moment<{
    readonly interrupts: typeof interrupts;
    readonly topology: typeof cpuTopology;
    readonly pciDevices: typeof pciDevices;
    readonly nics: typeof nics;
  }>,
): readonly RemoteIrqs[] {
  const rates = interruptRates(overLast(moment.interrupts, WINDOW_SECONDS)) ?? [];
  const placed = placeInterrupts(rates, moment.topology.now?.nodes, moment.pciDevices.now, moment.nics.now?.nics);
  const byDevice = new Map<string, PlacedInterrupt[]>();
  for (const row of placed)
    if (row.remote !== undefined && row.devicePci !== undefined)
      byDevice.set(row.devicePci, [...(byDevice.get(row.devicePci) ?? []), row]);
  return [...byDevice].flatMap(([pci, rows]): RemoteIrqs[] => {
    const remote = rows.filter((row) => row.remote);
    const [busiest] = remote;
    const [remotePerSec, perSec] = [sum(remote), sum(rows)];
    if (!busiest || remotePerSec < LEAST_PER_SEC || remotePerSec < perSec / 2) return [];
    return [{ pci, remote, busiest, remotePerSec, perSec }];
  });
}

const sum = (rows: readonly PlacedInterrupt[]): number => rows.reduce((total, row) => total + row.perSec, 0);
