import type { Section } from '../panes/pane.ts';
import { tableViewOf } from '../ui/pane-view.ts';
import { choose } from './choose.ts';
import { askSecret, showMessage } from './dialogs.ts';
import { unlockFleet } from './fleet-unlock.ts';
import type { Screen } from './screen.ts';
import { Surface } from './surface.ts';
import { changeTable, sortedBy } from './surface-actions.ts';

/** Opens a page of sections over the tab. */
export function openPage(screen: Screen, id: string, title: string, sections: () => readonly Section[]): void {
  screen.layers.push({ kind: 'page', surface: new Surface({ id, title, sections }) });
}

export async function chooseSort(screen: Screen): Promise<void> {
  const { surface } = screen;
  const section = surface?.focused();
  if (!surface || section?.kind !== 'table') return;
  const current = tableViewOf(surface.view, section.id).sort ?? section.sort.column;
  const choices = section.columns.map(({ id, title, about }) => ({ value: id, title, about }));
  const selected = Math.max(
    0,
    choices.findIndex(({ value }) => value === current),
  );
  const column = await choose(screen.layers, { title: 'Sort by', choices, selected }, screen.changed);
  if (column !== undefined) changeTable(surface, (_, table) => sortedBy(table, column));
}

/** `sudo -n` where it worked before, then one try with the sudo password. */
export async function unlock(screen: Screen): Promise<void> {
  const live = screen.watch?.session.live;
  if (!live) return unlockFleet(screen);
  const { state } = live.link();
  if (state === 'lost' || state === 'closed') return screen.notify('sudo: not connected');
  const before = live.root();
  if (before.state === 'lost' && before.retryAtMs !== undefined) {
    screen.notify('running sudo');
    const problem = await live.reopenRoot();
    if (problem === undefined) return screen.notify(ROOT_OPEN);
    if (live.root().state !== 'password')
      return showMessage(screen.layers, { title: 'sudo', lines: [`sudo -n failed: ${problem}`] });
  }
  const root = live.root();
  const detail = 'detail' in root ? `${root.detail}. ` : '';
  const prompt = `${detail}The password is passed to sudo on ${live.name} once and is not stored.`;
  const password = await askSecret(screen.layers, { title: 'sudo', prompt }, screen.changed);
  if (password === undefined) return;
  screen.notify('running sudo');
  const { reason } = await live.unlockRoot(password);
  if (reason === undefined) screen.notify(ROOT_OPEN);
  else await showMessage(screen.layers, { title: 'sudo', lines: [reason] });
}

const ROOT_OPEN = 'root: reads that need root are on';
