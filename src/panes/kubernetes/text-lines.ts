import type { Missing } from '../../host/host.ts';
import { cut } from '../../lib/text-width.ts';
import type { Role } from '../../theme.ts';
import { drawFigures, type FigureLine } from '../../ui/kit/figure-lines.ts';
import {
  nothingWords,
  stateOfDetail,
  stateOfMissing,
  stateWords,
  type NothingWords,
} from '../../timeline/reading-state.ts';
import type { LinesSection } from '../pane.ts';

/** Section of labelled figures. */
export const figuresSection = (
  id: string,
  title: string,
  sources: readonly string[],
  lines: readonly FigureLine[],
  note?: string,
): LinesSection => ({
  kind: 'lines',
  id,
  title,
  ...(note ? { note } : {}),
  sources,
  minColumns: 60,
  wantRows: () => lines.length,
  draw: (columns, rows, theme) => lines.slice(0, rows).map((line) => drawFigures(line, columns, theme)),
});

/** Section with the last lines of a text; the lines are sanitised. */
export const tailSection = (
  id: string,
  title: string,
  sources: readonly string[],
  lines: readonly string[],
  role: (line: string) => Role,
  note?: string,
): LinesSection => ({
  kind: 'lines',
  id,
  title,
  ...(note === undefined ? {} : { note }),
  sources,
  minColumns: 80,
  wantRows: () => Math.max(1, lines.length),
  copyText: () => lines.join('\n'),
  draw: (columns, rows, theme) => lines.slice(-rows).map((line) => theme.paint(role(line), cut(line, columns))),
});

/** Reason why a read of a detail is missing. */
export function whyNot(
  missing: Readonly<Record<string, Readonly<Record<string, Missing>>>>,
  source: string,
  read: string,
): string | undefined {
  const why = missing[source]?.[read];
  return why && stateWords(stateOfMissing(why));
}

/** Words of a list of a detail that has no rows. */
export const noneOf = (
  sample: unknown,
  missing: Readonly<Record<string, Readonly<Record<string, Missing>>>>,
  source: string,
  read: string,
): NothingWords => nothingWords('none', stateOfDetail(sample, missing[source], read));
