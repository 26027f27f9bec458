import { duration } from '../../lib/units.ts';
import { meanMs } from '../../sources/ceph/osd-perf.ts';
import type { OsdsSample } from '../../sources/ceph/osds.ts';
import type { Entry, Moment } from '../../timeline/moment.ts';
import { heatLayout, heatLegend, heatMap, type HeatRow, type HeatScale, type HeatValue } from '../../ui/heat-map.ts';
import { ms } from '../../lib/units.ts';
import type { LinesSection } from '../pane.ts';
import type { OsdNeeds, OsdRow } from './osd-rows.ts';

/** Milliseconds; each step is about five times the one before, from a fast disk to a hang. */
const SCALE: HeatScale = [0, 2, 10, 50, 250];
/** OSDs are asked every 2 s: finer cells would have gaps. */
const LEAST_CELL_MS = 2000;

interface Timed {
  /** The stretch of time that the value is the mean of. */
  readonly fromMs: number;
  readonly wallMs: number;
  readonly value: HeatValue;
}

export interface HeatModel {
  /** Worst first. */
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
    rows: rows.toSorted((a, b) => b.state.worse - a.state.worse || latencyOf(b) - latencyOf(a) || a.osd - b.osd),
    near,
    far,
    commit,
    fromMs: Math.min(...times),
    toMs: Math.max(...times),
  };
}

/** Time of a write as replica between each two looks; where nothing was written, of what else the object store committed. */
function latencies(osd: number, history: readonly Entry<OsdsSample>[]): readonly Timed[] {
  return history.slice(1).flatMap(({ wallMs, sample }, index): Timed[] => {
    const said = sample.get(osd);
    const fromMs = history[index]?.wallMs ?? wallMs;
    if (!said) return [];
    if (said.missing) return [{ fromMs, wallMs, value: said.missing.why === 'timeout' ? 'silent' : undefined }];
    const before = history[index]?.sample.get(osd)?.perf;
    const value =
      meanMs(said.perf?.latencies.subopWrite, before?.latencies.subopWrite) ??
      meanMs(said.perf?.latencies.commit, before?.latencies.commit);
    return [{ fromMs, wallMs, value }];
  });
}

function pointsOf(osd: number, { near, far, commit }: HeatModel): readonly Timed[] {
  const own = latencies(osd, near);
  if (own.length > 0) return own;
  const asked = latencies(osd, far);
  return asked.length > 0
    ? asked
    : commit.map(({ wallMs, commitMs }, at) => ({
        fromMs: commit[at - 1]?.wallMs ?? wallMs,
        wallMs,
        value: commitMs.get(osd),
      }));
}

/** The worst value of each stretch of time; the newest is at the right, and a strip grows from there. */
function cellsOf(points: readonly Timed[], toMs: number, cellMs: number, cells: number): readonly HeatValue[] {
  const out: HeatValue[] = Array.from({ length: cells });
  const cellAt = (wallMs: number): number => cells - 1 - Math.floor((toMs - wallMs) / cellMs);
  for (const { fromMs, wallMs, value } of points) {
    const last = cellAt(wallMs);
    for (let cell = Math.max(0, Math.min(last, cellAt(fromMs) + 1)); cell <= last; cell++) {
      const known = out[cell];
      if (value === undefined || known === 'silent') continue;
      out[cell] = value === 'silent' ? value : Math.max(value, known ?? 0);
    }
  }
  return out;
}

/** The worst are enough beside the table; a zoomed section shows as many as there is room for. */
const WANTED_ROWS = 12;

export function heatSection(model: HeatModel): LinesSection {
  return {
    kind: 'lines',
    id: 'latency',
    title: 'Latency of replica writes',
    note: model.rows.length > WANTED_ROWS ? `worst of ${model.rows.length} OSDs` : 'OSD × time, worst first',
    sources: ['ceph-osds', 'ceph-all-osds', 'ceph-commit'],
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
