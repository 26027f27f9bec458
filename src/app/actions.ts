import type { ActionId } from '../keymap.ts';
import { rawSections } from './raw-page.ts';
import { auditTable, keptLines, sourcesTable } from './session-pages.ts';
import { helpSections } from './help-page.ts';
import { chooseSort, copy, editFilter, goTo, openPage, palette, unlock } from './flows.ts';
import { tellMessage } from './dialogs.ts';
import { compare } from './compare-flow.ts';
import { openDetail } from './detail-page.ts';
import type { Screen } from './screen.ts';
import { focusNext, fold, invert, move, showTree, sortNext } from './surface-actions.ts';
import { quitAsking, takeNote, toggleRecording } from './recording-flow.ts';
import { toggleVeil } from './veil-flow.ts';
import { togglePresenting } from './presenting.ts';
import { enterSection, noRow } from './row-guard.ts';
import { openTools } from './tools-flow.ts';
import { tableViewOf, withTable } from '../ui/pane-view.ts';

/** What each action does. `place` is where the key stands in the action's list: it numbers the tabs. */
export function act(screen: Screen, id: ActionId, place: number): void {
  ACTS[id](screen, place);
}

type Act = (screen: Screen, place: number) => void;

const onSurface =
  (change: (surface: NonNullable<Screen['surface']>, screen: Screen) => void): Act =>
  (screen) => {
    if (screen.surface) change(screen.surface, screen);
  };

/** Tabs are below an open page: turning to one closes it. */
const onTabs =
  (change: (watch: NonNullable<Screen['watch']>, place: number) => void): Act =>
  (screen, place) => {
    if (!screen.watch) return;
    screen.layers.clear();
    change(screen.watch, place);
  };

/** Asks something first; the screen goes on meanwhile, and what goes wrong is told. */
const inBackground =
  (task: (screen: Screen) => Promise<void>): Act =>
  (screen) => {
    const run = async () => {
      try {
        await task(screen);
      } catch (error) {
        const words = error instanceof Error ? error.message : String(error);
        await tellMessage(screen.layers, { title: 'That did not work', lines: [words] });
      }
      screen.changed();
    };
    void run();
  };

const ACTS: Readonly<Record<ActionId, Act>> = {
  up: onSurface((surface, { theme }) => move(surface, -1, theme)),
  down: onSurface((surface, { theme }) => move(surface, 1, theme)),
  'page-up': onSurface((surface, { theme }) => move(surface, 'page-up', theme)),
  'page-down': onSurface((surface, { theme }) => move(surface, 'page-down', theme)),
  top: onSurface((surface, { theme }) => move(surface, 'top', theme)),
  bottom: onSurface((surface, { theme }) => move(surface, 'bottom', theme)),
  'next-tab': onTabs((watch) => watch.step(1)),
  'previous-tab': onTabs((watch) => watch.step(-1)),
  'tab-number': onTabs((watch, place) => watch.openAt(place)),
  'next-section': onSurface((surface) => focusNext(surface, 1)),
  'previous-section': onSurface((surface) => focusNext(surface, -1)),
  zoom: onSurface((surface) => {
    surface.view = { ...surface.view, zoomed: !surface.view.zoomed };
  }),
  detail: (screen) => detail(screen),
  back: (screen) => back(screen),
  go: inBackground(goTo),
  raw: (screen) => raw(screen),
  copy: inBackground(copy),
  filter: (screen) => editFilter(screen),
  sort: inBackground(chooseSort),
  'sort-next': onSurface((surface) => sortNext(surface, 1)),
  'sort-previous': onSurface((surface) => sortNext(surface, -1)),
  invert: onSurface((surface) => invert(surface)),
  tree: onSurface(showTree),
  fold: onSurface((surface, screen) => {
    if (!fold(surface, screen.theme)) screen.say(`fold: ${noRow(surface, screen.theme)}`);
  }),
  pause: (screen) => screen.watch?.time.pause(),
  'step-back': (screen) => screen.watch?.time.step(-1, screen.watch.sourceIds()),
  'step-forward': (screen) => screen.watch?.time.step(1, screen.watch.sourceIds()),
  'mark-back': (screen) => jump(screen, -1),
  'mark-forward': (screen) => jump(screen, 1),
  compare: inBackground(compare),
  slower: (screen) => screen.watch?.session.replay?.changeSpeed(-1),
  faster: (screen) => screen.watch?.session.replay?.changeSpeed(1),
  marker: (screen) => {
    screen.watch?.session.mark?.('');
    screen.say('marked');
  },
  note: inBackground(takeNote),
  record: inBackground(toggleRecording),
  redact: (screen) => toggleVeil(screen),
  present: (screen) => togglePresenting(screen),
  tools: inBackground(openTools),
  unlock: inBackground(unlock),
  audit: (screen) => {
    const session = screen.watch?.session;
    if (session) openPage(screen, 'audit', 'Audit log', () => [auditTable(session)]);
  },
  sources: (screen) => {
    const session = screen.watch?.session;
    if (session)
      openPage(screen, 'sources', 'Sources', () => [
        sourcesTable(session, screen.clock()),
        keptLines(session, screen.clock()),
      ]);
  },
  palette: inBackground(palette),
  redraw: (screen) => screen.terminal.redraw(),
  help: (screen) => {
    const sections = helpSections(screen.keymap);
    openPage(screen, 'help', 'Keys', () => sections);
  },
  quit: inBackground(quit),
  leave: (screen) => screen.terminal.quit(),
};

/** Leaving a page is what `q` means there, as in a pager; on a tab it leaves the program. */
async function quit(screen: Screen): Promise<void> {
  const { page } = screen.layers;
  if (page) screen.layers.remove(page);
  else await quitAsking(screen);
}

function jump(screen: Screen, direction: -1 | 1): void {
  const there = screen.watch?.time.jump(direction);
  if (there) screen.say(there.map(({ kind, text }) => (text === '' ? kind : `${kind}: ${text}`)).join(' · '));
  else screen.say(direction < 0 ? 'nothing is marked before this' : 'nothing is marked after this');
}

function detail(screen: Screen): void {
  const { surface, theme } = screen;
  const selected = surface?.selected(theme);
  if (!surface || !selected) {
    enterSection(screen, 'detail');
    return;
  }
  const { section, row } = selected;
  surface.pin(theme);
  const found = section.detail?.(row);
  if (found) openDetail(screen, found);
  else screen.say('there is no closer look at this row');
}

/** One step back: page, zoom, filter, then where `go` was pressed. */
function back(screen: Screen): void {
  const { surface, layers } = screen;
  if (!surface) return;
  const section = surface.focused();
  if (surface.view.zoomed) surface.view = { ...surface.view, zoomed: false };
  else if (section?.kind === 'table' && tableViewOf(surface.view, section.id).filter !== '')
    surface.view = withTable(surface.view, section.id, { filter: '' });
  else if (layers.page) layers.remove(layers.page);
  else screen.watch?.back();
}

function raw(screen: Screen): void {
  const { surface, watch } = screen;
  if (!surface || !watch) return;
  const section = surface.focused();
  const ids = section && section.sources.length > 0 ? section.sources : watch.sourceIds();
  const sections = rawSections(watch.session, ids, screen.clock());
  // Word for word what stood behind the screen when the key was pressed: it does not move while it is read.
  openPage(screen, 'raw', `Raw: ${section?.title ?? surface.title}`, () => sections);
}
