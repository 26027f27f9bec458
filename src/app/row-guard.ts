import type { When } from '../keymap.ts';
import type { Theme } from '../theme.ts';
import type { Screen } from './screen.ts';
import type { Surface } from './surface.ts';

/** Conditions of actions on the selected row, which must not run on a row that took its position. */
export const ROW_WHEN: ReadonlySet<When> = new Set(['row', 'process', 'finding']);

export const ROW_GONE = 'selected row gone';

/** Whether the row under the pointer was removed since it was drawn. */
export const isRowGone = (surface: Surface | undefined, theme: Theme): boolean =>
  surface?.pointed(theme) !== undefined && surface.selected(theme) === undefined;

/** Reason why a key that acts on a row does nothing. */
export const noRow = (surface: Surface | undefined, theme: Theme): string =>
  isRowGone(surface, theme) ? ROW_GONE : 'needs a selected row';

/** Action of a key for a row without a selected one: enters a section of lines, or shows the reason. */
export function enterSection(screen: Screen, title: string): void {
  const { surface, theme } = screen;
  const section = surface?.focused();
  if (section?.kind === 'lines' && surface?.onEnter) surface.onEnter(section.id);
  else screen.notify(`${title}: ${noRow(surface, theme)}`);
}

/**
 * Pins the selection to the row under the pointer while a dialog about it is open. The returned check is false when that
 * row is not the selected one any more: it was removed, or a filter, a tab or a page changed the selection.
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
