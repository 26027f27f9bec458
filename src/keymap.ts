import { actions, type Action, type ActionId } from './key-actions.ts';
import { paneKeys } from './pane-keys.ts';

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

/** Actions with the keys of one person. */
export interface Keymap {
  readonly actions: readonly (Action & { readonly id: ActionId })[];
  /** Action by key name. */
  readonly byKey: ReadonlyMap<string, ActionId>;
  /** Action by key name in a section of text, before `byKey`: space turns a page there, as in less. */
  readonly byTextKey: ReadonlyMap<string, ActionId>;
  /** Id of a pane by its key; a key that an action took leaves those of the other panes as they are. */
  readonly paneByKey: ReadonlyMap<string, string>;
}

export interface KeymapProblem {
  /** Action id as written. */
  readonly action: string;
  readonly message: string;
}

/**
 * Keymap of the defaults and the keys of a config file: `{zoom: ['Z', 'f3']}`. A configured key is removed from the action
 * that has it by default; an action left without keys, and a key configured for two actions, are problems.
 */
export function resolveKeymap(own: Readonly<Record<string, readonly string[]>> = {}): {
  readonly keymap: Keymap;
  readonly problems: readonly KeymapProblem[];
} {
  const problems: KeymapProblem[] = [];
  const taken = new Map<string, string>();
  for (const [id, keys] of Object.entries(own)) {
    if (!actions.some((action) => action.id === id)) {
      problems.push({ action: id, message: `unknown action "${id}"; list: crashcart keys` });
      continue;
    }
    for (const key of keys) {
      if (!isKeyName(key))
        problems.push({
          action: id,
          message: `"${key}" is not a key: use one character, or a name such as enter, f5, ctrl-x, alt-x`,
        });
      const other = taken.get(key);
      if (other !== undefined)
        problems.push({ action: id, message: `key "${key}" is bound to both ${other} and ${id}` });
      taken.set(key, id);
    }
  }
  const resolved = actions.map((action) => {
    const keys = own[action.id] ?? action.keys.filter((key) => !taken.has(key));
    if (keys.length === 0)
      problems.push({
        action: taken.get(action.keys[0] ?? '') ?? action.id,
        message: `${action.id} is left without a key: bind another one`,
      });
    return { ...action, keys };
  });
  const byKey = new Map<string, ActionId>();
  const byTextKey = new Map<string, ActionId>();
  for (const { id, keys, textKeys = [] } of resolved) {
    for (const key of keys) byKey.set(key, id);
    for (const key of textKeys) if (!taken.has(key)) byTextKey.set(key, id);
  }
  const paneByKey = new Map(
    paneKeys.flatMap(({ key, pane }, i) => {
      const bound = own['pane'] ? own['pane'][i] : key;
      return bound !== undefined && byKey.get(bound) === 'pane' ? [[bound, pane] as const] : [];
    }),
  );
  return { keymap: { actions: resolved, byKey, byTextKey, paneByKey }, problems };
}

/** Action of a key, in a section of text or elsewhere. */
export const actionOf = (keymap: Keymap, key: string, inText: boolean): ActionId | undefined =>
  (inText ? keymap.byTextKey.get(key) : undefined) ?? keymap.byKey.get(key);

/** Key of a pane; undefined for one without. */
export const keyOfPane = ({ paneByKey }: Keymap, pane: string): string | undefined =>
  [...paneByKey].find(([, id]) => id === pane)?.[0];

/** Label of a key: `↵` for enter, `^X` for ctrl-x; names with `--ascii`. */
export function keyLabel(key: string, ascii = false): string {
  if (key.startsWith('ctrl-')) return `^${key.slice(5).toUpperCase()}`;
  if (ascii) return key;
  return LABELS[key] ?? (/^f\d+$/.test(key) ? key.toUpperCase() : key);
}

/** Label of the first key of an action. */
export const labelOf = ({ actions: all }: Keymap, id: ActionId, ascii = false): string =>
  keyLabel(all.find((action) => action.id === id)?.keys[0] ?? '', ascii);

const LABELS: Readonly<Record<string, string>> = {
  enter: '↵',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  'shift-tab': '⇧tab',
};
