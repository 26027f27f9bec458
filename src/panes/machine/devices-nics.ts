import { entityRef } from '../../findings/entity-ref.ts';
import { nodeOfPci } from '../../entities/machine/numa-place.ts';
import { podsByInterface } from '../../entities/kubernetes/pod-interfaces.ts';
import type { LinkedPod } from '../../entities/kubernetes/pod-volumes.ts';
import { isDownInUse, isFlapping, linkChanges } from '../../entities/machine/nic-link.ts';
import { droppingNics, failingNics } from '../../entities/machine/nic-loss.ts';
import { label, plain } from '../../lib/plain.ts';
import { count, NONE } from '../../lib/units.ts';
import { nicRates, type NicRate } from '../../sources/machine/netdev.ts';
import type { BondMember, Nic } from '../../sources/machine/nics.ts';
import { delta, type Moment } from '../../timeline/moment.ts';
import type { Role } from '../../theme.ts';
import type { Column, TableSection } from '../pane.ts';
import { podLinks } from '../../ui/kit/pod-link.ts';
import type { DeviceNeeds } from './devices.ts';
import { nothingWords, numberKnown, stateOf, type NothingWords } from '../../timeline/reading-state.ts';
import { bytesColumn, countColumn, figureColumn, numberColumn } from '../../ui/kit/columns.ts';

export interface NicRow {
  readonly name: string;
  readonly nic: Nic | undefined;
  readonly rate: NicRate | undefined;
  readonly bondMember: BondMember | undefined;
  readonly node: number | undefined;
  /** Link changes between the last two readings. */
  readonly flaps: number | undefined;
  /** Link changes of the last minutes. */
  readonly flapped: number;
  readonly errorsPerSec: number | undefined;
  readonly dropsPerSec: number | undefined;
  /** What the rules find on it over the last minute. */
  readonly fails: 'crit' | 'warn' | undefined;
  readonly drops: 'crit' | 'warn' | undefined;
}

export interface NicsModel {
  readonly rows: readonly NicRow[];
  readonly pods: ReadonlyMap<string, readonly LinkedPod[]>;
  /** Number of rows, where known. */
  readonly note: string;
  readonly empty: NothingWords;
}

export function nicsModel(moment: Moment<DeviceNeeds>): NicsModel {
  const { nics } = moment;
  const rates = new Map(nicRates(moment.netdev).map((rate) => [rate.name, rate]));
  const members = new Map(nics.now?.bonds.flatMap((bond) => bond.members.map((member) => [member.name, member])));
  const failing = new Map(failingNics(moment.netdev).map(({ rate, severity }) => [rate.name, severity]));
  const dropping = new Map(droppingNics(moment.netdev).map(({ rate, severity }) => [rate.name, severity]));
  const rows = [...new Set([...rates.keys(), ...(nics.now?.nics.keys() ?? [])])].map((name) => {
    const nic = nics.now?.nics.get(name);
    const rate = rates.get(name);
    return {
      name,
      nic,
      rate,
      bondMember: members.get(name),
      node: nodeOfPci(nic?.pci, moment.pciDevices.now),
      flaps: delta(
        nic?.carrierChanges,
        nics.before?.nics.get(name)?.carrierChanges,
        nics.seconds === undefined ? undefined : 1,
      ),
      flapped: nic?.virtual === false ? linkChanges(nics, name).count : 0,
      errorsPerSec: both(rate?.rxErrorsPerSec, rate?.txErrorsPerSec),
      dropsPerSec: both(rate?.rxDroppedPerSec, rate?.txDroppedPerSec),
      fails: failing.get(name),
      drops: dropping.get(name),
    };
  });
  // Physical NICs first among the idle.
  const ordered = rows.toSorted((a, b) => Number(a.nic?.virtual ?? true) - Number(b.nic?.virtual ?? true));
  return {
    rows: ordered,
    pods: podsByInterface(moment),
    note: count(numberKnown(rows.length, stateOf(moment.netdev), stateOf(nics))),
    empty: nothingWords('not present: no interfaces', stateOf(moment.netdev), stateOf(nics)),
  };
}

const both = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? undefined : a + b;

/** Role of the link: a bond member or a card in a bridge that is down is critical, an unused port is not. */
export const linkRole = (row: NicRow): Role =>
  (row.bondMember !== undefined && row.bondMember.miiStatus !== 'up') || isDownInUse(row.nic)
    ? 'crit'
    : flapRole(row) === 'warn'
      ? 'warn'
      : row.nic?.operState === 'up'
        ? 'good'
        : 'dim';

const flapRole = ({ nic, flapped }: NicRow): Role => (isFlapping(nic, flapped) ? 'warn' : 'text');

/** Mb/s. */
const speedColumn = figureColumn((mbps) => (mbps >= 1000 ? `${mbps / 1000}G` : `${mbps}M`), undefined, 'Mbit/s');

const columns: readonly Column<NicRow>[] = [
  {
    id: 'nic',
    title: 'nic',
    about: 'Interface.',
    width: 15,
    rank: 0,
    value: (row) => row.name,
    text: (row) => plain(row.name),
  },
  {
    id: 'link',
    title: 'link',
    about: 'Link state (operstate, RFC 2863); `unknown` where the device has no carrier.',
    vocabulary: 'fixed',
    width: 8,
    rank: 0,
    value: (row) => row.nic?.operState,
    text: (row) => label(row.nic?.operState ?? NONE),
    role: linkRole,
  },
  speedColumn({
    id: 'speed',
    title: 'speed',
    about: 'Negotiated speed, bits per second.',
    width: 5,
    rank: 1,
    value: (row) => row.nic?.speedMbps,
  }),
  bytesColumn({
    id: 'rx',
    title: 'rxB/s',
    about: 'Bytes received per second.',
    width: 6,
    rank: 0,
    value: (row) => row.rate?.rxBytesPerSec,
  }),
  bytesColumn({
    id: 'tx',
    title: 'txB/s',
    about: 'Bytes sent per second.',
    width: 6,
    rank: 0,
    value: (row) => row.rate?.txBytesPerSec,
  }),
  countColumn({
    id: 'rxpackets',
    title: 'rxp/s',
    about: 'Packets received per second.',
    width: 5,
    rank: 2,
    value: (row) => row.rate?.rxPacketsPerSec,
  }),
  countColumn({
    id: 'txpackets',
    title: 'txp/s',
    about: 'Packets sent per second.',
    width: 5,
    rank: 2,
    value: (row) => row.rate?.txPacketsPerSec,
  }),
  countColumn({
    id: 'errors',
    title: 'err/s',
    about: 'rx and tx errors per second.',
    width: 5,
    rank: 0,
    value: (row) => row.errorsPerSec,
    role: (row) => ((row.errorsPerSec ?? 0) > 0 ? (row.fails ?? 'text') : 'text'),
  }),
  countColumn({
    id: 'drops',
    title: 'drop/s',
    about: 'rx and tx drops per second; some drivers count unhandled protocols here.',
    width: 6,
    rank: 0,
    value: (row) => row.dropsPerSec,
    role: (row) => ((row.dropsPerSec ?? 0) > 0 ? (row.drops ?? 'text') : 'text'),
  }),
  countColumn({
    id: 'flaps',
    title: 'flap',
    about: 'Link changes since the last reading (carrier_changes).',
    width: 4,
    rank: 3,
    value: (row) => row.flaps,
    role: flapRole,
  }),
  numberColumn({ id: 'mtu', title: 'mtu', about: 'MTU, bytes.', width: 5, rank: 3, value: (row) => row.nic?.mtuBytes }),
  numberColumn({
    id: 'node',
    title: 'node',
    about: 'NUMA node of the NIC.',
    width: 4,
    rank: 3,
    value: (row) => row.node,
  }),
  {
    id: 'master',
    title: 'master',
    about: 'Bond, bridge or switch of which it is a member.',
    width: 10,
    grow: true,
    rank: 2,
    value: (row) => row.nic?.master,
    text: (row) => plain(row.nic?.master ?? NONE),
  },
  {
    id: 'address',
    title: 'address',
    about: 'MAC address.',
    width: 17,
    rank: 5,
    value: (row) => row.nic?.address,
    text: (row) => plain(row.nic?.address ?? NONE),
  },
];

export const nicsSection = (model: NicsModel): TableSection<NicRow> => ({
  kind: 'table',
  id: 'nics',
  title: 'Network interfaces',
  note: model.note,
  sources: ['netdev', 'nics', 'pci-devices'],
  columns,
  rows: model.rows,
  key: (row) => row.name,
  sort: { column: 'rx', descending: true },
  first: (row) => linkRole(row) === 'crit' || (row.errorsPerSec ?? 0) > 0,
  rowRole: (row) =>
    linkRole(row) === 'crit' || (row.rate?.rxBytesPerSec ?? 0) + (row.rate?.txBytesPerSec ?? 0) > 0 ? undefined : 'dim',
  entity: ({ name }) => entityRef('nic', name),
  links: ({ name }) => podLinks(model.pods.get(name)),
  empty: model.empty,
});
