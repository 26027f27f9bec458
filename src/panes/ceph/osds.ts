import { osdRef } from '../../findings/entity-ref.ts';
import { processTies } from '../../entities/processes/links.ts';
import { nothingWords, numberKnown, type ReadingState } from '../../timeline/reading-state.ts';
import type { TableSection, Link } from '../pane.ts';
import { plain } from '../../lib/plain.ts';
import { count } from '../../lib/units.ts';
import { osdColumns } from './osd-columns.ts';
import { osdDetail } from './osd-detail.ts';
import type { OsdRow } from './osd-rows.ts';
import { processKey } from '../../sources/processes/processes.ts';

/** Table of OSDs. Faults stand first: an OSD that does not respond has no latency to sort by. */
export function osdsSection(rows: readonly OsdRow[], state: ReadingState): TableSection<OsdRow> {
  const polled = numberKnown(rows.filter(({ load }) => load).length, state);
  const slow = rows.filter((row) => row.slow).length;
  const unresponsive = rows.filter(({ state }) => state.severityRank >= 80).length;
  return {
    kind: 'table',
    id: 'osds',
    title: 'OSDs',
    note: [
      count(numberKnown(rows.length, state)),
      ...(polled !== undefined && polled < rows.length ? [`${count(polled)} polled`] : []),
      ...(slow > 0 ? [`${slow} slow`] : []),
      ...(unresponsive > 0 ? [`${unresponsive} down or unresponsive`] : []),
    ].join(' · '),
    sources: [
      'ceph-osds',
      'ceph-all-osds',
      'ceph-osdmap',
      'ceph-commit',
      'ceph-histograms',
      'diskstats',
      'ceph-devices',
    ],
    columns: osdColumns,
    rows,
    key: (row) => `osd.${row.osd}`,
    sort: { column: 'subop', descending: true },
    first: (row) => row.state.severityRank >= 60,
    searchText: (row) => `osd.${row.osd} ${plain(row.place?.host ?? '')} ${row.state.text}`,
    rowRole: (row) => (row.state.role === 'dim' ? 'dim' : undefined),
    process: (row) =>
      row.process && { pid: row.process.pid, startTicks: row.process.startTicks, name: `ceph-osd ${row.osd}` },
    entity: ({ osd }) => osdRef(osd),
    links: linksOf,
    detail: osdDetail,
    empty: nothingWords('none', state),
    minRows: 6,
  };
}

export const linksOf = (row: OsdRow): readonly Link[] => [
  ...[...row.disks.data, ...row.disks.db].map((disk) => ({
    label: `disk ${plain(disk)}`,
    pane: 'hardware',
    row: disk,
  })),
  ...(row.process
    ? [
        {
          label: `process ${row.process.pid}`,
          pane: 'processes',
          row: processKey(row.process),
        },
        // Container or pod of the daemon, where it runs in one.
        ...processTies(row.process).filter(({ pane }) => pane !== 'ceph'),
      ]
    : []),
  ...(row.node === undefined ? [] : [{ label: `NUMA node ${row.node}`, pane: 'hardware', row: `node${row.node}` }]),
];
