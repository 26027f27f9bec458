import { plain } from '../lib/plain.ts';
import { tableViewOf } from '../ui/pane-view.ts';
import { headOf } from '../ui/table.ts';
import { arranged } from '../ui/view-settings.ts';
import { arrange } from './arrange.ts';
import type { Screen } from './screen.ts';
import { changeTable } from './surface-actions.ts';

/** Orders, hides and shows the columns of the focused table. */
export async function arrangeColumns(screen: Screen): Promise<void> {
  const { surface } = screen;
  const focused = surface?.focused();
  const section = surface?.whole().find(({ id }) => id === focused?.id);
  if (!surface || section?.kind !== 'table') return;
  const { columns, hidden } = tableViewOf(surface.view, section.id);
  const items = arranged(section.columns, columns, new Set(), ({ id }) => id).map((column) => ({
    ...column,
    title: headOf(column.title),
  }));
  const chosen = await arrange(
    screen.layers,
    { title: `Columns of ${plain(section.title)}`, items, hidden },
    screen.changed,
  );
  if (!chosen || screen.surface !== surface) return;
  const own = section.columns.map(({ id }) => id);
  const isOwn = chosen.order.every((id, i) => id === own[i]);
  changeTable(surface, () => ({ columns: isOwn ? [] : chosen.order, hidden: new Set(chosen.hidden) }));
}

/** Orders the tabs of the panes, hides and shows them; their keys stay. */
export async function arrangePanes(screen: Screen): Promise<void> {
  const { watch } = screen;
  if (!watch) return;
  const tabs = watch.tabs();
  const items = tabs.map(({ id, title }) => ({ id, title, about: watch.whyAbsent(id) ?? '' }));
  const hidden = new Set(tabs.flatMap((tab) => (tab.hidden ? [tab.id] : [])));
  const chosen = await arrange(screen.layers, { title: 'Panes', items, hidden }, screen.changed);
  if (chosen) watch.arrange(chosen);
}

/** Saves the panes as they are: order, hidden ones, columns, sort, filters, layout. */
export async function saveViews(screen: Screen): Promise<void> {
  const { watch, own } = screen;
  if (!watch) return;
  if (!own.save) {
    screen.notify('save views: this session has no config file');
    return;
  }
  const { path, overridden } = own.save(watch.viewSettings());
  const line = `saved: ${plain(path)}`;
  if (!screen.written.includes(line)) screen.written.push(line);
  screen.notify(overridden.length === 0 ? line : `${line}; config.toml overrides ${overridden.join(', ')}`);
}
