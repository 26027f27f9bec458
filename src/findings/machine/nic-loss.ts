import type { NicRate } from '../../sources/machine/netdev.ts';

/** Errors or drops of an interface, both directions. */
export interface NicLoss {
  readonly name: string;
  readonly perSec: number;
  readonly packetsPerSec: number;
  readonly lostPct: number;
}

const both = (a: number | undefined, b: number | undefined): number => (a ?? 0) + (b ?? 0);

/** Share of errors or drops in all packets; undefined without loss. */
export function nicLoss(rate: NicRate, kind: 'errors' | 'drops'): NicLoss | undefined {
  const perSec =
    kind === 'errors'
      ? both(rate.rxErrorsPerSec, rate.txErrorsPerSec)
      : both(rate.rxDroppedPerSec, rate.txDroppedPerSec);
  if (perSec <= 0) return undefined;
  const packetsPerSec = both(rate.rxPacketsPerSec, rate.txPacketsPerSec);
  // Drivers differ in whether a lost packet counts as a packet.
  return { name: rate.name, perSec, packetsPerSec, lostPct: (100 * perSec) / Math.max(packetsPerSec, perSec) };
}
