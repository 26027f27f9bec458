import { grade, limits } from '../../findings/limits.ts';
import { plain } from '../../lib/plain.ts';
import { count, percent } from '../../lib/units.ts';
import type { OvsSwitchSample } from '../../sources/ovs-switch.ts';
import type { Pmd, Rxq } from '../../sources/ovs-threads-shown.ts';
import { delta, type Seen } from '../../timeline/moment.ts';
import type { Column, TableSection } from '../pane.ts';

/** A forwarding thread of the userspace datapath between two looks. */
export interface PmdRow {
  readonly pmd: Pmd;
  readonly packetsPerSec: number | undefined;
  readonly busyPct: number | undefined;
  readonly cyclesPerPacket: number | undefined;
  /** Where packets found their flow: exact match cache, signature cache, megaflows, or nowhere. */
  readonly emcPct: number | undefined;
  readonly megaflowPct: number | undefined;
  readonly missPct: number | undefined;
  readonly lostPerSec: number | undefined;
  readonly queues: readonly Rxq[];
}

export function pmdRows({ now, before, seconds }: Seen<OvsSwitchSample>): readonly PmdRow[] {
  return (now?.pmds ?? []).flatMap((pmd): PmdRow[] => {
    const queues = now?.rxqs.filter(({ numa, core }) => numa === pmd.numa && core === pmd.core) ?? [];
    // Without DPDK the main thread forwards; with it, it stands idle.
    if (pmd.core === undefined && !pmd.packets) return [];
    const old = before?.pmds.find(({ name }) => name === pmd.name);
    const rate = (pick: (one: Pmd) => number | undefined) => delta(pick(pmd), old && pick(old), seconds);
    const [busy, idle, packetsPerSec] = [
      rate((one) => one.busyCycles),
      rate((one) => one.idleCycles),
      rate((one) => one.packets),
    ];
    const places = [
      rate((one) => one.emcHits),
      rate((one) => one.smcHits),
      rate((one) => one.megaflowHits),
      rate((one) => one.missOk),
      rate((one) => one.missLost),
    ];
    const lookups = places.reduce<number>((all, one) => all + (one ?? 0), 0);
    const share = (value: number | undefined) =>
      value === undefined || lookups === 0 ? undefined : (100 * value) / lookups;
    return [
      {
        pmd,
        packetsPerSec,
        busyPct:
          busy === undefined || idle === undefined || busy + idle === 0 ? undefined : (100 * busy) / (busy + idle),
        cyclesPerPacket: busy === undefined || !packetsPerSec ? undefined : busy / packetsPerSec,
        emcPct: share(places[0]),
        megaflowPct: share(places[2]),
        missPct: share(places[3] === undefined ? undefined : places[3] + (places[4] ?? 0)),
        lostPerSec: places[4],
        queues,
      },
    ];
  });
}

const queueWords = ({ queues }: PmdRow): string =>
  queues
    .toSorted((a, b) => (b.usagePct ?? 0) - (a.usagePct ?? 0))
    .map(
      ({ port, queue, enabled, usagePct }) =>
        `${port}:${queue}${enabled ? '' : ' off'}${usagePct === undefined ? '' : ` ${usagePct}%`}`,
    )
    .join(' ');

const columns: readonly Column<PmdRow>[] = [
  {
    id: 'thread',
    title: 'THREAD',
    about: 'Forwarding thread by NUMA node and core; without DPDK the main thread forwards.',
    width: 15,
    rank: 0,
    value: (row) => row.pmd.name,
  },
  {
    id: 'busy',
    title: 'BUSY',
    about: 'Share of its cycles spent on packets; it polls without rest, so its CPU is always at 100 %.',
    width: 5,
    align: 'right',
    rank: 0,
    value: (row) => row.busyPct,
    text: (row) => percent(row.busyPct),
    role: (row) => grade(row.busyPct, limits.pmdBusyPct),
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
    id: 'emc',
    title: 'EMC',
    about: 'Share of lookups that the exact-match cache answered: the fastest.',
    width: 5,
    align: 'right',
    rank: 1,
    value: (row) => row.emcPct,
    text: (row) => percent(row.emcPct),
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

export const forwardingSection = (rows: readonly PmdRow[]): TableSection<PmdRow> => ({
  kind: 'table',
  id: 'forwarding',
  title: 'Forwarding threads',
  note: 'userspace datapath',
  sources: ['ovs-switch'],
  columns,
  rows,
  key: (row) => row.pmd.name,
  sort: { column: 'busy', descending: true },
  empty: 'the kernel forwards',
  minRows: 2,
});
