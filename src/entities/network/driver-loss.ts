import { lossKind, type LossKind } from '../../sources/network/driver-counters.ts';
import type { CardDriver, Drivers } from '../../sources/network/drivers.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import { overLast } from '../../timeline/window.ts';

const WINDOW_SECONDS = 10;
const LEAST_SECONDS = 4;

export interface DriverLoss {
  readonly counter: string;
  readonly kind: LossKind;
  readonly perSec: number;
}

/** Rates of the loss counters of a card, largest first; none without two readings. */
export function driverLosses(seen: Seen<Drivers | undefined>, name: string): readonly DriverLoss[] {
  const { now, before, seconds } = overLast(seen, WINDOW_SECONDS, LEAST_SECONDS);
  const earlier = before?.cards.get(name)?.losses;
  return [...(now?.cards.get(name)?.losses ?? [])]
    .flatMap(([counter, value]): DriverLoss[] => {
      const [perSec, kind] = [delta(value, earlier?.get(counter), seconds), lossKind(counter)];
      return perSec === undefined || kind === undefined ? [] : [{ counter, kind, perSec }];
    })
    .toSorted((a, b) => b.perSec - a.perSec);
}

/** `256 of 1024`: descriptors of the receive ring of the largest. */
export const ringText = ({ rings }: Pick<CardDriver, 'rings'>): string | undefined =>
  rings && `${rings.rx} of ${rings.rxMost}`;
