import { expect, test } from 'vitest';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { plainTableView } from '../../src/ui/table-view.ts';
import { settingsOf } from '../../src/ui/view-settings.ts';

const withFilter = (filter: string) =>
  settingsOf({ ...plainPaneView, tables: { osds: { ...plainTableView, filter } } });

test('settingsOf leaves out a blank filter, which a config file may not have', () => {
  expect(withFilter(' ')).toBeUndefined();
  expect(withFilter('a ')).toEqual({ tables: { osds: { filter: 'a ' } } });
});
