import { keyLabel, type Group, type Keymap } from '../keymap.ts';
import { fit } from '../lib/text-width.ts';
import type { LinesSection } from '../panes/pane.ts';
import { wrap } from './box.ts';

const GROUPS: readonly Group[] = ['Details', 'Table', 'Move', 'Time', 'Tools', 'Session'];
const KEYS_COLUMNS = 14;

/** Bound keys by group. */
export const helpSections = (keymap: Keymap): readonly LinesSection[] =>
  GROUPS.map((group) => {
    const entries = keymap.actions.filter((action) => action.group === group);
    const rows = (columns: number) =>
      entries.flatMap(({ keys, about }) =>
        wrap(about, columns - KEYS_COLUMNS - 1).map((words, i) => ({ keys: i === 0 ? keys : [], words })),
      );
    return {
      kind: 'lines',
      id: group,
      title: group,
      sources: [],
      minColumns: 40,
      wantRows: (columns) => rows(columns).length,
      draw: (columns, most, theme) =>
        rows(columns)
          .slice(0, most)
          .map(({ keys, words }) => {
            const labels = keys.length > 4 ? [keys[0] ?? '', '…', keys.at(-1) ?? ''] : keys;
            const text = labels
              .map((key) => (key === '…' ? theme.glyphs.ellipsis : keyLabel(key, theme.ascii)))
              .join(' ');
            return `${theme.paint('key', fit(text, KEYS_COLUMNS, 'left', theme.glyphs.ellipsis))} ${words}`;
          }),
    };
  });
