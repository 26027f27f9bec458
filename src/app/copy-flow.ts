import { cutStyled, dropStyled } from '../lib/text-width.ts';
import { bytes } from '../lib/units.ts';
import type { Section, TableSection } from '../panes/pane.ts';
import type { Theme } from '../theme.ts';
import { clipboardSize, MAX_COPY_BYTES, plainLines, tableText, type CopyFormat } from '../ui/copy.ts';
import { contentColumns } from '../ui/draw-pane.ts';
import { isBare, tableViewOf } from '../ui/pane-view.ts';
import { cellText, markedRows } from '../ui/table.ts';
import { choose, type Choice } from './choose.ts';
import { askConfirm } from './dialogs.ts';
import type { Screen } from './screen.ts';
import { selectedFinding } from './selected-finding.ts';
import type { SelectedRow, Surface, SurfaceFile } from './surface.ts';
import { OVERVIEW } from './watch.ts';

/** Text to copy, made when it is chosen; with `file` it goes to a file. */
interface Copy {
  readonly text: () => string;
  readonly file?: boolean;
}

/** File in a form of its page. */
interface Saved {
  readonly form: SurfaceFile;
}

/** Copies to the clipboard or a file, from a list: first what is on the screen, or the marked rows. */
export async function copy(screen: Screen): Promise<void> {
  const { surface } = screen;
  const section = surface?.focused();
  if (!surface || !section) return;
  const name = `${surface.id}-${section.id}`;
  const chosen = await choose<Copy | Saved>(
    screen.layers,
    { title: 'Copy', choices: [...surface.files().map(fileChoice), ...copyChoices(screen, surface, section)] },
    screen.changed,
  );
  if (chosen === undefined) return;
  if ('form' in chosen) {
    const { content, extension } = chosen.form;
    screen.notify(`saved to ${screen.terminal.save(surface.id, content(), extension)}`);
    return;
  }
  const text = chosen.text();
  const size = clipboardSize(text);
  if (chosen.file || (size > MAX_COPY_BYTES && (await wantsFile(screen, size)))) {
    screen.notify(`saved to ${screen.terminal.save(name, text)}`);
    return;
  }
  if (size > MAX_COPY_BYTES) return;
  screen.terminal.copy(text);
  const lines = text.split('\n').length;
  screen.notify(`copied ${lines} ${lines === 1 ? 'line' : 'lines'}`);
}

const fileChoice = (form: SurfaceFile): Choice<Copy | Saved> => ({
  value: { form },
  title: form.title,
  about: `${form.about}, to a file in the current directory`,
});

/** Offers a file for a text that terminals refuse. */
const wantsFile = ({ layers }: Screen, size: number): Promise<boolean> =>
  askConfirm(layers, {
    title: 'Too large for the clipboard',
    lines: [`${bytes(size)}; terminals take up to ${bytes(MAX_COPY_BYTES)}.`],
    yes: 'save to a file in the current directory',
  });

function copyChoices(screen: Screen, surface: Surface, section: Section): readonly Choice<Copy>[] {
  const { theme } = screen;
  // Selection at the key press: rows may move while the list is open.
  const selected = surface.selected(theme);
  const shown = shownText(surface, section);
  const report = shortReportOf(screen);
  const onScreen = { value: { text: () => shown }, title: 'On the screen', about: 'the section as it is drawn' };
  const short = report && {
    value: { text: report },
    title: 'Short report',
    about: 'up to 15 lines, for a comment in a case',
  };
  const whole = {
    value: { text: () => plainLines(surface.drawn?.lines ?? []) },
    title: 'Whole screen',
    about: 'as text',
  };
  const file = {
    value: { text: () => wholeText(surface, section, theme), file: true },
    title: 'To a file',
    about: 'whole section as text, in the current directory',
  };
  const first = short ? [onScreen, short] : [onScreen];
  if (section.kind === 'lines') {
    const text = {
      value: { text: () => wholeText(surface, section, theme) },
      title: section.title,
      about: 'whole text',
    };
    return [...first, text, file, whole];
  }
  const { name, ofTable } = tableCopies(surface, section, theme);
  const row = selected && {
    value: { text: () => rowText(selected, theme) },
    title: 'Selected row',
    about: 'one line per column',
  };
  const asText = {
    value: ofTable('text'),
    title: `${name} as text`,
    about: name === MARKED ? 'all columns, aligned' : 'all matching rows, all columns, aligned',
  };
  return [
    ...(name === MARKED ? [asText, ...first] : [...first, asText]),
    ...(row ? [row] : []),
    { value: ofTable('markdown'), title: `${name} as Markdown`, about: 'for a ticket' },
    { value: ofTable('tsv'), title: `${name} as TSV`, about: 'for a spreadsheet' },
    file,
    whole,
  ];
}

const MARKED = 'Marked rows';

/** Copies of the marked rows; without any, of the matching ones. */
function tableCopies(surface: Surface, section: TableSection, theme: Theme) {
  const view = tableViewOf(surface.view, section.id);
  const marked = markedRows(section, view);
  const isMarked = marked.length > 0;
  const table = isMarked ? { ...section, rows: marked } : section;
  const ofTable = (format: CopyFormat): Copy => ({
    text: () => tableText(table, isMarked ? { ...view, filter: '', tree: false } : view, format, theme),
  });
  return { name: isMarked ? MARKED : 'Table', ofTable };
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

/** Lines of a section as drawn, without its frame and the column of the pointer. */
function shownText(surface: Surface, section: Section): string {
  const { drawn } = surface;
  const box = drawn?.sections.find(({ id }) => id === section.id);
  if (!drawn || !box) return '';
  const edge = isBare(section) ? 0 : 1;
  const lines = drawn.lines.slice(box.y + edge, box.y + box.rows - edge);
  return plainLines(lines.map((line) => dropStyled(cutStyled(line, box.x + box.columns - edge), box.x + 2 * edge)));
}

function wholeText(surface: Surface, section: Section, theme: Theme): string {
  if (section.kind === 'table') return tableText(section, tableViewOf(surface.view, section.id), 'text', theme);
  const box = surface.drawn?.sections.find(({ id }) => id === section.id);
  const columns = contentColumns(section, box?.columns ?? 124);
  return section.copyText?.() ?? plainLines(section.draw(columns, section.wantRows(columns), theme));
}
