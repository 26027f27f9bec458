import { plain } from '../../lib/plain.ts';
import { nothingWords, ownWords, stateOfDetail } from '../../timeline/reading-state.ts';
import { bytes, count, kib, ms, NONE, percent } from '../../lib/units.ts';
import type { OpsDump } from '../../sources/ceph/op.ts';
import { cephRemoteOsdOps, cephOsdOps, type OsdOpsTarget } from '../../sources/ceph/osd-ops.ts';
import { bindDetail } from '../../sources/source.ts';
import { drawFigures, figure, type FigureLine } from '../../ui/kit/figure-lines.ts';
import type { Detail, LinesSection, TableSection } from '../pane.ts';
import { opsSection, type OpRow } from './ops.ts';
import type { OsdRow } from './osd-rows.ts';
import { countColumn, percentColumn, secondsColumn } from '../../ui/kit/columns.ts';

/** Detail of one OSD: state and cause, latencies by stage, throttles and ops. */
export function osdDetail(row: OsdRow): Detail {
  const local = row.load?.local === true;
  const bind = (which: OsdOpsTarget['which']) =>
    local ? bindDetail(cephOsdOps, { osd: row.osd, which }) : bindDetail(cephRemoteOsdOps, { osd: row.osd, which });
  return {
    id: `osd.${row.osd}`,
    title: `osd.${row.osd}`,
    sources: {
      now: bind('dump_ops_in_flight'),
      past: bind('dump_historic_ops'),
    },
    everySeconds: 4,
    process: row.process && { pid: row.process.pid, startTicks: row.process.startTicks, name: `ceph-osd ${row.osd}` },
    sections: (samples, missing) => {
      // Each name has the sample of its bound source, or none yet.
      const { now, past } = samples as { readonly now?: OpsDump; readonly past?: OpsDump };
      const rows = [...opRowsOf(row.osd, now, true), ...opRowsOf(row.osd, past, false)];
      const empty = nothingWords('none', stateOfDetail(now, missing['now']));
      return [
        whySection(row),
        opsSection(rows, empty, 'Ops', [local ? cephOsdOps.id : cephRemoteOsdOps.id]),
        throttlesSection(row),
      ];
    },
  };
}

const opRowsOf = (osd: number, dump: OpsDump | undefined, inFlight: boolean): readonly OpRow[] =>
  (dump?.ops ?? []).map((op, at) => ({ key: `${inFlight ? 'now' : 'past'} ${at}`, osd, op, inFlight, who: undefined }));

function whySection(row: OsdRow): LinesSection {
  const { load, slow, place, metadata, disk, disks, process } = row;
  const counts = load?.perf?.counts;
  const lines: readonly FigureLine[] = [
    {
      label: 'state',
      figures: [
        figure(row.state.text, row.state.role),
        ...(slow
          ? [
              figure(`${ms(slow.subopWriteMs)}, median of ${slow.peers} peers ${ms(slow.medianMs)}`),
              figure(`${slow.cause} explains ${percent(slow.explainedPct)}`),
            ]
          : []),
        ...(load?.missing ? [figure(plain(load.missing.detail), 'crit')] : []),
        ...(row.waitedFor === undefined ? [] : [figure(`${row.waitedFor.toFixed(1)} ops waiting for it`)]),
      ],
    },
    {
      label: 'replica',
      figures: [
        figure(`write ${ms(load?.subopWriteMs)}`),
        figure(`receive ${ms(load?.receiveMs)}`),
        figure(`queue ${ms(load?.queueMs)}`),
        figure(`commit ${ms(load?.commitMs)}`),
        figure(`kv sync ${ms(load?.kvSyncMs)}`),
        figure(`throttle ${ms(load?.throttledMs)}`),
        figure(`device read ${ms(load?.deviceReadMs)}`),
      ],
    },
    {
      label: 'clients',
      figures: [
        figure(`write ${ms(load?.opWriteMs)} at ${count(load?.writesPerSec)}/s ${bytes(load?.writtenBytesPerSec)}/s`),
        figure(`read ${ms(load?.opReadMs)} at ${count(load?.readsPerSec)}/s ${bytes(load?.readBytesPerSec)}/s`),
        figure(`p50 ${ms(row.writeP50Ms)} p99 ${ms(row.writeP99Ms)} of writes`),
        figure(`p99 ${ms(row.readP99Ms)} of reads`),
      ],
    },
    {
      label: 'disk',
      figures: [
        figure(plain(disks.data.join(' ')) || NONE),
        figure(`await ${ms(disk?.awaitMs)}`),
        figure(`util ${percent(disk?.utilPct)}`),
        figure(`aqu-sz ${count(disk?.queueLength)}`),
        ...(disks.db.length > 0 ? [figure(`DB on ${plain(disks.db.join(' '))}`)] : []),
        ...(disks.volume === undefined ? [] : [figure(plain(disks.volume), 'dim')]),
        ...(row.node === undefined ? [] : [figure(`NUMA node ${row.node}`)]),
      ],
    },
    {
      label: 'store',
      figures: [
        figure(`${percent(place?.usedPct)} of ${kib(place?.sizeKiB)} used`),
        figure(`${kib(place?.metaKiB)} metadata`),
        figure(`DB ${bytes(counts?.dbUsedBytes)} of ${bytes(counts?.dbBytes)}`),
        figure(`spillover ${bytes(counts?.spilledBytes)}`, (counts?.spilledBytes ?? 0) > 0 ? 'warn' : 'text'),
        figure(
          `fragmentation ${counts?.fragmentationMicros === undefined ? NONE : percent(counts.fragmentationMicros / 10_000)}`,
        ),
      ],
    },
    {
      label: 'daemon',
      figures: [
        figure(`RSS ${kib(process?.rssKiB)} of ${bytes(row.memoryTargetBytes)} osd_memory_target`),
        figure(`mempools ${bytes(load?.perf?.poolBytes)}`),
        figure(`${count(place?.pgs ?? counts?.pgs)} PGs, primary of ${count(counts?.primaryPgs)}`),
        ...(metadata?.version === undefined ? [] : [figure(plain(metadata.version))]),
        figure(plain(place?.host ?? metadata?.host ?? NONE)),
        ...(process
          ? [figure(`pid ${process.pid} ${process.state}`, 'TtD'.includes(process.state) ? 'warn' : 'text')]
          : []),
      ],
    },
  ];
  return {
    kind: 'lines',
    id: 'why',
    title: `osd.${row.osd}`,
    sources: ['ceph-osds', 'ceph-osdmap', 'ceph-histograms', 'diskstats', 'ceph-devices'],
    wantRows: () => lines.length,
    draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
  };
}

type ThrottleRow = NonNullable<NonNullable<OsdRow['load']>['perf']>['throttles'][number];

const throttlesSection = (row: OsdRow): TableSection<ThrottleRow> => ({
  kind: 'table',
  id: 'throttles',
  title: 'Throttles',
  sources: ['ceph-osds'],
  columns: [
    {
      id: 'name',
      title: 'throttle',
      about: 'Name of the throttle.',
      width: 36,
      rank: 0,
      value: ({ name }) => plain(name),
    },
    percentColumn({
      id: 'pct',
      title: '%use',
      about: 'In use, percent of its max.',
      width: 5,
      rank: 0,
      value: ({ now, max }) => (100 * now) / max,
      role: ({ now, max }) => (now / max >= 0.9 ? 'warn' : 'text'),
    }),
    countColumn({
      id: 'now',
      title: 'now',
      about: 'In use: bytes or messages.',
      width: 6,
      rank: 1,
      value: ({ now }) => now,
    }),
    countColumn({
      id: 'max',
      title: 'max',
      about: 'Limit: bytes or messages.',
      width: 6,
      rank: 1,
      value: ({ max }) => max,
    }),
    countColumn({
      id: 'waits',
      title: 'waits',
      about: 'Waits since the daemon started.',
      width: 6,
      rank: 0,
      value: ({ wait }) => wait?.count,
    }),
    secondsColumn({
      id: 'waited',
      title: 'waited',
      about: 'Total time of these waits.',
      width: 7,
      grow: true,
      rank: 1,
      value: ({ wait }) => wait?.seconds,
    }),
  ],
  rows: row.load?.perf?.throttles ?? [],
  key: ({ name }) => name,
  sort: { column: 'pct', descending: true },
  empty: ownWords('perf dump not readable'),
  minRows: 3,
});
