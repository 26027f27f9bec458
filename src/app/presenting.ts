import type { ActionId, Keymap } from '../keymap.ts';
import type { Screen } from './screen.ts';

/** Time that a pressed key stays on the screen. */
const SHOWN_MS = 5000;
/** Most pressed keys on the screen. */
const MOST_SHOWN = 4;

/** Pressed key as shown to the audience. */
export interface PressedKey {
  readonly key: string;
  /** Title of its action. */
  readonly title: string;
  /** Presses in a row. */
  readonly times: number;
  readonly atMs: number;
}

/** State of a shared screen: recently pressed keys, and whether a key paused it. */
export class Presenting {
  #pressed: readonly PressedKey[] = [];
  /** Paused by a key that points at something, not by the pause key. */
  frozen = false;

  /** Recently pressed keys, the newest last. */
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

/** Turns presenting on or off; redaction stays on until `X`. */
export function togglePresenting(screen: Screen): void {
  if (screen.presenting) {
    endFreeze(screen);
    screen.presenting = undefined;
    screen.notify(screen.redaction.on ? 'presenting off; names stay redacted until X' : 'presenting off');
    return;
  }
  startPresenting(screen);
}

export function startPresenting(screen: Screen): void {
  // An open page may hold texts that are not redacted.
  if (!screen.redaction.on) screen.layers.clear();
  screen.redaction.set(true);
  screen.presenting = new Presenting();
  screen.notify('presenting on: moving pauses, p resumes');
}

/** Keys that point at something on the screen; it must not move while it is talked about. */
const POINTING: ReadonlySet<ActionId> = new Set([
  'up',
  'down',
  'page-up',
  'page-down',
  'top',
  'bottom',
  'half-up',
  'half-down',
  'scroll-left',
  'scroll-right',
  'find-next',
  'find-previous',
  'mark-row',
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

/** Keys to other tabs, which may lack readings at full rate: they resume. */
const ELSEWHERE: ReadonlySet<ActionId> = new Set(['next-tab', 'previous-tab', 'pane', 'go', 'back']);

/** Shows a key before it acts, and pauses for one that points at something. */
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
