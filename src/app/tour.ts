import { keyLabel, keyOfPane, type Keymap } from '../keymap.ts';
import { padStyled } from '../lib/text-width.ts';
import type { Theme } from '../theme.ts';
import { wrap } from './box.ts';
import type { InputEvent } from './key-parser.ts';
import type { Screen } from './screen.ts';
import { TOUR, type TourStep } from './tour-steps.ts';

/** Lines of the tour above the time bar; more on a screen below 80 columns. */
export const TOUR_ROWS = 2;

/** Guided tour: keys of its step, or Enter and space in their place, act and lead on; others do nothing. */
export class Tour {
  #at = 0;

  get step(): TourStep | undefined {
    return TOUR[this.#at];
  }

  get number(): number {
    return this.#at + 1;
  }

  next(): void {
    this.#at++;
  }
}

/** Keys of a step, by the keymap of the user. */
function keysOf({ action, pane, on }: TourStep, keymap: Keymap): readonly string[] {
  const paneKey = pane === undefined ? undefined : keyOfPane(keymap, pane);
  if (paneKey !== undefined) return [paneKey];
  // In a list the selected entry is taken by Enter alone.
  return on === 'dialog' ? ['enter'] : (keymap.actions.find(({ id }) => id === action)?.keys ?? []);
}

/** The event that the screen takes while the tour runs; undefined for one that the tour has taken. */
export function tourInput(screen: Screen, event: InputEvent): InputEvent | undefined {
  const { tour, keymap } = screen;
  const step = tour?.step;
  if (!tour || !step || event.kind !== 'key' || !screen.watch) return event.kind === 'key' ? event : undefined;
  if (keymap.byKey.get(event.name) === 'leave') return event;
  const keys = keysOf(step, keymap);
  const [key = ''] = keys;
  if (event.name === 'esc' && !keys.includes('esc')) {
    screen.tour = undefined;
    screen.notify('tour left: the demo stays, ? lists all keys');
    return undefined;
  }
  const isDone = keys.includes(event.name) || event.name === 'enter' || event.name === 'space';
  if (!isDone || layerOf(screen) !== step.on) {
    screen.notify(`tour: press ${keyLabel(key, screen.theme.ascii)}, or Enter to run the step; esc leaves`);
    return undefined;
  }
  tour.next();
  if (!tour.step) screen.tour = undefined;
  return { kind: 'key', name: key, text: key.length === 1 ? key : '' };
}

function layerOf({ layers }: Screen): TourStep['on'] | undefined {
  const { top } = layers;
  if (!top) return 'pane';
  return top.kind === 'page' ? 'page' : top.kind === 'box' ? 'dialog' : undefined;
}

/** Text of the step with its key; at least `TOUR_ROWS` lines, so that the screen does not jump. */
export function tourLines(tour: Tour, keymap: Keymap, columns: number, theme: Theme): readonly string[] {
  const { step } = tour;
  if (!step) return [];
  const [key = ''] = keysOf(step, keymap);
  const place = `${tour.number}/${TOUR.length}`;
  const label = ` ${keyLabel(key, theme.ascii)} `;
  const indent = place.length + label.length + 3;
  const texts = wrap(step.text, columns - indent - 1);
  const first = ` ${theme.paint('dim', place)} ${theme.paint('selected', label)} `;
  return Array.from({ length: Math.max(TOUR_ROWS, texts.length) }, (_, row) =>
    padStyled((row === 0 ? first : ' '.repeat(indent)) + theme.paint('title', texts[row] ?? ''), columns),
  );
}

/** Keys of the tour in place of those of the pane. */
export const tourFoot = (columns: number, theme: Theme): string =>
  padStyled(
    [
      ['Enter', 'run the step'],
      ['esc', 'leave the tour'],
    ]
      .map(([key = '', title = '']) => ` ${theme.paint('key', key)} ${theme.paint('dim', title)} `)
      .join(''),
    columns,
  );
