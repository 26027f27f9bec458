import type { Session } from '../collect/session.ts';
import { unstyled } from '../lib/text-width.ts';
import { panes } from '../subsystems/index.ts';
import type { AnyPane, Section, TableSection } from '../panes/pane.ts';
import { makeTheme } from '../theme.ts';
import { drawSections } from '../ui/draw-pane.ts';
import { paneAt } from '../ui/kit/pane-at.ts';
import { plainPaneView } from '../ui/pane-view.ts';
import { tableDifference } from '../ui/table-difference.ts';
import type { CaseNotes, TableChanges } from './case-notes.ts';

const COLUMNS = 118;
const SCREEN_ROWS = 20;
const MAX_CHANGES = 40;

const theme = makeTheme({ colour: false, ascii: false });

/** Sections of a pane at a moment; undefined for a pane without content. */
function sectionsOf(pane: AnyPane, session: Session, atMs: number): readonly Section[] | undefined {
  const { model, sections } = paneAt(pane, session.timeline.moment(pane.needs, atMs));
  return pane.presence(model) === 'present' ? sections() : undefined;
}

/** Text of every pane with content. */
export function screensOf(session: Session, atMs: number): CaseNotes['screens'] {
  return panes.flatMap((pane) => {
    const sections = sectionsOf(pane, session, atMs);
    if (!sections) return [];
    const lines = sections.flatMap((section) => {
      const wanted =
        section.kind === 'table'
          ? Math.min(SCREEN_ROWS, Math.max(1, section.rows.length)) + 1
          : section.wantRows(COLUMNS - 2);
      return drawSections([section], plainPaneView, { columns: COLUMNS, rows: wanted + 2 }, theme).lines;
    });
    return [{ pane: pane.id, title: pane.title, lines: lines.map((line) => unstyled(line).trimEnd()) }];
  });
}

/** Tables of all panes at a moment, for comparison. */
export interface Tables {
  readonly atMs: number;
  /** By pane and section. */
  readonly byId: ReadonlyMap<string, { readonly pane: string; readonly section: TableSection }>;
}

/** Tables with all sources read; in others every row would appear as new. */
export function tablesAt(session: Session, atMs: number): Tables {
  const read = ({ sources }: Section) => sources.every((id) => session.timeline.latest(id) !== undefined);
  const all = panes.flatMap((pane) =>
    (sectionsOf(pane, session, atMs) ?? [])
      .filter((section): section is TableSection => section.kind === 'table' && read(section))
      .map((section) => [`${pane.id} ${section.id}`, { pane: pane.id, section }] as const),
  );
  return { atMs, byId: new Map(all) };
}

/** Rows that appeared, vanished or changed between two moments, by table; unchanged tables are left out. */
export function changesBetween(before: Tables, after: Tables): readonly TableChanges[] {
  const since = new Date(before.atMs).toISOString();
  const until = new Date(after.atMs).toISOString();
  return [...after.byId].flatMap(([id, { pane, section }]) => {
    const then = before.byId.get(id);
    const all = then ? tableDifference(then.section, section, theme) : [];
    if (all.length === 0) return [];
    const rows = all.slice(0, MAX_CHANGES).map(({ what, name, changes }) => ({
      what,
      row: name,
      changes: changes.map(({ column, before: old, after: now }) => ({ column, before: old, after: now })),
    }));
    return [{ pane, table: section.title, since, until, rows, more: all.length - rows.length }];
  });
}
