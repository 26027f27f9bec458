import type { PmdLoad } from '../../entities/ovs/pmd.ts';
import { grade, limits } from '../../thresholds.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import type { Column, TableSection } from '../pane.ts';

/** Threads of one memory node share its queues: how far they are apart. */
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
        : [`node ${node}: ${percent(Math.min(...loads))} to ${percent(Math.max(...loads))} loaded`];
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
    about: 'Forwarding thread by NUMA node and core; without DPDK the main thread forwards.',
    width: 15,
    rank: 0,
    value: (row) => row.pmd.name,
  },
  {
    id: 'load',
    title: 'LOAD',
    about:
      'Share of its cycles spent on packets; it polls without rest, so that its CPU tells nothing. Where it may sleep (pmd-sleep-max): share of the time.',
    width: 5,
    align: 'right',
    rank: 0,
    value: (row) => row.loadPct,
    text: (row) => percent(row.loadPct),
    role: (row) => grade(row.loadPct, limits.pmdBusyPct),
  },
  {
    id: 'kept',
    title: 'KEPT',
    about: 'Share of the time that something else ran on its CPU, which should be its own (isolcpus).',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.delayPct,
    text: (row) => percent(row.delayPct),
    role: (row) => grade(row.delayPct, limits.pmdKeptPct),
  },
  {
    id: 'pps',
    title: 'PKT/S',
    about: 'Packets a second that it received.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.packetsPerSec,
    text: (row) => count(row.packetsPerSec),
  },
  {
    id: 'cycles',
    title: 'CYC/PKT',
    about: 'Cycles for one packet.',
    width: 7,
    align: 'right',
    rank: 2,
    value: (row) => row.cyclesPerPacket,
    text: (row) => count(row.cyclesPerPacket),
  },
  {
    id: 'cache',
    title: 'CACHE',
    about:
      'Share of lookups answered before any table was looked in: exact-match and signature cache, simple match, the card.',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.cachePct,
    text: (row) => percent(row.cachePct),
  },
  {
    id: 'megaflow',
    title: 'MEGA',
    about: 'Share that a megaflow answered.',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.megaflowPct,
    text: (row) => percent(row.megaflowPct),
  },
  {
    id: 'tables',
    title: 'TABLES',
    about: 'Subtables (masks) looked through for one megaflow hit, since it began.',
    width: 6,
    align: 'right',
    rank: 1,
    value: (row) => row.pmd.subtablesPerHit,
    role: (row) => grade(row.pmd.subtablesPerHit, limits.ovsMasksPerPacket),
  },
  {
    id: 'miss',
    title: 'MISS',
    about: 'Share that found no flow: an upcall each.',
    width: 5,
    align: 'right',
    rank: 0,
    value: (row) => row.missPct,
    text: (row) => percent(row.missPct),
    role: (row) => grade(row.missPct, limits.ovsMissedPct),
  },
  {
    id: 'lost',
    title: 'LOST/S',
    about: 'Packets a second whose upcall failed: they are dropped.',
    width: 6,
    align: 'right',
    rank: 0,
    value: (row) => row.lostPerSec,
    text: (row) => count(row.lostPerSec),
    role: (row) => grade(row.lostPerSec, limits.ovsLostPerSec),
  },
  {
    id: 'queues',
    title: 'RECEIVE QUEUES',
    about: 'port:queue with its share of the thread over the last minute, the busiest first.',
    width: 20,
    grow: true,
    rank: 0,
    value: (row) => plain(queueWords(row)) || undefined,
    text: (row) => plain(queueWords(row)),
  },
];

export const forwardingSection = (rows: readonly PmdLoad[]): TableSection<PmdLoad> => ({
  kind: 'table',
  id: 'forwarding',
  title: 'Forwarding threads',
  note: noteOf(rows) || 'userspace datapath',
  sources: ['ovs-switch', 'ovs-threads'],
  columns,
  rows,
  key: (row) => row.pmd.name,
  sort: { column: 'load', descending: true },
  first: (row) => grade(row.loadPct, limits.pmdBusyPct) !== 'text',
  empty: 'the kernel forwards',
  minRows: 2,
});
