import { label as fixedWords, plain } from '../lib/plain.ts';
import { cut, fit, textWidth } from '../lib/text-width.ts';
import type { LinesSection, Section, TableSection, Tile } from '../panes/pane.ts';
import type { Role, Theme } from '../theme.ts';
import { ownWords } from '../timeline/reading-state.ts';
import { sparkline } from '../ui/spark.ts';

export interface PaneTile {
  readonly pane: string;
  readonly title: string;
  /** Undefined until its sources have been read. */
  readonly tile: Tile | undefined;
  readonly glances?: readonly Section[] | undefined;
  /** Error of the pane's model. */
  readonly problem?: string | undefined;
}

const TILE_ID = 'tile ';
export const paneOfTile = (sectionId: string): string | undefined =>
  sectionId.startsWith(TILE_ID) ? sectionId.slice(TILE_ID.length) : undefined;

/** Tile of a pane with room for its figures. */
export const tileSection = ({ pane, title, tile, problem }: PaneTile): LinesSection => ({
  kind: 'lines',
  id: TILE_ID + pane,
  title,
  sources: [],
  minColumns: 26,
  wantRows: () => Math.max(1, Math.min(4, tile?.figures.length ?? 1)),
  draw: (columns, rows, theme) => {
    if (problem !== undefined) return [theme.paint('warn', cut(plain(problem), columns, theme.glyphs.ellipsis))];
    if (!tile) return [theme.paint('dim', cut('not read yet', columns))];
    const labels = Math.min(16, Math.max(0, ...tile.figures.map(({ label }) => textWidth(label))));
    return tile.figures.slice(0, rows).map((figure) => figureLine(figure, labels, columns, theme));
  },
});

function figureLine(figure: Tile['figures'][number], labelColumns: number, columns: number, theme: Theme): string {
  const { ellipsis } = theme.glyphs;
  const label = fit(fixedWords(figure.label), labelColumns, 'left', ellipsis);
  const value = cut(plain(figure.value), Math.max(4, columns - labelColumns - 2), ellipsis);
  const gap = Math.max(0, columns - labelColumns - textWidth(value) - 2);
  const middle = figure.spark && gap >= 6 ? sparkline(figure.spark, Math.min(gap, 40), theme) : '';
  const lead = ' '.repeat(Math.max(0, gap - (middle ? Math.min(gap, 40) : 0)));
  return `${theme.paint('label', label)} ${lead}${middle} ${theme.paint(figure.role ?? 'text', value)}`;
}

const GRAVE: readonly Role[] = ['crit', 'warn'];

/** Tiles as a list, a line for each pane: on a small screen few of the others fit. */
export const tileTable = (tiles: readonly PaneTile[]): TableSection<PaneTile> => ({
  kind: 'table',
  id: 'panes',
  title: 'Panes',
  sources: [],
  columns: [
    {
      id: 'pane',
      title: 'PANE',
      about: 'Pane, which ↵ opens.',
      vocabulary: 'fixed',
      width: 10,
      value: ({ title }) => title,
      rank: 0,
    },
    {
      id: 'figures',
      title: 'FIGURES',
      about: 'Headline figures of the pane.',
      width: 40,
      grow: true,
      value: ({ tile, problem }) =>
        problem ?? tile?.figures.map(({ label, value }) => `${label} ${value}`).join(' · ') ?? 'not read yet',
      role: ({ tile, problem }) => {
        if (problem !== undefined) return 'warn';
        return GRAVE.find((role) => tile?.figures.some((figure) => figure.role === role)) ?? 'text';
      },
      rank: 0,
    },
  ],
  rows: tiles,
  key: ({ pane }) => pane,
  sort: { column: '', descending: false },
  links: ({ pane, title }) => [{ pane, label: title }],
  enter: 'link',
  empty: ownWords('none'),
});
