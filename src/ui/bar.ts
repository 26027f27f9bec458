import type { Role, Theme } from '../theme.ts';

/** Share of a whole as a bar of exactly `columns` cells, in eighths of a cell; an unknown share is the missing mark. */
export function bar(pct: number | undefined, columns: number, theme: Theme, role: Role = 'accent'): string {
  if (columns <= 0) return '';
  if (pct === undefined || !Number.isFinite(pct))
    return theme.paint('dim', theme.glyphs.missing + ' '.repeat(columns - 1));
  const eighths = Math.round((Math.min(100, Math.max(0, pct)) / 100) * columns * 8);
  const full = Math.floor(eighths / 8);
  const rest = eighths % 8;
  const part = rest > 0 ? (theme.glyphs.bar[rest] ?? '').trim() : '';
  const filled = (theme.glyphs.bar[8] ?? '').repeat(full) + part;
  return theme.paint(role, filled) + theme.paint('dim', theme.glyphs.track.repeat(columns - full - part.length));
}

export interface Part {
  readonly pct: number | undefined;
  readonly role: Role;
  /** Character of one cell, distinct without colour. Default: the full block. */
  readonly mark?: string;
}

/** Several shares of one whole side by side: user, system, iowait, … in `columns` cells. */
export function stackedBar(parts: readonly Part[], columns: number, theme: Theme): string {
  let out = '';
  let sum = 0;
  let used = 0;
  for (const part of parts) {
    sum += Math.max(0, part.pct ?? 0);
    const end = Math.min(columns, Math.round((sum / 100) * columns));
    if (end > used) out += theme.paint(part.role, (part.mark ?? theme.glyphs.bar[8] ?? '').repeat(end - used));
    used = Math.max(used, end);
  }
  return out + theme.paint('dim', theme.glyphs.track.repeat(Math.max(0, columns - used)));
}
