import type { Severity, Theme } from '../theme.ts';
import { duration } from '../lib/units.ts';
import { padStyled, textWidth } from '../lib/text-width.ts';

/** Mark on the bar. */
export interface BarMark {
  readonly wallMs: number;
  readonly kind: 'marker' | 'note' | 'finding' | 'change' | 'gap';
  /** End of a gap; absent for one until the end. */
  readonly untilMs?: number | undefined;
  readonly severity?: Severity | undefined;
}

export interface BarTimes {
  readonly startMs: number;
  readonly endMs: number;
  /** Time on the screen. */
  readonly atMs: number;
  readonly marks: readonly BarMark[];
  /** Text left of the track: mode. */
  readonly label: string;
}

/** Drawn bar, with the time at each cell for clicks. */
export interface DrawnBar {
  readonly line: string;
  readonly timeAt: (x: number) => number | undefined;
}

/** Time bar with marks and the present position. Exactly `columns` cells. */
export function timeBar(times: BarTimes, columns: number, theme: Theme): DrawnBar {
  const { startMs, endMs, atMs } = times;
  const back = Math.round((atMs - endMs) / 1000);
  const before = ` ${theme.paint('title', times.label)} ${theme.paint('dim', timeOfDay(startMs))} `;
  const after = ` ${theme.paint('dim', timeOfDay(endMs))} ${theme.paint('title', back === 0 ? 'now' : `-${duration(-back)}`)} `;
  const from = textWidth(before);
  const width = Math.max(0, columns - from - textWidth(after));
  const span = Math.max(1, endMs - startMs);
  const cellOf = (wallMs: number) => Math.max(0, Math.min(width - 1, Math.floor(((wallMs - startMs) / span) * width)));
  const cells = Array.from({ length: width }, () => theme.paint('dim', theme.glyphs.box.across));
  for (const { wallMs, untilMs = endMs } of times.marks.filter(({ kind }) => kind === 'gap'))
    cells.fill(theme.paint('warn', theme.glyphs.heat[1] ?? ' '), cellOf(wallMs), cellOf(untilMs) + 1);
  // The most severe mark of a cell is drawn last.
  for (const mark of times.marks.toSorted((a, b) => rank(a) - rank(b)))
    if (mark.kind !== 'gap' && mark.wallMs >= startMs && mark.wallMs <= endMs)
      cells[cellOf(mark.wallMs)] = glyphOf(mark, theme);
  if (width > 0) cells[cellOf(atMs)] = theme.paint('selected', theme.glyphs.paused);
  return {
    line: padStyled(before + cells.join('') + after, columns),
    timeAt: (x) => (x < from || x >= from + width ? undefined : startMs + ((x - from + 0.5) / width) * span),
  };
}

const RANKS = { info: 0, warn: 2, crit: 3 } as const;
const rank = ({ kind, severity }: BarMark): number =>
  kind === 'change' ? -1 : kind === 'finding' ? RANKS[severity ?? 'info'] : 1;

const glyphOf = ({ kind, severity = 'info' }: BarMark, theme: Theme): string =>
  kind === 'finding'
    ? theme.paint(severity, theme.glyphs.severity[severity])
    : kind === 'change'
      ? theme.paint('dim', 'c')
      : theme.paint('accent', kind === 'note' ? 'n' : 'm');

const timeOfDay = (wallMs: number): string => new Date(wallMs).toISOString().slice(11, 19);
