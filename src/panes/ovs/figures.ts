import { count, ms, percent } from '../../lib/units.ts';
import type { Moment } from '../../timeline/moment.ts';
import { LEAST } from '../../ui/kit/columns.ts';
import type { PaneFigure } from '../pane.ts';
import { kindsOf, upcallsModel, type upcallNeeds } from './upcalls.ts';

type Format = Pick<PaneFigure, 'format' | 'least' | 'unit'>;

const COUNT: Format = { format: count, least: LEAST.count, unit: 'number' };
const SHARE: Format = { format: percent, least: LEAST.percent, unit: 'percent' };
const TIME: Format = { format: ms, least: LEAST.ms, unit: 'ms' };

/** Figures of the datapaths and of ovs-vswitchd. */
export function ovsFigures(moment: Moment<typeof upcallNeeds>): readonly PaneFigure[] {
  const model = upcallsModel(moment);
  const datapath = { id: 'upcalls', title: 'Datapath', sources: ['ovs-datapath'] };
  const threads = { id: 'threads', title: 'Datapath', sources: ['ovs-threads'] };
  return [
    ...model.loads.flatMap(({ name, upcalls, rate, masks }): PaneFigure[] => {
      const figure = (title: string, value: number | undefined, format = COUNT): PaneFigure => ({
        id: `${name} ${title}`,
        title,
        object: name,
        section: datapath,
        value,
        ...format,
      });
      return [
        figure('hit/s', rate.hitsPerSec),
        figure('missed/s', rate.missesPerSec),
        figure('lost/s', rate.lostPerSec),
        figure('flows', upcalls?.flows),
        figure('flow limit', upcalls?.limit),
        figure('flow dump', upcalls?.dumpMs, TIME),
        figure('masks', masks),
        figure('masks hit/pkt', rate.masksPerPacket),
      ];
    }),
    ...kindsOf(model.threads).map(({ kind, pct }): PaneFigure => ({
      id: `${kind} CPU%`,
      title: 'CPU%',
      object: `ovs-vswitchd ${kind}`,
      section: threads,
      value: pct,
      ...SHARE,
    })),
  ];
}
