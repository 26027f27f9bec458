import { count, percent } from '../lib/units.ts';
import type { Moved } from './rank.ts';

/** Figure in the unit of the series, with `/s` where the rate of a counter was compared. */
export const figureText = ({ series, perSecond }: Moved, value: number): string =>
  `${value < 0 ? '-' : ''}${series.measure.format(Math.abs(value))}${perSecond ? '/s' : ''}`;

/** `×5.4`, `÷3.2`, `+18%`, `peak 40ms`, `low 2%`, `new`. */
export function changeText(moved: Moved): string {
  const { kind, direction, beforeMedian, duringMedian, extreme } = moved.comparison;
  if (moved.appeared) return 'new';
  if (kind === 'peaks') return `${direction > 0 ? 'peak' : 'low'} ${figureText(moved, extreme)}`;
  const sign = duringMedian > beforeMedian ? '+' : '-';
  if (beforeMedian <= 0 || duringMedian < 0) return sign + figureText(moved, Math.abs(duringMedian - beforeMedian));
  const ratio = duringMedian / beforeMedian;
  if (ratio >= 2) return `×${short(ratio)}`;
  if (ratio === 0) return 'to 0';
  return ratio <= 0.5 ? `÷${short(1 / ratio)}` : `${sign}${percent(Math.abs(ratio - 1) * 100)}`;
}

const short = (ratio: number): string => (ratio < 10 ? ratio.toFixed(1) : count(Math.round(ratio)));
