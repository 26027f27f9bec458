import { fit, unstyled } from '../lib/text-width.ts';
import type { LinesSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { contentColumns } from '../ui/draw-pane.ts';
import { compileFilter } from '../ui/filter.ts';
import { isBare, tableViewOf, withTable, type FindView } from '../ui/pane-view.ts';
import type { LineLayer } from './layer.ts';
import { refuseTyping } from './refuse-typing.ts';
import type { Screen } from './screen.ts';
import type { Surface } from './surface.ts';
import { move } from './surface-actions.ts';
import { edited } from './text-field.ts';

/** Lines above a match on the screen. */
const ABOVE = 2;

interface Match {
  readonly section: string;
  readonly line: number;
}

/** Matches in all sections of text, top first. */
function matchesOf(surface: Surface, text: string, theme: Theme): readonly Match[] {
  const { test } = compileFilter(text);
  if (text === '') return [];
  return surface
    .shown()
    .filter((section): section is LinesSection => section.kind === 'lines' && !isBare(section))
    .flatMap((section) => {
      const box = surface.drawn?.sections.find(({ id }) => id === section.id);
      const columns = contentColumns(section, box?.columns ?? surface.drawn?.columns ?? 80);
      return section
        .draw(columns, section.wantRows(columns), theme)
        .flatMap((line, at) => (test(unstyled(line)) ? [{ section: section.id, line: at }] : []));
    });
}

/** Goes to a match and shows it below a few lines of context. */
function goToMatch(surface: Surface, text: string, matches: readonly Match[], index: number): void {
  const match = matches[index];
  const find: FindView = {
    text,
    section: match?.section,
    line: match?.line ?? 0,
    position: match ? index + 1 : 0,
    total: matches.length,
  };
  const { view } = surface;
  surface.view = match
    ? {
        ...view,
        find,
        focus: match.section,
        scroll: { ...view.scroll, [match.section]: Math.max(0, match.line - ABOVE) },
      }
    : { ...view, find };
}

/** Searches from the first drawn line of the focused section, or from the start. */
function search(surface: Surface, text: string, from: Match, theme: Theme): void {
  const matches = matchesOf(surface, text, theme);
  const order = surface.shown().map(({ id }) => id);
  const isAfter = ({ section, line }: Match) =>
    section === from.section ? line >= from.line : order.indexOf(section) > order.indexOf(from.section);
  goToMatch(surface, text, matches, Math.max(0, matches.findIndex(isAfter)));
}

/** Next or previous match, around the ends; in a filtered table the row below or above. */
export function findNext(surface: Surface, direction: -1 | 1, theme: Theme): void {
  const { find } = surface.view;
  if (surface.focused()?.kind === 'table' || !find) return move(surface, direction, theme);
  const matches = matchesOf(surface, find.text, theme);
  if (matches.length === 0) return goToMatch(surface, find.text, matches, 0);
  const at = matches.findIndex(({ section, line }) => section === find.section && line === find.line);
  goToMatch(surface, find.text, matches, (at + direction + matches.length) % matches.length);
}

/** Text that rows are filtered by, or that is searched for: what the input line edits. */
interface Target {
  readonly text: () => string;
  readonly set: (text: string) => void;
  readonly clear: () => void;
  /** Result at the right end of the line. */
  readonly note: () => string;
}

function targetOf(surface: Surface, theme: Theme): Target | undefined {
  const section = surface.focused();
  if (!section) return undefined;
  if (section.kind === 'table') {
    const set = (filter: string) => {
      surface.view = withTable(surface.view, section.id, { filter });
    };
    return {
      text: () => tableViewOf(surface.view, section.id).filter,
      set,
      clear: () => set(''),
      note: () => '',
    };
  }
  const { view } = surface;
  const from = { section: section.id, line: view.scroll[section.id] ?? 0 };
  return {
    text: () => surface.view.find?.text ?? '',
    set: (text) => search(surface, text, from, theme),
    clear: () => {
      surface.view = { ...view, find: undefined };
    },
    note: () => countText(surface.view.find),
  };
}

const countText = (find: FindView | undefined): string =>
  !find || find.text === '' ? '' : find.total === 0 ? 'no match   ' : `${find.position} of ${find.total}   `;

/** Opens the input line of the filter or search; each letter applies at once. */
export function editFilter(screen: Screen): void {
  const { surface, theme } = screen;
  const target = surface && targetOf(surface, theme);
  if (!surface || !target) {
    refuseTyping(screen.layers, 'filter: nothing to filter here');
    return;
  }
  const layer: LineLayer = {
    kind: 'line',
    draw: (columns) => {
      const help = `${target.note()}regular expression, ~fuzzy, !not   enter apply   esc clear `;
      const text = target.text();
      const room = Math.max(8, columns - help.length - 3);
      const shown = `${theme.paint('key', ' /')}${fit(text.slice(-room), Math.min(room, text.length))}${theme.paint('selected', ' ')}`;
      return columns > help.length + 12
        ? `${shown}${theme.paint('dim', help.padStart(columns - 3 - Math.min(room, text.length)))}`
        : shown;
    },
    key: (event) => {
      const key = event.kind === 'key' ? event.name : '';
      if (key === 'enter') screen.layers.remove(layer);
      else if (key === 'esc') layer.cancel();
      else if (key === 'backspace' && target.text() === '') screen.layers.remove(layer);
      else if (key === 'up' || key === 'down') {
        screen.layers.remove(layer);
        screen.act(key);
      } else {
        const next = edited(target.text(), event);
        if (next !== undefined) target.set(next);
      }
    },
    cancel: () => {
      target.clear();
      screen.layers.remove(layer);
    },
  };
  screen.layers.push(layer);
}
