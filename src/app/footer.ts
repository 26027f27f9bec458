import { keyLabel, type Keymap, type When } from '../keymap.ts';
import { plain } from '../lib/plain.ts';
import { cut, padStyled, textWidth } from '../lib/text-width.ts';
import type { Theme } from '../theme.ts';

/** Actions that are always shown, at the right end. */
const ALWAYS: readonly string[] = ['help', 'quit'];

/** Keys that apply, most useful first, as many as fit; exactly `columns` cells. */
export function footerLine(keymap: Keymap, applies: (when: When) => boolean, columns: number, theme: Theme): string {
  const wanted = keymap.actions
    .filter(({ footer, when }) => footer !== undefined && applies(when))
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
  const label = (action: (typeof wanted)[number]) => ({
    key: keyLabel(action.keys[0] ?? '', theme.ascii),
    title: action.title,
  });
  const width = ({ key, title }: ReturnType<typeof label>) => textWidth(key) + textWidth(title) + 3;
  const last = wanted.filter(({ id }) => ALWAYS.includes(id)).map(label);
  let room = columns - 1 - last.reduce((sum, entry) => sum + width(entry), 0);
  const first: ReturnType<typeof label>[] = [];
  for (const action of wanted) {
    if (ALWAYS.includes(action.id)) continue;
    const entry = label(action);
    if (width(entry) > room) break;
    room -= width(entry);
    first.push(entry);
  }
  const text = (entries: typeof first) =>
    entries.map(({ key, title }) => `${theme.paint('key', key)} ${theme.paint('dim', title)}  `).join('');
  const tail = text(last);
  return ` ${padStyled(text(first), Math.max(0, columns - 1 - textWidth(tail)))}${tail}`;
}

/** Notice in place of the keys: result or error of the last action. */
export const noticeLine = (notice: string, columns: number, theme: Theme): string =>
  padStyled(` ${theme.paint('title', cut(plain(notice), columns - 2, theme.glyphs.ellipsis))}`, columns);
