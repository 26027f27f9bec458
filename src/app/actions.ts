import type { ActionId } from '../keymap.ts';
import { rawSections } from './raw-page.ts';
import { openRowReadings } from './row-readings.ts';
import { changesSections } from './changes-page.ts';
import { openTab, palette } from './palette.ts';
import { openReadings } from './open-readings.ts';
import { auditTable, historyLines, hungLines, sourcesTable } from './session-pages.ts';
import { ledgerSections } from './ledger-page.ts';
import { explainer, ledger } from '../subsystems/index.ts';
import { helpSections } from './help-page.ts';
import { copy } from './copy-flow.ts';
import { chooseSort, openPage, unlock } from './flows.ts';
import { editFilter, findNext } from './find.ts';
import { goTo } from './go-to.ts';
import { inBackground as runInBackground } from './background.ts';
import { compare } from './compare-flow.ts';
import { correlateSeries } from './correlate-flow.ts';
import { openDetail } from './detail-page.ts';
import { askConfirm } from './dialogs.ts';
import { openSteps } from './next-steps.ts';
import type { Detail } from '../panes/pane.ts';
import type { Screen } from './screen.ts';
import { focusNext, fold, invert, markRow, move, scrollSide, showTree, sortNext } from './surface-actions.ts';
import { shownMarks } from './recorded-screen.ts';
import { pauseRecording, quitAsking, setMark, takeNote, toggleRecording } from './recording-flow.ts';
import { toggleRedaction } from './redaction-flow.ts';
import { togglePresenting } from './presenting.ts';
import { toggleSharing } from './share-flow.ts';
import { selectedFinding } from './selected-finding.ts';
import { enterSection, noRow } from './row-guard.ts';
import { openTools } from './tools-flow.ts';
import { openTracers } from './tracer-flow.ts';
import { arrangeColumns, arrangePanes, saveViews } from './view-flow.ts';
import { tableViewOf, withTable } from '../ui/pane-view.ts';

/** Runs an action. `key` is the pressed one: that of a pane. */
export function act(screen: Screen, id: ActionId, key: string): void {
  ACTS[id](screen, key);
}

type Act = (screen: Screen, key: string) => void;

const onSurface =
  (change: (surface: NonNullable<Screen['surface']>, screen: Screen) => void): Act =>
  (screen) => {
    if (screen.surface) change(screen.surface, screen);
  };

/** Action on the tabs; closes an open page, which lies over them. */
const onTabs =
  (change: (watch: NonNullable<Screen['watch']>) => void): Act =>
  (screen) => {
    if (!screen.watch) return;
    screen.layers.clear();
    change(screen.watch);
  };

const inBackground =
  (task: (screen: Screen) => Promise<void>): Act =>
  (screen) =>
    runInBackground(screen, task);

const toTheSide = (direction: -1 | 1): Act =>
  onSurface((surface, screen) => {
    if (!scrollSide(surface, direction, screen.theme))
      screen.notify(direction > 0 ? 'nothing further to the right' : 'nothing further to the left');
  });

const ACTS: Readonly<Record<ActionId, Act>> = {
  up: onSurface((surface, { theme }) => move(surface, -1, theme)),
  down: onSurface((surface, { theme }) => move(surface, 1, theme)),
  'page-up': onSurface((surface, { theme }) => move(surface, 'page-up', theme)),
  'page-down': onSurface((surface, { theme }) => move(surface, 'page-down', theme)),
  top: onSurface((surface, { theme }) => move(surface, 'top', theme)),
  bottom: onSurface((surface, { theme }) => move(surface, 'bottom', theme)),
  'half-up': onSurface((surface, { theme }) => move(surface, 'half-up', theme)),
  'half-down': onSurface((surface, { theme }) => move(surface, 'half-down', theme)),
  'scroll-left': toTheSide(-1),
  'scroll-right': toTheSide(1),
  'next-tab': onTabs((watch) => watch.step(1)),
  'previous-tab': onTabs((watch) => watch.step(-1)),
  pane: (screen, key) => openTab(screen, screen.keymap.paneByKey.get(key)),
  'next-section': onSurface((surface) => focusNext(surface, 1)),
  'previous-section': onSurface((surface) => focusNext(surface, -1)),
  zoom: onSurface((surface) => {
    surface.view = { ...surface.view, zoomed: !surface.view.zoomed };
  }),
  detail: (screen) => detail(screen),
  back: (screen) => back(screen),
  go: inBackground(goTo),
  steps: inBackground(openSteps),
  raw: (screen) => raw(screen),
  ledger: (screen) => {
    const session = screen.watch?.session;
    if (session)
      openPage(
        screen,
        'ledger',
        'Ledger',
        ledgerSections(session, { ledger, explainer }, () => screen.clock()),
      );
  },
  copy: inBackground(copy),
  filter: (screen) => editFilter(screen),
  'find-next': onSurface((surface, { theme }) => findNext(surface, 1, theme)),
  'find-previous': onSurface((surface, { theme }) => findNext(surface, -1, theme)),
  'mark-row': onSurface((surface, screen) => {
    if (!markRow(surface, screen.theme)) screen.notify(`mark row: ${noRow(surface, screen.theme)}`);
  }),
  sort: inBackground(chooseSort),
  'sort-next': onSurface((surface) => sortNext(surface, 1)),
  'sort-previous': onSurface((surface) => sortNext(surface, -1)),
  columns: inBackground(arrangeColumns),
  invert: onSurface((surface) => invert(surface)),
  tree: onSurface(showTree),
  fold: onSurface((surface, screen) => {
    if (!fold(surface, screen.theme)) screen.notify(`fold: ${noRow(surface, screen.theme)}`);
  }),
  pause: (screen) => screen.watch?.time.pause(),
  'step-back': (screen) => screen.watch?.time.step(-1, screen.watch.sourceIds()),
  'step-forward': (screen) => screen.watch?.time.step(1, screen.watch.sourceIds()),
  'mark-back': (screen) => jump(screen, -1),
  'mark-forward': (screen) => jump(screen, 1),
  compare: inBackground(compare),
  changes: (screen) => {
    const { watch } = screen;
    if (watch) openPage(screen, 'changes', 'What changed', () => changesSections(watch.changesInput()));
  },
  correlate: inBackground(correlateSeries),
  slower: (screen) => screen.watch?.session.replay?.changeSpeed(-1),
  faster: (screen) => screen.watch?.session.replay?.changeSpeed(1),
  marker: inBackground(async (screen) => setMark(screen, '')),
  note: inBackground(takeNote),
  record: inBackground(toggleRecording),
  'record-pause': (screen) => pauseRecording(screen),
  redact: (screen) => toggleRedaction(screen),
  present: (screen) => togglePresenting(screen),
  share: inBackground(toggleSharing),
  tools: inBackground(openTools),
  tracers: inBackground(openTracers),
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
        ...hungLines(session),
        historyLines(session, screen.clock()),
      ]);
  },
  arrange: inBackground(arrangePanes),
  'save-views': inBackground(saveViews),
  palette: inBackground(palette),
  redraw: (screen) => screen.terminal.redraw(),
  help: (screen) => {
    const sections = helpSections(screen.keymap, screen.watch?.tabs() ?? [], screen.own.commands);
    openPage(screen, 'help', 'Keys', () => sections);
  },
  quit: inBackground(quit),
  leave: inBackground(leave),
};

/** Ctrl-C quits as `q` does without a page; after a tool it closes the page of its output. */
async function leave(screen: Screen): Promise<void> {
  const { page } = screen.layers;
  if (page?.closesOnLeave) screen.layers.remove(page);
  else await quitAsking(screen);
}

/** `q` closes an open page, as in a pager; without one it quits. */
async function quit(screen: Screen): Promise<void> {
  const { page } = screen.layers;
  if (page) screen.layers.remove(page);
  else await quitAsking(screen);
}

function jump(screen: Screen, direction: -1 | 1): void {
  const marks = screen.watch?.time.jump(direction);
  if (marks) {
    const words = shownMarks(screen, marks).map(({ kind, text }) => (text === '' ? kind : `${kind}: ${text}`));
    screen.notify(words.join(' · '));
  } else screen.notify(direction < 0 ? 'no earlier mark' : 'no later mark');
}

function detail(screen: Screen): void {
  const { surface, theme } = screen;
  const selected = surface?.selected(theme);
  if (!surface || !selected) {
    enterSection(screen, 'open');
    return;
  }
  const { section, row } = selected;
  surface.pin(theme);
  const host = section.host?.(row);
  if (host !== undefined) {
    runInBackground(screen, async ({ consoles }) => consoles?.open(host));
    return;
  }
  const found = section.detail?.(row);
  if (found?.consent) runInBackground(screen, () => openAgreed(screen, found, found.consent));
  else if (found) openDetail(screen, found);
  else if (section.enter === 'link') screen.act('go');
  else screen.notify('no details for this row');
}

/** Opens a detail that needs consent, once it is given. */
async function openAgreed(screen: Screen, found: Detail, consent: Detail['consent']): Promise<void> {
  if (consent && (await askConfirm(screen.layers, { title: found.title, ...consent }))) openDetail(screen, found);
}

/** One step back: zoom, search, filter, marks, page, the row where `go` was pressed, the matrix of the fleet. */
function back(screen: Screen): void {
  const { surface, layers } = screen;
  if (!surface) return;
  const section = surface.focused();
  const table = section?.kind === 'table' ? tableViewOf(surface.view, section.id) : undefined;
  if (surface.view.zoomed) surface.view = { ...surface.view, zoomed: false };
  else if (surface.view.find) surface.view = { ...surface.view, find: undefined };
  else if (section && table && table.filter !== '') surface.view = withTable(surface.view, section.id, { filter: '' });
  else if (section && table && table.marked.size > 0)
    surface.view = withTable(surface.view, section.id, { marked: new Set() });
  else if (layers.page) layers.remove(layers.page);
  else if (!screen.watch?.back()) screen.consoles?.back();
}

function raw(screen: Screen): void {
  const { surface, watch } = screen;
  if (!surface || !watch) return;
  const finding = selectedFinding(screen);
  if (finding && openReadings(screen, finding)) return;
  const selected = surface.selected(screen.theme);
  if (selected && selected.section.sources.length > 0) {
    openRowReadings(screen, selected, watch.session);
    return;
  }
  const section = surface.focused();
  const ids = section && section.sources.length > 0 ? section.sources : watch.sourceIds();
  const sections = rawSections(watch.session, ids, screen.clock());
  // Readings of the time of the key press: they do not change while the page is open.
  openPage(screen, 'raw', `Raw: ${section?.title ?? surface.title}`, () => sections);
}
