import { afterEach, expect, test } from 'vitest';
import { rowsOf } from '../helpers/no-influence.ts';
import { overviewSections } from '../../src/app/overview.ts';
import { drawTabs } from '../../src/app/tabs.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { setRedact } from '../../src/lib/plain.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { ScreenRedaction } from '../../src/redact/screen-redaction.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { cellText } from '../../src/ui/table.ts';
import { plainTableView } from '../../src/ui/table-view.ts';

const theme = makeTheme({ colour: false, ascii: true });
afterEach(() => setRedact(undefined));

const standing = (rule: string, subject: string, more: Partial<StandingFinding> = {}): StandingFinding => ({
  rule,
  key: `${rule} ${subject}`,
  entity: thisHost,
  severity: 'crit',
  subject,
  sentence: '1 OOM kill 9 s ago',
  evidence: [],
  next: 'open it',
  pane: 'hardware',
  sinceMs: 0,
  seenMs: 0,
  ...more,
});

/** The Overview with pods that have the names of fixed words. */
function drawn(findings: readonly StandingFinding[], names: readonly string[]) {
  const redaction = new ScreenRedaction();
  redaction.learn(names.map((value) => ({ kind: 'pod', value }) as const));
  redaction.set(true);
  const tiles = [{ pane: 'hardware', title: 'memory', tile: { figures: [{ label: 'swap', value: '3%' }] } }];
  const readings = { answered: 1, unread: [], waiting: [], hidden: undefined };
  const common = { tiles, absent: [], hidden: [], readings, nowMs: 9000, fromMs: 0, theme };
  const sections = overviewSections({ incidents: rowsOf(findings), view: plainTableView, ...common });
  const lines = drawSections(sections, plainPaneView, { columns: 100, rows: 30 }, theme).lines.map(unstyled);
  return { sections, text: lines.join('\n') };
}

test('object, titles and labels of a finding stay when pods have the names of these words', () => {
  const finding = standing('oom', 'oom', { subjectVocabulary: 'fixed' });
  const { sections, text } = drawn([finding], ['oom', 'memory', 'swap']);
  const [table, explanation] = sections;
  if (table?.kind !== 'table') throw new Error('no table');
  expect(
    cellText(
      table.columns.find(({ id }) => id === 'where')!,
      rowsOf([finding])[0],
      '-',
    ),
  ).toBe('oom');
  expect(explanation?.title).toBe('oom');
  expect(table.detail?.(rowsOf([finding])[0])?.title).toBe('CRIT oom');
  expect(text).not.toContain('pod-');
  // Title on the left, rule on the right.
  expect(text).toMatch(/ oom -+ oom /);
  const tab = { id: 'a', title: 'memory', worst: undefined, roots: 0, victims: 0 };
  expect(drawTabs([tab], 'a', { note: '', columns: 40, keyOf: () => '1' }, theme).line).toContain('memory');
});

test('the object of a finding is redacted when it is a name', () => {
  const finding = standing('container-oom', 'docker, oom');
  const { sections, text } = drawn([finding], ['oom']);
  const [table, explanation] = sections;
  if (table?.kind !== 'table') throw new Error('no table');
  expect(
    cellText(
      table.columns.find(({ id }) => id === 'where')!,
      rowsOf([finding])[0],
      '-',
    ),
  ).toBe('docker, pod-1');
  expect(explanation?.title).toBe('docker, pod-1');
  expect(table.detail?.(rowsOf([finding])[0])?.title).toBe('CRIT docker, pod-1');
  expect(text).not.toMatch(/docker, oom/);
});
