import { describe, expect, test } from 'vitest';
import { Watch } from '../src/app/watch.ts';
import { findingKey } from '../src/findings/finding-key.ts';
import { judge } from '../src/findings/judge.ts';
import { textWidth, unstyled } from '../src/lib/text-width.ts';
import type { Section, TableSection } from '../src/panes/pane.ts';
import { explainer, findings, panes, sources } from '../src/subsystems/index.ts';
import { makeTheme } from '../src/theme.ts';
import { drawSections, type DrawnPane, type DrawnSection } from '../src/ui/draw-pane.ts';
import { isBare, plainPaneView } from '../src/ui/pane-view.ts';
import { cellText, placedColumns, type Size } from '../src/ui/table.ts';
import { FakeSession } from './helpers/fake-session.ts';
import { hostMoments, hostNames } from './helpers/hosts.ts';
import { watched } from './helpers/moments.ts';

const theme = makeTheme({ colour: false, ascii: false });

/** Lines of the screen that are no body: header, tabs, time bar, keys. */
const EDGE_ROWS = 4;
/** Empty lines that a pane may leave while it hides something. */
const MOST_EMPTY = 4;

interface Page {
  readonly name: string;
  readonly sections: readonly Section[];
}

/** Sections of the Overview and of each present pane on a recorded host. */
async function pagesOf(host: string, { columns, rows }: Size): Promise<readonly Page[]> {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const standing = judge(findings, (needs) => timeline.latestMoment(needs, nowMs)).map((one) => ({
    ...one,
    key: findingKey(one),
    sinceMs: nowMs,
    seenMs: nowMs,
  }));
  const session = Object.assign(new FakeSession(), { timeline, standing, nowMs });
  const watch = new Watch({ session, panes, theme, clock: () => nowMs, explainer });
  watch.compact = columns < 100 || rows < 30;
  const shown = watch.tabs().filter(({ absent }) => !absent);
  return shown.map(({ id }) => {
    watch.open(id);
    return { name: id, sections: watch.surface.sections() };
  });
}

const drawnAt = ({ sections }: Page, { columns, rows }: Size): DrawnPane =>
  drawSections(sections, plainPaneView, { columns, rows: rows - EDGE_ROWS }, theme, { positions: true });

/** What a table does not show of its columns in a box. */
interface Cut {
  readonly leftOut: number;
  /** Columns with a text that is cut. */
  readonly texts: readonly string[];
  /** Cells that no text needs. */
  readonly free: number;
}

function cutOf(section: TableSection, box: DrawnSection): Cut {
  const room = box.columns - 2;
  const placed = placedColumns(section, room, theme);
  const shown = new Set(box.keys);
  const rows = section.rows.filter((row) => shown.has(section.key(row)));
  let free = room - 1;
  const texts: string[] = [];
  for (const [i, { column, width }] of placed.entries()) {
    const widest = Math.max(...section.rows.map((row) => textWidth(cellText(column, row, theme.glyphs.missing))), 0);
    if (rows.some((row) => textWidth(cellText(column, row, theme.glyphs.missing)) > width)) texts.push(column.id);
    free -= Math.min(width, Math.max(column.width, widest)) + (i === 0 ? 0 : 1);
  }
  return { leftOut: section.columns.length - placed.length, texts, free };
}

const tablesOf = ({ sections }: Page, drawn: DrawnPane) =>
  drawn.sections.flatMap((box) => {
    const section = sections.find(({ id }) => id === box.id);
    return section?.kind === 'table' ? [{ section, box }] : [];
  });

/** Rows of a section for which its box has no room. */
function hiddenRows(section: Section, box: DrawnSection): number {
  if (section.kind === 'table') return section.rows.length - box.keys.length;
  const edge = isBare(section) ? 0 : 2;
  return Math.max(0, section.wantRows(box.columns - 2 * edge) - (box.rows - edge));
}

describe.each(hostNames)('panes of %s', (host) => {
  test('cut no text and hide no row while there is room, when drawn at 200x60', async () => {
    const size = { columns: 200, rows: 60 };
    const problems: string[] = [];
    for (const page of await pagesOf(host, size)) {
      const drawn = drawnAt(page, size);
      const empty = drawn.lines.filter((line) => unstyled(line).trim() === '').length;
      for (const { section, box } of tablesOf(page, drawn)) {
        const { leftOut, texts, free } = cutOf(section, box);
        const where = `${page.name}/${section.id}`;
        if (texts.length > 0 && free > 0) problems.push(`${where}: ${texts.join(', ')} cut, ${free} cells free`);
        // Alone, in the whole width, it would take its rows once more.
        if (leftOut + texts.length > 0 && box.columns < size.columns && empty > Math.max(MOST_EMPTY, box.rows))
          problems.push(`${where}: ${leftOut} columns left out, ${texts.join(', ')} cut, ${empty} lines empty`);
      }
      const hidden = drawn.sections.flatMap((box) => {
        const section = page.sections.find(({ id }) => id === box.id);
        const rows = section ? hiddenRows(section, box) : 0;
        return rows > 0 ? [`${box.id} ${rows}`] : [];
      });
      const unshown = page.sections.length - drawn.sections.length;
      if (hidden.length + unshown > 0 && empty > MOST_EMPTY)
        problems.push(`${page.name}: ${hidden.join(', ')} hidden, ${unshown} sections too, ${empty} lines empty`);
    }
    expect(problems).toEqual([]);
  });

  test.each([
    { columns: 60, rows: 20 },
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
    { columns: 200, rows: 60 },
  ])('fill exact lines and have no title twice when drawn at $columns x $rows', async (size) => {
    for (const page of await pagesOf(host, size)) {
      const { lines } = drawnAt(page, size);
      const where = `${page.name} at ${size.columns}x${size.rows}`;
      expect([where, lines.length]).toEqual([where, size.rows - EDGE_ROWS]);
      for (const line of lines) expect([where, line, textWidth(unstyled(line))]).toEqual([where, line, size.columns]);
      const titles = page.sections.map(({ title }) => title);
      expect([where, titles]).toEqual([where, [...new Set(titles)]]);
    }
  });
});
