import type { Section } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { clipboardSize, MAX_COPY_BYTES, plainLines, tableText, type CopyFormat } from '../ui/copy.ts';
import { contentColumns } from '../ui/draw-pane.ts';
import { tableViewOf } from '../ui/pane-view.ts';
import { cellText } from '../ui/table.ts';
import { choose } from './choose.ts';
import { askSecret, showMessage } from './dialogs.ts';
import type { Screen } from './screen.ts';
import { selectedFinding } from './selected-finding.ts';
import { OVERVIEW } from './watch.ts';
import { Surface, type SelectedRow } from './surface.ts';
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

type CopyWhat = CopyFormat | 'report' | 'row' | 'screen' | 'lines' | 'file';

/** Copies to the clipboard or a file, in a format chosen from a list. */
export async function copy(screen: Screen): Promise<void> {
  const { surface, theme } = screen;
  const section = surface?.focused();
  if (!surface || !section) return;
  // Selection at the key press: rows may move while the list of formats is open.
  const selected = surface.selected(theme);
  const report = shortReportOf(screen);
  const short = { value: 'report', title: 'Short report', about: 'up to 15 lines, for a comment in a case' } as const;
  const whole = { value: 'screen', title: 'Whole screen', about: 'as text' } as const;
  const file = { value: 'file', title: 'To a file', about: 'whole section as text, in the current directory' } as const;
  const choices: readonly { readonly value: CopyWhat; readonly title: string; readonly about: string }[] =
    section.kind === 'table'
      ? [
          { value: 'text', title: 'Table as text', about: 'all matching rows, all columns, aligned' },
          ...(selected ? [{ value: 'row', title: 'Selected row', about: 'one line per column' } as const] : []),
          { value: 'markdown', title: 'Table as Markdown', about: 'for a ticket' },
          { value: 'tsv', title: 'Table as TSV', about: 'for a spreadsheet' },
          file,
          whole,
        ]
      : [{ value: 'lines', title: section.title, about: 'as text' }, file, whole];
  const what = await choose(
    screen.layers,
    { title: 'Copy', choices: report ? [short, ...choices] : choices },
    screen.changed,
  );
  if (what === undefined) return;
  const text =
    what === 'report'
      ? (report?.() ?? '')
      : what === 'row' && selected
        ? rowText(selected, theme)
        : copyText(surface, section, what, theme);
  if (what === 'file') {
    screen.notify(`saved to ${screen.terminal.save(`${surface.id}-${section.id}`, text)}`);
    return;
  }
  const size = clipboardSize(text);
  if (size > MAX_COPY_BYTES) {
    screen.notify(
      `too large for the clipboard (${size} bytes, limit ${MAX_COPY_BYTES}): filter the rows or copy to a file`,
    );
    return;
  }
  screen.terminal.copy(text);
  const lines = text.split('\n').length;
  screen.notify(`copied ${lines} ${lines === 1 ? 'line' : 'lines'}`);
}

/** Report of the session, offered on the Overview and in the detail of an incident. */
function shortReportOf(screen: Screen): (() => string) | undefined {
  const { watch, shortReport, surface } = screen;
  if (!watch || !shortReport || (surface?.id !== OVERVIEW && !selectedFinding(screen))) return undefined;
  const { session, time } = watch;
  const nowMs = time.atMs;
  return () => shortReport(session, time.startMs ?? nowMs, nowMs).trimEnd();
}

const rowText = ({ section, row }: SelectedRow, theme: Theme): string =>
  section.columns.map((column) => `${column.title}: ${cellText(column, row, theme.glyphs.missing)}`).join('\n');

function copyText(surface: Surface, section: Section, what: CopyWhat, theme: Theme): string {
  if (what === 'screen') return plainLines(surface.drawn?.lines ?? []);
  if (section.kind === 'lines') {
    const box = surface.drawn?.sections.find(({ id }) => id === section.id);
    const columns = contentColumns(section, box?.columns ?? 124);
    return section.copyText?.() ?? plainLines(section.draw(columns, section.wantRows(columns), theme));
  }
  return tableText(
    section,
    tableViewOf(surface.view, section.id),
    what === 'markdown' || what === 'tsv' ? what : 'text',
    theme,
  );
}

/** `sudo -n` where it worked before, then one try with the sudo password. */
export async function unlock(screen: Screen): Promise<void> {
  const live = screen.watch?.session.live;
  if (!live) return;
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
  const problem = await live.unlockRoot(password);
  if (problem === undefined) screen.notify(ROOT_OPEN);
  else await showMessage(screen.layers, { title: 'sudo', lines: [problem] });
}

const ROOT_OPEN = 'root: reads that need root are on';
