import { plain } from '../lib/plain.ts';
import { cut, fit, textWidth } from '../lib/text-width.ts';
import { scrolled } from '../ui/table-view.ts';
import { boxColumns, boxed } from './box.ts';
import type { BoxLayer, Layers } from './layer.ts';

/** Thing that a person orders and hides: a column, a pane. */
export interface ArrangedItem {
  readonly id: string;
  readonly title: string;
  readonly about: string;
}

export interface Arrangement {
  readonly order: readonly string[];
  readonly hidden: readonly string[];
}

const STEPS: Readonly<Record<string, number>> = { up: -1, k: -1, down: 1, j: 1, pgup: -10, pgdn: 10 };
const MOVES: Readonly<Record<string, number>> = { left: -1, '-': -1, right: 1, '+': 1 };
const MOST_ROWS = 20;

/** List of items that are moved, hidden and shown; undefined when cancelled. At least one stays shown. */
export function arrange(
  layers: Layers,
  question: { readonly title: string; readonly items: readonly ArrangedItem[]; readonly hidden: ReadonlySet<string> },
  changed: () => void,
): Promise<Arrangement | undefined> {
  const items = [...question.items];
  const hidden = new Set(question.hidden);
  let selected = 0;
  let scroll = 0;
  let rows = 0;
  const toggle = (id: string) => {
    if (!hidden.delete(id) && hidden.size < items.length - 1) hidden.add(id);
  };
  const move = (step: number) => {
    const to = selected + step;
    const [item, other] = [items[selected], items[to]];
    if (!item || !other) return;
    [items[selected], items[to]] = [other, item];
    selected = to;
  };
  return new Promise((resolve) => {
    const answer = (value: Arrangement | undefined) => {
      layers.remove(layer);
      resolve(value);
    };
    const layer: BoxLayer = {
      kind: 'box',
      draw: (screen, theme) => {
        const room = boxColumns(screen);
        rows = Math.max(1, Math.min(items.length, screen.rows - 6, MOST_ROWS));
        scroll = scrolled(scroll, selected, rows, items.length);
        const widest = Math.min(20, Math.max(...items.map(({ title }) => textWidth(plain(title)))));
        const lines = items.slice(scroll, scroll + rows).map(({ id, title, about }, i) => {
          const mark = hidden.has(id) ? '[ ]' : '[x]';
          const text = `${mark} ${fit(plain(title), widest, 'left', theme.glyphs.ellipsis)}  ${plain(about)}`;
          const line = fit(cut(text, room - 2, theme.glyphs.ellipsis), room - 2, 'left', theme.glyphs.ellipsis);
          return scroll + i === selected
            ? theme.paint('selected', `${theme.glyphs.pointer} ${line}`)
            : `  ${hidden.has(id) ? theme.paint('dim', line) : line}`;
        });
        const footer = 'space: show or hide, - +: move, enter: OK, esc: cancel';
        return boxed(lines, { title: question.title, footer, screen }, theme);
      },
      key: (event) => {
        if (event.kind === 'wheel') selected += event.rows;
        else if (event.kind === 'key' && event.name === 'esc') return answer(undefined);
        else if (event.kind === 'key' && event.name === 'enter')
          return answer({ order: items.map(({ id }) => id), hidden: [...hidden] });
        else if (event.kind === 'key' && event.name === 'space') toggle(items[selected]?.id ?? '');
        else if (event.kind === 'key' && event.name in MOVES) move(MOVES[event.name] ?? 0);
        else if (event.kind === 'key') selected += STEPS[event.name] ?? 0;
        selected = Math.max(0, Math.min(selected, items.length - 1));
        changed();
      },
      click: (line) => {
        const item = items[scroll + line - 1];
        // The line below the last drawn item is the footer.
        if (line < 1 || line > rows || !item) return;
        selected = scroll + line - 1;
        toggle(item.id);
        changed();
      },
      cancel: () => answer(undefined),
    };
    layers.push(layer);
  });
}
