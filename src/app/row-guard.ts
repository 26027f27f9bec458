import type { When } from '../keymap.ts';
import type { Theme } from '../theme.ts';
import type { Screen } from './screen.ts';
import type { Surface } from './surface.ts';

/** Actions on the selected row: not on one that has taken its place. */
export const ROW_WHEN: ReadonlySet<When> = new Set(['row', 'process']);

export const ROW_GONE = 'the selected row is gone';

/** Whether the row under the pointer has gone since it was drawn. */
export const isRowGone = (surface: Surface | undefined, theme: Theme): boolean =>
  surface?.pointed(theme) !== undefined && surface.selected(theme) === undefined;

/** Why a key that acts on a row does nothing. */
export const noRow = (surface: Surface | undefined, theme: Theme): string =>
  isRowGone(surface, theme) ? ROW_GONE : 'works on a selected row';

/** What a key for a row does where no row is selected: goes into a section of lines, or shows why it does nothing. */
export function enterSection(screen: Screen, title: string): void {
  const { surface, theme } = screen;
  const section = surface?.focused();
  if (section?.kind === 'lines' && surface?.onEnter) surface.onEnter(section.id);
  else screen.say(`${title}: ${noRow(surface, theme)}`);
}

/**
 * Keeps the selection on the row under the pointer while a dialog about it is open. The returned check is false once
 * that row is not the one shown as selected: it has gone, or a filter, a tab or a page has put another in its place.
 */
export function guardRow(screen: Screen): () => boolean {
  const { surface, theme } = screen;
  surface?.pin(theme);
  const before = surface?.selected(theme);
  return () => {
    const now = screen.surface?.selected(theme);
    return screen.surface === surface && now?.key === before?.key && now?.section.id === before?.section.id;
  };
}
