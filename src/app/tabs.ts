import { byRank } from '../findings/order.ts';
import { label as fixedWords } from '../lib/plain.ts';
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
  note: string,
  columns: number,
  theme: Theme,
): DrawnTabs {
  const labels = tabs.map((tab, i) => {
    const number = i < 9 ? `${i + 1} ` : i === 9 ? '0 ' : '';
    const count = tab.worst
      ? `${theme.glyphs.severity[tab.worst]}${tab.roots}`
      : tab.victims > 0
        ? `+${tab.victims}`
        : '';
    return { tab, head: `${number}${fixedWords(tab.title)}`, count };
  });
  const width = ({ head, count }: (typeof labels)[number]) => textWidth(head) + textWidth(count) + 3;
  const room = columns - (note ? textWidth(note) + 2 : 0);
  let first = 0;
  const at = Math.max(
    0,
    tabs.findIndex(({ id }) => id === current),
  );
  const upTo = (from: number) =>
    labels.slice(from, at + 1).reduce((sum, label) => sum + width(label), from > 0 ? 2 : 0);
  while (first < at && upTo(first) > room) first++;
  let line = first > 0 ? theme.paint('dim', `${theme.glyphs.ellipsis} `) : '';
  let x = first > 0 ? 2 : 0;
  const spans: { id: string; from: number; to: number }[] = [];
  for (const label of labels.slice(first)) {
    if (x + width(label) > room) break;
    const { tab, head, count } = label;
    const isCurrent = tab.id === current;
    const painted = isCurrent
      ? theme.paint('selected', `[${head}${count}]`)
      : ` ${head}${theme.paint(tab.worst ?? 'dim', count)} `;
    line += `${painted} `;
    spans.push({ id: tab.id, from: x, to: x + width(label) });
    x += width(label);
  }
  line = padStyled(cutStyled(line, room), room);
  return { line: padStyled(note ? `${line} ${theme.paint('warn', note)} ` : line, columns), spans };
}
