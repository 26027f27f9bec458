import { entityRef } from '../../findings/entity-ref.ts';
import { plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { linkOwnerNeeds, linkOwners } from '../../entities/network/link-owners.ts';
import { links, type Link, type LinkCounters } from '../../sources/network/links.ts';
import { qdiscs } from '../../sources/network/queues.ts';
import { addresses, type Address } from '../../sources/network/routing.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import { numberKnown, type NothingWords, type ReadingState } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, numberColumn, rateColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';

export const linkNeeds = { ...linkOwnerNeeds, links, addresses, qdiscs };

export interface LinkRow {
  readonly link: Link;
  readonly name: string;
  /** `vxlan 42 over eth0`. */
  readonly kind: string;
  readonly master: string | undefined;
  readonly addresses: string;
  /** `guest web-3`, `container db`. */
  readonly owner: string | undefined;
  readonly rxBytesPerSec: number | undefined;
  readonly txBytesPerSec: number | undefined;
  readonly errorsPerSec: number | undefined;
  readonly dropsPerSec: number | undefined;
  readonly missedPerSec: number | undefined;
  readonly queueDropsPerSec: number | undefined;
  readonly backlogBytes: number | undefined;
}

export function linkRows(moment: Moment<typeof linkNeeds>): readonly LinkRow[] {
  const { links: seen, addresses: known, qdiscs: queues } = moment;
  const { owners, ovsBridges } = linkOwners(seen.now?.items ?? [], moment);
  const byIndex = new Map(seen.now?.items.map((link) => [link.index, link]));
  const before = new Map(seen.before?.items.map((link) => [link.index, link]));
  const rootBefore = new Map(queues.before?.items.filter(({ isRoot }) => isRoot).map((one) => [one.index, one]));
  const roots = new Map(queues.now?.items.filter(({ isRoot }) => isRoot).map((one) => [one.index, one]));
  const addressesOf = Map.groupBy(known.now?.items ?? [], ({ index }) => index);
  return [...byIndex.values()]
    .map((link): LinkRow => {
      const earlier = before.get(link.index);
      const per = (...picks: readonly (keyof LinkCounters)[]): number | undefined => {
        const rates = picks.map((pick) => delta(link.counters[pick], earlier?.counters[pick], seen.seconds));
        return rates.includes(undefined) ? undefined : rates.reduce<number>((sum, rate) => sum + (rate ?? 0), 0);
      };
      const root = roots.get(link.index);
      const lower = link.lowerIndex === undefined ? undefined : byIndex.get(link.lowerIndex)?.name;
      const master = ovsBridges.get(link.name) ?? (link.masterIndex === undefined ? undefined : byIndex.get(link.masterIndex)?.name); // prettier-ignore
      const owner = owners.get(link.name);
      return {
        link,
        name: plain(link.name),
        kind: plain(
          [link.kind, link.bondMode, link.id, lower && `over ${lower}`].filter((word) => word !== undefined).join(' '),
        ),
        master: master === undefined ? undefined : plain(master),
        addresses: plain((addressesOf.get(link.index) ?? []).map(addressText).join(' ')),
        owner: owner && plain(`${owner.kind} ${owner.name}`),
        rxBytesPerSec: per('rxBytes'),
        txBytesPerSec: per('txBytes'),
        errorsPerSec: per('rxErrors', 'txErrors'),
        dropsPerSec: per('rxDropped', 'txDropped'),
        missedPerSec: per('rxMissedErrors'),
        queueDropsPerSec: delta(root?.drops, rootBefore.get(link.index)?.drops, queues.seconds),
        backlogBytes: root?.backlogBytes,
      };
    })
    .toSorted((a, b) => traffic(b) - traffic(a) || a.link.index - b.link.index);
}

/** `fd00::1/64 (dadfailed)`. */
const addressText = ({ address, prefix, states }: Address): string =>
  `${address}/${prefix}${states.length > 0 ? ` (${states.join(', ')})` : ''}`;

/** Rounded to KiB, so that rows of idle links keep their places. */
const traffic = (row: LinkRow): number => Math.round(((row.rxBytesPerSec ?? 0) + (row.txBytesPerSec ?? 0)) / 1024);

const columns: readonly Column<LinkRow>[] = [
  { id: 'name', title: 'LINK', about: 'Interface name.', width: 12, widest: 15, rank: 0, value: (row) => row.name },
  textColumn({ id: 'kind', title: 'KIND', about: 'Kind of a virtual link, its id and the link below it; blank: hardware.', width: 10, widest: 24, rank: 2, value: (row) => row.kind }),
  { id: 'state', title: 'STATE', about: 'Operational state (RFC 2863); down: administratively.', vocabulary: 'fixed', width: 7, rank: 0, value: ({ link }) => (link.isUp ? link.operState : 'down'), text: ({ link }) => (link.isUp ? (link.operState ?? NONE) : 'down'), role: ({ link }) => (link.isUp ? 'text' : 'dim') },
  numberColumn({ id: 'mtu', title: 'MTU', about: 'Largest packet, bytes.', width: 5, rank: 1, value: ({ link }) => link.mtuBytes }),
  textColumn({ id: 'master', title: 'MASTER', about: 'Bridge, bond or switch of which it is a member; of a port of Open vSwitch its bridge.', width: 10, widest: 15, rank: 4, value: (row) => row.master }),
  rateColumn({ id: 'rx', title: 'RX/s', about: 'Bytes received per second.', width: 6, rank: 0, value: (row) => row.rxBytesPerSec }),
  rateColumn({ id: 'tx', title: 'TX/s', about: 'Bytes sent per second.', width: 6, rank: 0, value: (row) => row.txBytesPerSec }),
  countColumn({ id: 'errors', title: 'ERR/s', about: 'Receive and transmit errors per second.', width: 6, rank: 1, zero: '·', value: (row) => row.errorsPerSec }),
  countColumn({ id: 'drops', title: 'DROP/s', about: 'Packets dropped by the stack per second: no memory, no protocol.', width: 6, rank: 1, zero: '·', value: (row) => row.dropsPerSec }),
  countColumn({ id: 'missed', title: 'MISS/s', about: 'Packets per second for which the ring of the card had no room (rx_missed_errors).', width: 6, rank: 2, zero: '·', value: (row) => row.missedPerSec }),
  countColumn({ id: 'queue', title: 'QDROP/s', about: 'Packets per second dropped by the queueing discipline.', width: 7, rank: 2, zero: '·', value: (row) => row.queueDropsPerSec }),
  bytesColumn({ id: 'backlog', title: 'QUEUE', about: 'Bytes that wait in the queueing discipline.', width: 6, rank: 3, zero: '·', value: (row) => row.backlogBytes }),
  textColumn({ id: 'owner', title: 'OWNER', about: 'Guest, pod, container or network namespace behind it.', width: 10, widest: 24, rank: 3, value: (row) => row.owner }),
  textColumn({ id: 'addresses', title: 'ADDRESSES', about: 'Addresses with their prefix length; dadfailed: another host has it, tentative: not checked yet.', width: 18, grow: true, rank: 3, value: (row) => row.addresses }),
]; // prettier-ignore

export const linksSection = (
  rows: readonly LinkRow[],
  all: number | undefined,
  state: ReadingState,
  empty: NothingWords,
  detail: (row: LinkRow) => Detail,
): TableSection<LinkRow> => ({
  kind: 'table',
  id: 'links',
  title: 'Links',
  note: all !== undefined && all > rows.length ? `${rows.length} of ${all}` : count(numberKnown(rows.length, state)),
  sources: ['links', 'qdiscs', 'addresses', 'veth-peers'],
  columns,
  rows,
  key: ({ link }) => link.name,
  sort: { column: 'rx', descending: true },
  entity: ({ link }) => entityRef('nic', link.name),
  name: ({ name }) => name,
  detail,
  rowRole: ({ link }) => (link.isUp ? undefined : 'dim'),
  empty,
  minRows: 6,
});
