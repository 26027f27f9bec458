import { median } from '../lib/outlier.ts';
import { label, plain } from '../lib/plain.ts';
import { bytes, count, kib, ms, percent } from '../lib/units.ts';
import type { Measure } from '../panes/pane.ts';
import type { SarReport, SarSeries } from '../sources/machine/sar-text.ts';
import type { Series } from './series.ts';

/** Series of a sar report. */
export function sarSeries({ series }: SarReport): readonly Series[] {
  const scales = new Map<string, number>();
  for (const one of series) {
    const typical = Math.abs(median(one.values) ?? 0);
    if (typical > (scales.get(groupOf(one)) ?? 0)) scales.set(groupOf(one), typical);
  }
  return series.map((one): Series => {
    const { activity, column, object, head, at, values } = one;
    return {
      id: `sar ${activity} ${column} ${object ?? ''}`,
      group: groupOf(one),
      pane: IN_HARDWARE.has(activity) ? 'hardware' : undefined,
      origin: 'sar',
      section: activity,
      title: column,
      about: '',
      row: head === 'DEV' || head === 'IFACE' ? object : undefined,
      object: () => nameOf(one),
      measure: measureOf(column),
      at,
      values,
      scale: object === undefined ? 0 : (scales.get(groupOf(one)) ?? 0),
    };
  });
}

/** Activities whose present figures the Hardware pane shows. */
const IN_HARDWARE: ReadonlySet<string> = new Set(['CPU', 'Disks', 'Memory', 'Network', 'Paging', 'Run queue', 'Swap']);

/** The sum of all CPUs is not one of them. */
const groupOf = ({ activity, column, object }: SarSeries): string =>
  `sar ${activity} ${column}${object === 'all' ? ' all' : ''}`;

function nameOf({ head, object }: SarSeries): string {
  if (object === undefined || object === 'all') return label('host');
  if (head === 'CPU') return label(`cpu${object}`);
  return head === 'INTR' ? label(`irq ${object}`) : plain(object);
}

/** Format by the name of the column, in the units of sar(1). */
function measureOf(column: string): Measure {
  if (column.startsWith('%')) return { format: percent, least: 1 };
  if (/^(?:[rwd]|rx|tx)?kB\/s$/.test(column)) return { format: (value) => bytes(value * 1024), least: 4 };
  if (column.startsWith('kb')) return { format: kib, least: 1024 };
  if (column.startsWith('MB')) return { format: (value) => bytes(value * 1_048_576), least: 16 };
  if (column.endsWith('await')) return { format: ms, least: 0.1 };
  return { format: (value) => (Math.abs(value) < 10 ? value.toFixed(2) : count(value)), least: 0.5 };
}
