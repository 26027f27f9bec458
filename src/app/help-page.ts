import { keyLabel, keyOfPane, type Group, type Keymap } from '../keymap.ts';
import type { CustomCommand } from '../debugger/custom-command.ts';
import { label, plain } from '../lib/plain.ts';
import { fit } from '../lib/text-width.ts';
import type { LinesSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { wrap } from './box.ts';
import { commandText } from './command-flow.ts';

const GROUPS: readonly Group[] = ['Details', 'Table', 'Move', 'Time', 'Tools', 'Session'];
const KEYS_COLUMNS = 14;

/** Keys and what they do. */
interface Entry {
  readonly keys: readonly string[];
  readonly about: string;
}

/** Bound keys by group, the key of each pane, and the commands of the person. */
export function helpSections(
  keymap: Keymap,
  panes: readonly { readonly id: string; readonly title: string; readonly absent?: boolean }[],
  commands: readonly CustomCommand[] = [],
): readonly LinesSection[] {
  const named = panes.map(({ id, title, absent }): Entry => {
    const key = keyOfPane(keymap, id);
    return {
      keys: key === undefined ? [] : [key],
      about: `${label(title)}${absent ? ', not shown on this host' : ''}`,
    };
  });
  const groups = GROUPS.map((group) => {
    const actions = keymap.actions.filter((action) => action.group === group && action.id !== 'pane');
    return keySection(
      group,
      actions.map(({ keys, textKeys, about }) => ({
        keys,
        about: textKeys ? `${about} In a text also ${textKeys.join(', ')}.` : about,
      })),
    );
  });
  const own = commands.map((command): Entry => ({
    keys: command.key === undefined ? [] : [command.key],
    about: `${plain(command.name)}: ${commandText(command)}`,
  }));
  return [
    ...groups,
    keySection('Panes', named),
    ...(own.length > 0 ? [keySection('Commands of the config file', own)] : []),
  ];
}

function keySection(title: string, entries: readonly Entry[]): LinesSection {
  const rows = (columns: number) =>
    entries.flatMap(({ keys, about }) =>
      wrap(about, columns - KEYS_COLUMNS - 1).map((words, i) => ({ keys: i === 0 ? keys : [], words })),
    );
  return {
    kind: 'lines',
    id: title,
    title,
    sources: [],
    minColumns: 40,
    wantRows: (columns) => rows(columns).length,
    draw: (columns, most, theme) =>
      rows(columns)
        .slice(0, most)
        .map(({ keys, words }) => `${keysText(keys, theme)} ${words}`),
  };
}

const keysText = (keys: readonly string[], theme: Theme): string =>
  theme.paint(
    'key',
    fit(keys.map((key) => keyLabel(key, theme.ascii)).join(' '), KEYS_COLUMNS, 'left', theme.glyphs.ellipsis),
  );
