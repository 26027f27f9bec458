import type { StandingFinding } from '../collect/session.ts';
import { byRank } from '../findings/order.ts';
import { label as fixedWords } from '../lib/plain.ts';
import { cutStyled, padStyled, textWidth } from '../lib/text-width.ts';
import type { Severity, Theme } from '../theme.ts';

export interface Tab {
  readonly id: string;
  readonly title: string;
  readonly worst: Severity | undefined;
  readonly findings: number;
}

export interface DrawnTabs {
  readonly line: string;
  /** Cells of each tab for clicks, end not included. */
  readonly spans: readonly { readonly id: string; readonly from: number; readonly to: number }[];
}

/** Tab with the number of its findings and the severity of the first (`info` for a past event); the Overview counts all findings. */
export function tabOf(id: string, title: string, findings: readonly StandingFinding[], all: boolean): Tab {
  const own = findings.filter(({ pane }) => all || pane === id);
  const [first] = own.toSorted(byRank);
  return { id, title, worst: first?.past ? 'info' : first?.severity, findings: own.length };
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
    const count = tab.worst ? `${theme.glyphs.severity[tab.worst]}${tab.findings}` : '';
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
      : ` ${head}${theme.paint(tab.worst ?? 'text', count)} `;
    line += `${painted} `;
    spans.push({ id: tab.id, from: x, to: x + width(label) });
    x += width(label);
  }
  line = padStyled(cutStyled(line, room), room);
  return { line: padStyled(note ? `${line} ${theme.paint('warn', note)} ` : line, columns), spans };
}
