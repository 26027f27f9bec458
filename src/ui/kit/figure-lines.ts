import { cutStyled, fit, textWidth } from '../../lib/text-width.ts';
import type { Role, Theme } from '../../theme.ts';

/** Figure as sanitised text. */
export interface Figure {
  readonly text: string;
  readonly role: Role;
}

export interface FigureLine {
  readonly label: string;
  readonly figures: readonly Figure[];
}

export const LABEL_COLUMNS = 9;

export const figure = (text: string, role: Role = 'text'): Figure => ({ text, role });

/** `label   figure, figure`; a bad figure has its mark, readable without colour, and is left out last. */
export function drawFigures({ label, figures }: FigureLine, columns: number, theme: Theme): string {
  const marks = figures.map(({ text, role }) => ({
    role,
    text: (role === 'crit' || role === 'warn' ? theme.glyphs.severity[role] : '') + text,
  }));
  const kept = fitting(
    marks,
    columns - LABEL_COLUMNS,
    ({ text }) => textWidth(text) + SEPARATOR.length,
    ({ role }, i) => (role === 'crit' || role === 'warn' ? Infinity : -i),
  );
  const line = kept.map(({ text, role }) => theme.paint(role, text)).join(theme.paint('dim', SEPARATOR));
  return cutStyled(theme.paint('label', fit(label, LABEL_COLUMNS)) + line, columns);
}

const SEPARATOR = ', ';

/** Items that fit whole, in their order; the least worth is left out first, one always stays. */
export function fitting<Item>(
  items: readonly Item[],
  columns: number,
  width: (item: Item) => number,
  worth: (item: Item, index: number) => number,
): readonly Item[] {
  const kept = items.map((item, i) => ({ item, worth: worth(item, i) }));
  const taken = () => kept.reduce((sum, { item }) => sum + width(item), 0);
  while (kept.length > 1 && taken() > columns + SEPARATOR.length) {
    const least = kept.reduce((at, one, i) => (one.worth < (kept[at]?.worth ?? Infinity) ? i : at), 0);
    kept.splice(least, 1);
  }
  return kept.map(({ item }) => item);
}

/** Lines of phrases with a separator, as many per line as fit. */
export function flowed(phrases: readonly string[], columns: number, separator = ' · '): readonly string[] {
  const all: string[] = [];
  for (const phrase of phrases) {
    const last = all.at(-1);
    if (last !== undefined && textWidth(last) + textWidth(separator) + textWidth(phrase) <= columns)
      all[all.length - 1] = last + separator + phrase;
    else all.push(phrase);
  }
  return all;
}
