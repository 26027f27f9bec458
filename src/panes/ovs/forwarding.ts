import { entityRef } from '../../findings/entity-ref.ts';
import type { PmdLoad } from '../../entities/ovs/pmd.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { percent } from '../../lib/units.ts';
import { ownWords } from '../../timeline/reading-state.ts';
import type { Column, TableSection } from '../pane.ts';
import { countColumn, totalColumn, percentColumn, textColumn } from '../../ui/kit/columns.ts';

/** Load range of the PMD threads per NUMA node, whose rx queues they share. */
function noteOf(rows: readonly PmdLoad[]): string {
  const nodes = Map.groupBy(
    rows.filter(({ pmd }) => pmd.core !== undefined),
    ({ pmd }) => pmd.numa,
  );
  return [...nodes]
    .flatMap(([node, own]) => {
      const loads = own.flatMap(({ loadPct }) => loadPct ?? []);
      return loads.length < 2
        ? []
        : [`NUMA ${node}: load ${percent(Math.min(...loads))} to ${percent(Math.max(...loads))}`];
    })
    .join(' · ');
}

const queueWords = ({ queues }: PmdLoad): string =>
  queues
    .map(
      ({ port, queue, enabled, isolated, usagePct }) =>
        `${port}:${queue}${enabled ? '' : ' off'}${isolated ? ' pinned' : ''}${usagePct === undefined ? '' : ` ${usagePct}%`}`,
    )
    .join(' ');

const columns: readonly Column<PmdLoad>[] = [
  {
    id: 'thread',
    title: 'THREAD',
    about: 'PMD thread by NUMA node and core; without DPDK the main thread forwards.',
    width: 15,
    rank: 0,
    value: (row) => row.pmd.name,
  },
  percentColumn({
    id: 'load',
    title: 'LOAD',
    about:
      'Processing cycles as a share of all; a PMD polls at 100 % CPU by design. With pmd-sleep-max: share of the time.',
    width: 5,
    rank: 0,
    value: (row) => row.loadPct,
    role: (row) => grade(row.loadPct, limits.pmdBusyPct),
  }),
  percentColumn({
    id: 'kept',
    title: 'WAIT',
    about: 'CPU wait: share of the time that other tasks ran on its CPU (use isolcpus).',
    width: 5,
    rank: 1,
    value: (row) => row.delayPct,
    role: (row) => grade(row.delayPct, limits.pmdKeptPct),
  }),
  countColumn({
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets received/s.',
    width: 6,
    rank: 0,
    value: (row) => row.packetsPerSec,
  }),
  countColumn({
    id: 'cycles',
    title: 'CYC/PKT',
    about: 'Cycles per packet.',
    width: 7,
    rank: 2,
    value: (row) => row.cyclesPerPacket,
  }),
  percentColumn({
    id: 'cache',
    title: 'CACHE',
    about: 'Share of lookups hit in EMC, SMC, simple match or NIC offload.',
    width: 5,
    rank: 1,
    value: (row) => row.cachePct,
  }),
  percentColumn({
    id: 'megaflow',
    title: 'MEGA',
    about: 'Share of lookups hit in the megaflow classifier.',
    width: 5,
    rank: 1,
    value: (row) => row.megaflowPct,
  }),
  totalColumn({
    id: 'tables',
    title: 'MASKS',
    about: 'Subtable (mask) lookups per megaflow hit, since start.',
    width: 6,
    rank: 1,
    value: (row) => row.pmd.subtablesPerHit,
    role: (row) => grade(row.pmd.subtablesPerHit, limits.ovsMasksPerPacket),
  }),
  percentColumn({
    id: 'miss',
    title: 'MISS',
    about: 'Share of lookups missed: one upcall each.',
    width: 5,
    rank: 0,
    value: (row) => row.missPct,
    role: (row) => grade(row.missPct, limits.ovsMissedPct),
  }),
  countColumn({
    id: 'lost',
    title: 'LOST/S',
    about: 'Lost upcalls/s: their packets are dropped.',
    width: 6,
    rank: 0,
    value: (row) => row.lostPerSec,
    role: (row) => grade(row.lostPerSec, limits.ovsLostPerSec),
  }),
  textColumn({
    id: 'queues',
    title: 'RX QUEUES',
    about: 'port:queue with its PMD usage over the last minute, busiest first.',
    width: 20,
    grow: true,
    rank: 0,
    value: (row) => plain(queueWords(row)),
  }),
];

export const forwardingSection = (rows: readonly PmdLoad[]): TableSection<PmdLoad> => ({
  kind: 'table',
  id: 'forwarding',
  title: 'PMD threads',
  note: noteOf(rows) || 'userspace datapath',
  sources: ['ovs-switch', 'ovs-threads'],
  columns,
  rows,
  key: (row) => row.pmd.name,
  entity: ({ pmd }) => entityRef('thread', pmd.name),
  sort: { column: 'load', descending: true },
  first: (row) => grade(row.loadPct, limits.pmdBusyPct) !== 'text',
  empty: ownWords('kernel datapath'),
  minRows: 2,
});
