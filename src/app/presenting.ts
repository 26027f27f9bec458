import type { ActionId, Keymap } from '../keymap.ts';
import type { Screen } from './screen.ts';

/** How long a key that was pressed stays to be seen. */
const SHOWN_MS = 5000;
/** More of them nobody follows. */
const MOST_SHOWN = 4;

/** A key that was pressed, as those who watch are told. */
export interface PressedKey {
  readonly key: string;
  /** What it does, in a word or two. */
  readonly title: string;
  /** How often in a row. */
  readonly times: number;
  readonly atMs: number;
}

/** What others see of a screen that is shared: which keys were pressed, and whether a key made it stand still. */
export class Presenting {
  #pressed: readonly PressedKey[] = [];
  /** It stands still because something was pointed at, not because somebody paused it. */
  frozen = false;

  /** Keys pressed lately, the newest last. */
  pressed(nowMs: number): readonly PressedKey[] {
    return this.#pressed.filter(({ atMs }) => nowMs - atMs < SHOWN_MS);
  }

  press(key: string, title: string, atMs: number): void {
    const before = this.pressed(atMs);
    const last = before.at(-1);
    const same = last?.key === key;
    const next = { key, title, times: same ? last.times + 1 : 1, atMs };
    this.#pressed = [...(same ? before.slice(0, -1) : before), next].slice(-MOST_SHOWN);
  }
}

/** Shows the screen to others: names hidden from now on, whatever comes. Again: back; names stay hidden until `X` lifts that. */
export function togglePresenting(screen: Screen): void {
  if (screen.presenting) {
    endFreeze(screen);
    screen.presenting = undefined;
    screen.say(screen.veil.on ? 'no longer presenting; names stay hidden until X' : 'no longer presenting');
    return;
  }
  startPresenting(screen);
}

export function startPresenting(screen: Screen): void {
  // A page may hold words that were made before.
  if (!screen.veil.on) screen.layers.clear();
  screen.veil.set(true);
  screen.presenting = new Presenting();
  screen.say('presenting: what you move about in stands still, space goes on');
}

/** Keys that point at something on the screen: it must still be there when one has read it out. */
const POINTING: ReadonlySet<ActionId> = new Set([
  'up',
  'down',
  'page-up',
  'page-down',
  'top',
  'bottom',
  'next-section',
  'previous-section',
  'detail',
  'filter',
  'sort',
  'sort-next',
  'sort-previous',
  'invert',
  'tree',
  'fold',
]);

/** What is behind them may never have been read at full rate: it goes on with what is read now. */
const ELSEWHERE: ReadonlySet<ActionId> = new Set(['next-tab', 'previous-tab', 'tab-number', 'go', 'back']);

/** A key is about to act: those who watch see it, and what is pointed at stands still. */
export function beforeKey(screen: Screen, key: string, action: Keymap['actions'][number]): void {
  const { presenting, watch } = screen;
  if (!presenting) return;
  presenting.press(key, action.title, screen.clock());
  if (!watch) return;
  if (POINTING.has(action.id)) presenting.frozen = watch.time.freeze() || presenting.frozen;
  else if (action.id === 'pause') presenting.frozen = false;
  else if (ELSEWHERE.has(action.id)) endFreeze(screen);
}

function endFreeze({ presenting, watch }: Screen): void {
  if (!presenting?.frozen) return;
  presenting.frozen = false;
  watch?.time.unfreeze();
}
