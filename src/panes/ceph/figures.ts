import { bytes, count, percent } from '../../lib/units.ts';
import type { Moment } from '../../timeline/moment.ts';
import { LEAST } from '../../ui/kit/columns.ts';
import type { PaneFigure } from '../pane.ts';
import type { ClusterNeeds } from './cluster.ts';

type Format = Pick<PaneFigure, 'format' | 'least' | 'unit'>;

const COUNT: Format = { format: count, least: LEAST.count, unit: 'number' };
/** Of OSDs and monitors one matters. */
const WHOLE: Format = { format: count, least: 0.1, unit: 'number' };
const BYTES: Format = { format: bytes, least: LEAST.bytes, unit: 'bytes' };
const SHARE: Format = { format: percent, least: LEAST.percent, unit: 'percent' };

const section = { id: 'cluster', title: 'Cluster', sources: ['ceph-status'] };

/** Figures of the whole cluster: OSDs, PG states, client I/O, recovery. */
export function cephFigures({ cephStatus: { now } }: Moment<ClusterNeeds>): readonly PaneFigure[] {
  if (!now) return [];
  const figure = (id: string, value: number | undefined, format = COUNT): PaneFigure => ({
    id,
    title: id,
    object: 'cluster',
    section,
    value,
    ...format,
  });
  const clean = now.pgStates
    .filter(({ state }) => state.startsWith('active+clean'))
    .reduce((sum, { count: pgs }) => sum + pgs, 0);
  const hundredfold = (ratio: number | undefined) => (ratio === undefined ? undefined : ratio * 100);
  return [
    figure('OSDs up', now.osdsUp, WHOLE),
    figure('OSDs in', now.osdsIn, WHOLE),
    figure('mons in quorum', now.quorum.length, WHOLE),
    figure('PGs not clean', now.pgs === undefined ? undefined : now.pgs - clean),
    figure('degraded', hundredfold(now.degradedRatio), SHARE),
    figure('misplaced', hundredfold(now.misplacedRatio), SHARE),
    figure('objects', now.objects),
    figure('client r/s', now.readsPerSec),
    figure('client w/s', now.writesPerSec),
    figure('client rB/s', now.readBytesPerSec, BYTES),
    figure('client wB/s', now.writeBytesPerSec, BYTES),
    figure('recovery B/s', now.recoveryBytesPerSec, BYTES),
  ];
}
