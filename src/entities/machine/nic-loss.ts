import { nicRates, type netdev, type NicRate } from '../../sources/machine/netdev.ts';
import type { SampleOf } from '../../sources/source.ts';
import type { Seen } from '../../timeline/moment.ts';
import { overLastOrLife } from '../../timeline/window.ts';

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

const WINDOW_SECONDS = 60;

export interface LossyNic {
  readonly rate: NicRate;
  readonly loss: NicLoss;
  readonly severity: 'crit' | 'warn';
}

/** Interfaces with errors over the last minute: rare ones on a busy link are noise. */
export const failingNics = (seen: Seen<SampleOf<typeof netdev>>): readonly LossyNic[] =>
  nicRates(overLastOrLife(seen, WINDOW_SECONDS)).flatMap((rate): LossyNic[] => {
    const loss = nicLoss(rate, 'errors');
    if (!loss || (loss.lostPct < 0.01 && loss.perSec < 10)) return [];
    return [{ rate, loss, severity: loss.lostPct > 1 && loss.perSec >= 10 ? 'crit' : 'warn' }];
  });

/** Interfaces with drops over the last minute. */
export const droppingNics = (seen: Seen<SampleOf<typeof netdev>>): readonly LossyNic[] =>
  nicRates(overLastOrLife(seen, WINDOW_SECONDS)).flatMap((rate): LossyNic[] => {
    const loss = nicLoss(rate, 'drops');
    return !loss || loss.lostPct < 0.5 || loss.perSec < 10 ? [] : [{ rate, loss, severity: 'warn' }];
  });
