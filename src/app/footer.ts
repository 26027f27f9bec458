import { keyLabel, type Keymap, type When } from '../keymap.ts';
import { plain, sanitize } from '../lib/plain.ts';
import { cut, padStyled, textWidth } from '../lib/text-width.ts';
import type { Theme } from '../theme.ts';

/** Actions that are always shown, at the right end. */
const ALWAYS: readonly string[] = ['help', 'quit'];

/** Keys that apply, most useful first, as many as fit; exactly `columns` cells. */
export function footerLine(
  keymap: Keymap,
  applies: (when: When) => boolean,
  columns: number,
  theme: Theme,
  crumbs: readonly string[] = [],
): string {
  const wanted = keymap.actions
    .filter(({ footer, when }) => footer !== undefined && applies(when))
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
  const label = (action: (typeof wanted)[number]) => ({
    key: keyLabel(action.keys[0] ?? '', theme.ascii),
    title: action.title,
  });
  const width = ({ key, title }: ReturnType<typeof label>) => textWidth(key) + textWidth(title) + 3;
  const last = wanted.filter(({ id }) => ALWAYS.includes(id)).map(label);
  const path = pathText(keymap, crumbs, columns, theme);
  let room = columns - 1 - textWidth(path) - last.reduce((sum, entry) => sum + width(entry), 0);
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
  return ` ${padStyled(path + text(first), Math.max(0, columns - 1 - textWidth(tail)))}${tail}`;
}

/** Share of the footer that crumbs may take; the keys have the rest. */
const PATH_SHARE = 0.75;

/** Way of the walk by `f` behind the key that goes back, cut at its start: `esc web-3 › tap0 › br-int`. */
function pathText(keymap: Keymap, crumbs: readonly string[], columns: number, theme: Theme): string {
  const back = keymap.actions.find(({ id }) => id === 'back')?.keys[0];
  if (crumbs.length === 0 || back === undefined) return '';
  const key = keyLabel(back, theme.ascii);
  const { ellipsis, crumb } = theme.glyphs;
  const join = ` ${crumb} `;
  const room = Math.floor(columns * PATH_SHARE) - textWidth(key) - 3;
  const names = crumbs.map((name, i) =>
    cut(plain(name), i === crumbs.length - 1 ? room - 2 : Math.floor(room / 2), ellipsis),
  );
  let shown = names.slice(-1);
  for (const name of names.slice(0, -1).toReversed()) {
    const longer = [name, ...shown];
    const isWhole = longer.length === names.length;
    if (textWidth(longer.join(join)) + (isWhole ? 0 : textWidth(ellipsis + join)) > room) break;
    shown = longer;
  }
  const start = shown.length < names.length ? ellipsis + join : '';
  const here = shown.at(-1) ?? '';
  const before =
    start +
    shown
      .slice(0, -1)
      .map((name) => name + join)
      .join('');
  return `${theme.paint('key', key)} ${theme.paint('dim', before)}${theme.paint('title', here)}   `;
}

/** Result or error of the last action. */
export interface Notice {
  readonly text: string;
  /** Text that a viewer chose, for the engineer alone. Not redacted: viewers would see their names replaced, and redaction learn them. */
  readonly viewerName?: string | undefined;
}

/** Notice in place of the keys. */
export function noticeLine({ text, viewerName }: Notice, columns: number, theme: Theme): string {
  const whole = viewerName === undefined ? plain(text) : `${plain(text)} (${sanitize(viewerName)})`;
  return padStyled(` ${theme.paint('title', cut(whole, columns - 2, theme.glyphs.ellipsis))}`, columns);
}
