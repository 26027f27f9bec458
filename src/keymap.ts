import { actions, type Action, type ActionId } from './key-actions.ts';

export { actions, type Action, type ActionId, type Group, type When } from './key-actions.ts';

const NAMED = new Set(
  (
    'enter esc tab shift-tab space backspace delete insert up down left right home end pgup pgdn ' +
    'f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 f11 f12'
  ).split(' '),
);

/** `enter`, `f5`, `ctrl-x`, `alt-x`, or one character as typed (`G`, `/`). */
export const isKeyName = (name: string): boolean =>
  NAMED.has(name) || /^(?:ctrl-[a-z]|alt-[!-~]|[^\s\p{C}])$/u.test(name);

/** The list as it applies for one person. */
export interface Keymap {
  readonly actions: readonly (Action & { readonly id: ActionId })[];
  /** Key name → action; for `tab-number` the place of the key in its list is the tab. */
  readonly byKey: ReadonlyMap<string, ActionId>;
}

export interface KeymapProblem {
  /** The action at fault, as it was written. */
  readonly action: string;
  readonly message: string;
}

/**
 * The keys with a person's own on top: `{zoom: ['Z', 'f3']}`. An own key that another action has by default is taken
 * from it, unless that leaves the other without any; two own actions on one key are a problem.
 */
export function resolveKeymap(own: Readonly<Record<string, readonly string[]>> = {}): {
  readonly keymap: Keymap;
  readonly problems: readonly KeymapProblem[];
} {
  const problems: KeymapProblem[] = [];
  const taken = new Map<string, string>();
  for (const [id, keys] of Object.entries(own)) {
    if (!actions.some((action) => action.id === id)) {
      problems.push({ action: id, message: `there is no action "${id}"; the list is in: crashcart keys` });
      continue;
    }
    for (const key of keys) {
      if (!isKeyName(key))
        problems.push({
          action: id,
          message: `"${key}" is not a key: write one character, or a name such as enter, f5, ctrl-x, alt-x`,
        });
      const other = taken.get(key);
      if (other !== undefined)
        problems.push({ action: id, message: `the key "${key}" is given to both ${other} and ${id}: keep one` });
      taken.set(key, id);
    }
  }
  const resolved = actions.map((action) => {
    const keys = own[action.id] ?? action.keys.filter((key) => !taken.has(key));
    if (keys.length === 0)
      problems.push({
        action: taken.get(action.keys[0] ?? '') ?? action.id,
        message: `${action.id} would be left without a key: give it another one as well`,
      });
    return { ...action, keys };
  });
  const byKey = new Map<string, ActionId>();
  for (const { id, keys } of resolved) for (const key of keys) byKey.set(key, id);
  return { keymap: { actions: resolved, byKey }, problems };
}

/** How a key is shown: `↵` for enter, `^X` for ctrl-x; words in `--ascii`. */
export function keyLabel(key: string, ascii = false): string {
  if (key.startsWith('ctrl-')) return `^${key.slice(5).toUpperCase()}`;
  if (ascii) return key;
  return LABELS[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : key);
}

const LABELS: Readonly<Record<string, string>> = {
  enter: '↵',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'shift-tab': '⇧tab',
};
