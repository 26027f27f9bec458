import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { nothingWords, stateOfDetail, stateOfMissing, type ReadingState } from '../../timeline/reading-state.ts';
import { count } from '../../lib/units.ts';
import type { ConntrackZone } from '../../sources/ovs/conntrack-zones.ts';
import { kernelConntrack, ovsConntrack, type ConntrackSample } from '../../sources/ovs/conntrack.ts';
import { bindDetail } from '../../sources/source.ts';
import type { Column, Detail, TableSection } from '../pane.ts';
import { countColumn, numberColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';

const ALL = { all: true } as const;

const words = (counts: ReadonlyMap<string, number>): string =>
  [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, number]) => `${plain(name)} ${count(number)}`)
    .join(' · ');

/** Owner with a shortened UUID: zones of a router are named `<UUID of its datapath>_snat`. */
const shortened = (owner: string): string => owner.replace(/^([0-9a-f]{8})-[0-9a-f-]{27}(?=_)/, '$1');

const usedPct = ({ connections, most }: ConntrackZone): number | undefined =>
  most === undefined ? undefined : (100 * connections) / most;

const zoneColumns: readonly Column<ConntrackZone>[] = [
  numberColumn({
    id: 'zone',
    title: 'ZONE',
    about: 'ct_zone; OVN assigns one to each logical port or router.',
    width: 6,
    rank: 0,
    value: (row) => row.zone,
  }),
  {
    id: 'owner',
    title: 'OWNER',
    about: 'Logical port or router with this zone (ct-zone-list of ovn-controller).',
    width: 16,
    rank: 1,
    value: (row) => row.owner && plain(shortened(row.owner)),
  },
  countColumn({
    id: 'connections',
    title: 'CONNS',
    about: 'Tracked connections in the zone.',
    width: 7,
    rank: 0,
    value: (row) => row.connections,
  }),
  countColumn({
    id: 'most',
    title: 'LIMIT',
    about: 'Connection limit of the zone (ct-get-limits); —: no limit.',
    width: 7,
    rank: 1,
    value: (row) => row.most,
  }),
  percentColumn({
    id: 'used',
    title: '%USED',
    about: 'Connections as a share of the limit.',
    width: 5,
    rank: 1,
    value: usedPct,
    role: (row) => grade(usedPct(row), limits.conntrackUsedPct),
  }),
  {
    id: 'protocols',
    title: 'PROTOCOLS',
    about: 'Connections by protocol.',
    width: 24,
    grow: true,
    rank: 0,
    value: (row) => words(row.byProtocol),
  },
  textColumn({
    id: 'states',
    title: 'TCP STATES',
    about: 'TCP connections by state; many in SYN_SENT: a scan, or no replies.',
    width: 30,
    grow: true,
    rank: 0,
    value: (row) => words(row.byState),
  }),
];

/** Detail of tracked connections by zone, of the userspace datapath or of the kernel. */
export function conntrackDetail(tracker: 'switch' | 'kernel'): Detail {
  const source = tracker === 'switch' ? ovsConntrack : kernelConntrack;
  return {
    id: source.id,
    title: tracker === 'switch' ? 'conntrack by zone' : 'kernel conntrack by zone',
    sources: {
      conntrack: tracker === 'switch' ? bindDetail(ovsConntrack, ALL) : bindDetail(kernelConntrack, ALL),
    },
    everySeconds: 15,
    sections: (samples, missing) => {
      // bindDetail gave it a sample of this kind, or there is none yet.
      const { conntrack } = samples as { readonly conntrack?: ConntrackSample };
      const state: ReadingState =
        conntrack?.notRead !== undefined
          ? { state: 'not readable', why: plain(conntrack.notRead) }
          : conntrack?.silent
            ? stateOfMissing(conntrack.silent)
            : stateOfDetail(conntrack, missing['conntrack']);
      const section: TableSection<ConntrackZone> = {
        kind: 'table',
        id: 'zones',
        title: 'Zones',
        note:
          conntrack?.notRead === undefined
            ? `${conntrack?.zones.length ?? 0}`
            : `not read: ${plain(conntrack.notRead)}`,
        sources: [source.id],
        columns: zoneColumns,
        rows: conntrack?.zones ?? [],
        key: (row) => String(row.zone),
        sort: { column: 'connections', descending: true },
        empty: nothingWords('none', state),
      };
      return [section];
    },
  };
}
