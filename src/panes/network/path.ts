import type { Hop } from '../../entities/network/flow-path.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { bindDetail, type SampleOf } from '../../sources/source.ts';
import { firewall, type DropRule } from '../../sources/network/firewall.ts';
import { nothingWords, ownWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, textColumn } from '../../ui/kit/columns.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import type { LinkRow } from './link-rows.ts';

interface HopRow extends Hop {
  readonly place: number;
}

const hopColumns: readonly Column<HopRow>[] = [
  { id: 'hop', title: 'HOP', about: 'Place that a packet passes, in the direction of sending.', vocabulary: 'fixed', width: 12, rank: 0, value: ({ place }) => place, text: ({ kind }) => kind },
  textColumn({ id: 'object', title: 'OBJECT', about: 'Link, port, datapath, queueing discipline, driver or CPUs.', width: 16, widest: 30, rank: 0, value: ({ name }) => plain(name) }),
  countColumn({ id: 'drops', title: 'DROP/s', about: 'Packets per second lost there: drops and errors of both directions, lost upcalls, loss counters of the driver, softnet drops.', width: 7, rank: 0, zero: '·', value: ({ dropsPerSec }) => dropsPerSec }),
  bytesColumn({ id: 'waiting', title: 'WAITING', about: 'Bytes that wait there.', width: 7, rank: 0, zero: '·', value: ({ waitingBytes }) => waitingBytes }),
  textColumn({ id: 'note', title: 'STATE', about: 'State, MTU, rates; or why the hop was not read.', width: 24, grow: true, rank: 1, value: ({ note }) => plain(note) }),
]; // prettier-ignore

const ruleColumns: readonly Column<DropRule>[] = [
  textColumn({ id: 'chain', title: 'CHAIN', about: 'Table and chain of the rule.', width: 20, widest: 36, rank: 0, value: ({ chain }) => plain(chain) }),
  countColumn({ id: 'packets', title: 'PACKETS', about: 'Packets that the rule dropped since it was loaded; —: it has no counter.', width: 8, rank: 0, value: ({ packets }) => packets }),
  textColumn({ id: 'rule', title: 'RULE', about: 'The rule as nft(8) or iptables-save(8) writes it.', width: 24, grow: true, rank: 0, value: ({ rule }) => plain(rule) }),
]; // prettier-ignore

/** Path of the traffic of a link, hop by hop, and the rules of the firewall that drop packets on it. */
export const pathDetail = ({ link, name }: LinkRow, hops: () => readonly Hop[]): Detail => ({
  id: `path-${link.name}`,
  title: `path of ${name}`,
  sources: { firewall: bindDetail(firewall, {}) },
  everySeconds: 10,
  sections: ({ firewall: sample }, { firewall: missing }) => {
    // Bound above: the sample is that of this source.
    const rules = sample as SampleOf<typeof firewall>;
    const state = stateOfDetail(rules, missing, 'nft');
    return [hopsSection(hops()), rulesSection(rules?.rules ?? [], rules?.all, nothingWords('none', state))];
  },
});

const hopsSection = (hops: readonly Hop[]): TableSection<HopRow> => ({
  kind: 'table',
  id: 'hops',
  title: 'Hops',
  sources: ['links', 'qdiscs', 'drivers', 'ovs-db', 'ovs-datapath', 'interrupts', 'softnet'],
  columns: hopColumns,
  rows: hops.map((hop, place) => ({ ...hop, place })),
  key: ({ place }: HopRow) => String(place),
  sort: { column: 'hop', descending: false },
  empty: ownWords('no hop'),
  minRows: 8,
});

const rulesSection = (
  rows: readonly DropRule[],
  all: number | undefined,
  empty: TableSection['empty'],
): TableSection<DropRule> => ({
  kind: 'table',
  id: 'firewall',
  title: 'Firewall rules that drop',
  note: all === undefined ? '' : all > rows.length ? `${rows.length} of ${count(all)}` : count(all),
  sources: ['firewall'],
  columns: ruleColumns,
  rows,
  key: ({ chain, rule }) => `${chain} ${rule}`,
  sort: { column: 'packets', descending: true },
  empty,
});
