import { driverLosses, ringText, type DriverLoss } from '../../entities/network/driver-loss.ts';
import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import type { CardDriver, Drivers } from '../../sources/network/drivers.ts';
import type { Seen } from '../../timeline/moment.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { countColumn, textColumn, totalColumn } from '../../ui/kit/columns.ts';
import type { Column, TableSection } from '../pane.ts';

export interface CardRow extends CardDriver {
  readonly lossPerSec: number | undefined;
  /** Counters that grow, the fastest first. */
  readonly growing: readonly DriverLoss[];
}

export const cardRows = (seen: Seen<Drivers | undefined>): readonly CardRow[] =>
  [...(seen.now?.cards.values() ?? [])].map((card) => {
    const losses = driverLosses(seen, card.name);
    return {
      ...card,
      lossPerSec: losses.length === 0 ? undefined : losses.reduce((sum, { perSec }) => sum + perSec, 0),
      growing: losses.filter(({ perSec }) => perSec > 0),
    };
  });

const columns: readonly Column<CardRow>[] = [
  textColumn({ id: 'card', title: 'NIC', about: 'Network card.', width: 12, widest: 15, rank: 0, value: ({ name }) => plain(name) }),
  textColumn({ id: 'driver', title: 'DRIVER', about: 'Its driver (ethtool -i).', width: 10, rank: 1, value: ({ driver }) => driver && plain(driver) }),
  countColumn({ id: 'loss', title: 'LOSS/s', about: 'Packets per second lost before the kernel had them, by all counters of the driver that mean loss.', width: 6, rank: 0, zero: '·', value: ({ lossPerSec }) => lossPerSec }),
  textColumn({ id: 'rx-ring', title: 'RX RING', about: 'Descriptors of the receive ring, of the largest that the driver takes (ethtool -g).', width: 13, rank: 1, value: ringText }),
  textColumn({ id: 'tx-ring', title: 'TX RING', about: 'Descriptors of the transmit ring, of the largest that the driver takes.', width: 13, rank: 2, value: ({ rings }) => rings && `${rings.tx} of ${rings.txMost}` }),
  totalColumn({ id: 'queues', title: 'QUEUES', about: 'Receive queues.', width: 6, rank: 2, value: ({ steering }) => steering?.rxQueues }),
  totalColumn({ id: 'rps', title: 'RPS', about: 'Receive queues whose packets RPS spreads over CPUs.', width: 4, rank: 3, value: ({ steering }) => steering?.rps }),
  totalColumn({ id: 'xps', title: 'XPS', about: 'Transmit queues that XPS ties to CPUs.', width: 4, rank: 3, value: ({ steering }) => steering?.xps }),
  textColumn({ id: 'counters', title: 'COUNTERS', about: 'Loss counters of the driver that grow, with their rate.', width: 16, grow: true, rank: 1, value: ({ growing }) => growing.slice(0, 4).map(({ counter, perSec }) => `${plain(counter)} ${count(perSec)}/s`).join(', ') }),
]; // prettier-ignore

export const cardsSection = (
  rows: readonly CardRow[],
  state: ReadingState,
  empty: NothingWords,
): TableSection<CardRow> => ({
  kind: 'table',
  id: 'cards',
  title: 'NIC drivers',
  note: count(numberKnown(rows.length, state)),
  sources: ['drivers'],
  columns,
  rows,
  key: ({ name }) => name,
  sort: { column: 'loss', descending: true },
  entity: ({ name }) => entityRef('nic', name),
  empty,
  minRows: 2,
});
