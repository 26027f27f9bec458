import { duration } from '../../lib/units.ts';
import { meanMs } from '../../sources/ceph/osd-perf.ts';
import type { OsdsSample } from '../../sources/ceph/osds.ts';
import type { Entry, Moment } from '../../timeline/moment.ts';
import { heatLayout, heatLegend, heatMap, type HeatRow, type HeatScale, type HeatValue } from '../../ui/heat-map.ts';
import { ms } from '../../lib/units.ts';
import type { LinesSection } from '../pane.ts';
import type { OsdNeeds, OsdRow } from './osd-rows.ts';

/** Scale in ms: each step is about five times the one before, from a fast disk to a hang. */
const SCALE: HeatScale = [0, 2, 10, 50, 250];
/** Width of the narrowest cell: OSDs are polled every 2 s, finer cells would have gaps. */
const LEAST_CELL_MS = 2000;

interface Timed {
  /** Start of the interval that the value is a mean of. */
  readonly fromMs: number;
  readonly wallMs: number;
  readonly value: HeatValue;
}

export interface HeatModel {
  /** Slowest first. */
  readonly rows: readonly OsdRow[];
  readonly near: readonly Entry<OsdsSample>[];
  readonly far: readonly Entry<OsdsSample>[];
  readonly commit: readonly { readonly wallMs: number; readonly commitMs: ReadonlyMap<number, number> }[];
  readonly fromMs: number;
  readonly toMs: number;
}

const latencyOf = (row: OsdRow): number => row.load?.subopWriteMs ?? row.load?.opWriteMs ?? row.commitMs ?? -1;

export function heatModel(moment: Moment<OsdNeeds>, rows: readonly OsdRow[]): HeatModel {
  const near = moment.cephOsds.history;
  const far = moment.cephAllOsds.history.flatMap((entry) =>
    entry.sample ? [{ ...entry, sample: entry.sample.osds }] : [],
  );
  const commit = moment.cephCommit.history.flatMap(({ wallMs, sample }) =>
    sample ? [{ wallMs, commitMs: sample.commitMs }] : [],
  );
  const times = [near, far, commit].flatMap((all) => [all[0]?.wallMs ?? [], all.at(-1)?.wallMs ?? []].flat());
  return {
    rows: rows.toSorted(
      (a, b) => b.state.severityRank - a.state.severityRank || latencyOf(b) - latencyOf(a) || a.osd - b.osd,
    ),
    near,
    far,
    commit,
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
  };
}

/** Replica write latency of each interval; commit latency where the interval has no replica writes. */
function latencies(osd: number, history: readonly Entry<OsdsSample>[]): readonly Timed[] {
  return history.slice(1).flatMap(({ wallMs, sample }, index): Timed[] => {
    const reply = sample.get(osd);
    const fromMs = history[index]?.wallMs ?? wallMs;
    if (!reply) return [];
    if (reply.missing) return [{ fromMs, wallMs, value: reply.missing.why === 'timeout' ? 'unresponsive' : undefined }];
    const before = history[index]?.sample.get(osd)?.perf;
    const value =
      meanMs(reply.perf?.latencies.subopWrite, before?.latencies.subopWrite) ??
      meanMs(reply.perf?.latencies.commit, before?.latencies.commit);
    return [{ fromMs, wallMs, value }];
  });
}

function pointsOf(osd: number, { near, far, commit }: HeatModel): readonly Timed[] {
  const local = latencies(osd, near);
  if (local.length > 0) return local;
  const remote = latencies(osd, far);
  return remote.length > 0
    ? remote
    : commit.map(({ wallMs, commitMs }, at) => ({
        fromMs: commit[at - 1]?.wallMs ?? wallMs,
        wallMs,
        value: commitMs.get(osd),
      }));
}

/** Highest value of each cell's interval, the newest at the right. */
function cellsOf(points: readonly Timed[], toMs: number, cellMs: number, cells: number): readonly HeatValue[] {
  const out: HeatValue[] = Array.from({ length: cells });
  const cellAt = (wallMs: number): number => cells - 1 - Math.floor((toMs - wallMs) / cellMs);
  for (const { fromMs, wallMs, value } of points) {
    const last = cellAt(wallMs);
    for (let cell = Math.max(0, Math.min(last, cellAt(fromMs) + 1)); cell <= last; cell++) {
      const known = out[cell];
      if (value === undefined || known === 'unresponsive') continue;
      out[cell] = value === 'unresponsive' ? value : Math.max(value, known ?? 0);
    }
  }
  return out;
}

/** Rows beside the table; a zoomed section shows as many as fit. */
const WANTED_ROWS = 12;

export function heatSection(model: HeatModel): LinesSection {
  return {
    kind: 'lines',
    id: 'latency',
    title: 'Replica write latency',
    note: model.rows.length > WANTED_ROWS ? `slowest of ${model.rows.length} OSDs` : 'OSD × time, slowest first',
    sources: ['ceph-osds', 'ceph-all-osds', 'ceph-commit'],
    isCourse: true,
    minColumns: 70,
    wantRows: () => Math.min(WANTED_ROWS, Math.max(1, model.rows.length)) + 2,
    draw: (columns, rows, theme) => {
      if (!Number.isFinite(model.fromMs)) return [theme.paint('dim', 'not read yet')];
      const shown = model.rows.slice(0, Math.max(1, rows - 2)).map((row): Omit<HeatRow, 'cells'> & OsdLine => ({
        osd: row.osd,
        label: `osd.${row.osd}`,
        role: row.state.role === 'crit' || row.state.role === 'warn' ? row.state.role : 'label',
        tail: tailOf(row),
      }));
      const layout = heatLayout(shown, columns);
      const cellMs = Math.max(LEAST_CELL_MS, (model.toMs - model.fromMs + LEAST_CELL_MS) / layout.cells);
      const lines = heatMap(
        shown.map((row) => ({ ...row, cells: cellsOf(pointsOf(row.osd, model), model.toMs, cellMs, layout.cells) })),
        layout,
        SCALE,
        columns,
        theme,
      );
      const left = `-${duration((cellMs * layout.cells) / 1000)}`;
      const axis =
        ' '.repeat(layout.labelColumns) + left + ' '.repeat(Math.max(1, layout.cells - left.length - 3)) + 'now';
      return [...lines, theme.paint('dim', axis), heatLegend(SCALE, 'ms', theme)].slice(0, rows);
    },
  };
}

interface OsdLine {
  readonly osd: number;
}

function tailOf({ load, commitMs, state }: OsdRow): string {
  const value = ms(load?.subopWriteMs ?? commitMs).padStart(6);
  return state.text === 'ok' || state.text === 'idle' ? value : `${value} ${state.text}`;
}
