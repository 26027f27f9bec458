import { cutStyled, fit, textWidth } from '../../lib/text-width.ts';
import type { Role, Theme } from '../../theme.ts';

/** One figure in words: plain, already sanitised text. */
export interface Figure {
  readonly text: string;
  readonly role: Role;
}

export interface FigureLine {
  readonly label: string;
  readonly figures: readonly Figure[];
}

export const LABEL_COLUMNS = 8;

export const figure = (text: string, role: Role = 'text'): Figure => ({ text, role });

/** `label   figure, figure`; what is bad carries its mark, so that it is seen without colour. */
export function drawFigures({ label, figures }: FigureLine, columns: number, theme: Theme): string {
  const parts = figures.map(({ text, role }) => {
    const mark = role === 'crit' || role === 'warn' ? theme.glyphs.severity[role] : '';
    return theme.paint(role, mark + text);
  });
  const line = theme.paint('label', fit(label, LABEL_COLUMNS)) + parts.join(theme.paint('dim', ', '));
  return cutStyled(line, columns);
}

const MARKS: Readonly<Partial<Record<Role, string>>> = { crit: '▲', warn: '◆' };

/** The same mark in a cell of a table, where the text knows no theme. */
export const marked = (text: string, role: Role): string => (MARKS[role] ?? '') + text;

/** Phrases side by side with a separator, as many in a line as fit. */
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
