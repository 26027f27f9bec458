import { byRank } from '../findings/order.ts';
import { label as fixedWords } from '../lib/plain.ts';
import { shortTitle } from '../pane-keys.ts';
import { cutStyled, padStyled, textWidth } from '../lib/text-width.ts';
import type { Severity, Theme } from '../theme.ts';
import type { IncidentRow } from './incident-table.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  /** Severity of the worst incident with its root in the pane; `info` for past events. */
  readonly worst: Severity | undefined;
  /** Incidents with their root in the pane. */
  readonly roots: number;
  /** Findings of the pane that follow from a root in another one. */
  readonly victims: number;
  /** Its subsystem is not present, or not readable: the tab keeps its place, and its key shows the reason. */
  readonly absent?: boolean;
  /** The person hides it: without a tab, and its key opens it. */
  readonly hidden?: boolean;
}

export interface DrawnTabs {
  readonly line: string;
  /** Cells of each tab for clicks, end not included. */
  readonly spans: readonly { readonly id: string; readonly from: number; readonly to: number }[];
}

/** Tab with the incidents of its pane, in the colour of the worst, and the victims of other panes' incidents. */
export function tabOf(id: string, title: string, incidents: readonly TabIncident[]): Tab {
  const own = incidents.filter(({ root }) => root.pane === id);
  const [first] = own.map(({ root, incident: { severity } }) => ({ ...root, severity })).toSorted(byRank);
  const victims = incidents
    .filter(({ root }) => root.pane !== id)
    .flatMap((incident) => incident.victims.filter(({ finding }) => finding.pane === id));
  return { id, title, worst: first?.past ? 'info' : first?.severity, roots: own.length, victims: victims.length };
}

/** Incidents as tabs see them. */
type TabIncident = Pick<IncidentRow, 'root' | 'victims'> & {
  readonly incident: Pick<IncidentRow['incident'], 'severity'>;
};

/** Tab of the Overview: all incidents. */
export function overviewTab(id: string, title: string, incidents: readonly TabIncident[]): Tab {
  const everywhere = incidents.map(({ root, incident }) => ({ root: { ...root, pane: id }, victims: [], incident }));
  return tabOf(id, title, everywhere);
}

/** Line of tabs with a note at its right end; exactly `columns` cells, the current tab always visible. */
export function drawTabs(
  tabs: readonly Tab[],
  current: string,
  {
    note,
    columns,
    keyOf,
  }: {
    readonly note: string;
    readonly columns: number;
    /** Label of the key of a pane. */
    readonly keyOf: (id: string) => string | undefined;
  },
  theme: Theme,
): DrawnTabs {
  const room = columns - (note ? textWidth(note) + 2 : 0);
  const { labels, before, after } = fitted(tabs, current, { room, keyOf }, theme);
  const { ellipsis } = theme.glyphs;
  const start = before > 0 ? `${ellipsis}${before} ` : '';
  let line = theme.paint('dim', start);
  let x = textWidth(start);
  const spans: { id: string; from: number; to: number }[] = [];
  for (const label of labels) {
    const { tab, width } = label;
    line += tab.id === current ? theme.paint('selected', `[${label.head}${label.count}]`) : otherTab(label, theme);
    spans.push({ id: tab.id, from: x, to: x + width });
    x += width;
  }
  line += theme.paint('dim', after > 0 ? ` ${ellipsis}${after}` : '');
  line = padStyled(cutStyled(line, room), room);
  return { line: padStyled(note ? `${line} ${theme.paint('warn', note)} ` : line, columns), spans };
}

/** Tab behind; an absent one in brackets where it has its title. */
function otherTab({ tab, head, count }: Label, theme: Theme): string {
  if (!tab.absent) return ` ${head}${theme.paint(tab.worst ?? 'dim', count)} `;
  return theme.paint('dim', head.includes(' ') ? `(${head}${count})` : ` ${head}${count} `);
}

interface Label {
  readonly tab: Tab;
  readonly head: string;
  readonly count: string;
  readonly width: number;
}

/** Title of a tab: that of the current one is whole. */
type Title = 'whole' | 'short' | 'none';

/** Cells of the counts of tabs that are left out, at both ends. */
const ENDS = 8;

/**
 * Labels that fit: with all titles; absent panes as keys; short titles; keys without titles, first of the last tabs that
 * have no mark; else the tabs around the current one.
 */
function fitted(
  tabs: readonly Tab[],
  current: string,
  { room, keyOf }: { readonly room: number; readonly keyOf: (id: string) => string | undefined },
  theme: Theme,
): { readonly labels: readonly Label[]; readonly before: number; readonly after: number } {
  const labelled = (titleOf: (tab: Tab) => Title) =>
    tabs.map((tab) => labelOf(tab, keyOf(tab.id), tab.id === current ? 'whole' : titleOf(tab), theme));
  const widthOf = (labels: readonly Label[]) => labels.reduce((sum, { width }) => sum + width, 0);
  const isMarked = ({ worst, victims }: Tab) => worst !== undefined || victims > 0;
  const losing = tabs.toReversed().toSorted((a, b) => Number(isMarked(a)) - Number(isMarked(b)));
  const tries: readonly ((tab: Tab) => Title)[] = [
    () => 'whole',
    (tab) => (tab.absent ? 'none' : 'whole'),
    ...losing.map(
      (_, lost) =>
        (tab: Tab): Title =>
          tab.absent || losing.indexOf(tab) < lost ? 'none' : 'short',
    ),
    () => 'none',
  ];
  for (const titleOf of tries) {
    const labels = labelled(titleOf);
    if (widthOf(labels) <= room) return { labels, before: 0, after: 0 };
  }
  const labels = labelled(() => 'none');
  const at = Math.max(
    0,
    labels.findIndex(({ tab }) => tab.id === current),
  );
  let from = 0;
  while (from < at && widthOf(labels.slice(from, at + 1)) > room - ENDS) from++;
  let to = at + 1;
  while (to < labels.length && widthOf(labels.slice(from, to + 1)) <= room - ENDS) to++;
  return { labels: labels.slice(from, to), before: from, after: labels.length - to };
}

/** Label of a tab; one without a key keeps its title. */
function labelOf(tab: Tab, key: string | undefined, title: Title, theme: Theme): Label {
  const whole = fixedWords(tab.title);
  const name = title === 'none' && key !== undefined ? '' : title === 'short' ? (shortTitle(tab.id) ?? whole) : whole;
  const head = [key, name].filter(Boolean).join(' ');
  const count = countOf(tab, theme);
  return { tab, head, count, width: textWidth(head) + textWidth(count) + 2 };
}

/** Incidents, or victims, of a tab; in ASCII apart from the title, of which a mark looks like a letter. */
function countOf(tab: Tab, theme: Theme): string {
  const gap = theme.ascii ? ' ' : '';
  if (tab.worst) return `${gap}${theme.glyphs.severity[tab.worst]}${tab.roots}`;
  return tab.victims > 0 ? `${gap}+${tab.victims}` : '';
}
