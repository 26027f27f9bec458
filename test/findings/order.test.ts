import { unstyled } from '../../src/lib/text-width.ts';
import { explanation, shownFor } from '../../src/app/finding-lines.ts';
import { expect, test } from 'vitest';
import type { IncidentRow } from '../../src/app/incident-table.ts';
import { rowsOf } from '../helpers/no-influence.ts';
import { tabOf } from '../../src/app/tabs.ts';
import { overviewSections } from '../../src/app/overview.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { entityRef } from '../../src/findings/entity-ref.ts';
import { defineFinding, type Found } from '../../src/findings/finding.ts';
import { judge } from '../../src/findings/judge.ts';
import { statement } from '../../src/findings/statement.ts';
import { plainTableView } from '../../src/ui/table-view.ts';
import { makeTheme } from '../../src/theme.ts';

const found = (subject: string, severity: Found['severity'], past?: Found['past']): Found => ({
  entity: entityRef('nic', subject),
  subject,
  severity,
  sentence: subject,
  evidence: [],
  next: 'open it',
  pane: 'hardware',
  ...(past && { past }),
});
const ALL = [
  found('old info', 'info', { ageSeconds: undefined }),
  found('info', 'info'),
  found('old crit', 'crit', { ageSeconds: 192 }),
  found('old warn', 'warn', { ageSeconds: 90 }),
  found('warn', 'warn'),
  found('crit', 'crit'),
];
const RANKED = ['crit', 'warn', 'old crit', 'old warn', 'info', 'old info'];
const standing = (some: readonly Found[]): readonly StandingFinding[] =>
  some.map((one) => ({ ...one, rule: 'r', key: `r ${one.subject}`, sinceMs: 0, seenMs: 1000 }));

test('judge ranks past events below present faults when they are worse', () => {
  const rule = defineFinding({ id: 'r', title: 'R', needs: {}, authority: 'test', judge: () => ALL });
  expect(judge([rule], () => ({}) as never).map(({ subject }) => subject)).toEqual(RANKED);
});

test('the overview sorts past events below present faults, with their age in the place of the duration', () => {
  const [table] = overviewSections({
    incidents: rowsOf(standing(ALL)),
    view: plainTableView,
    tiles: [],
    absent: [],
    hidden: [],
    readings: { answered: 1, unread: [], waiting: [], hidden: undefined },
    nowMs: 3000,
    fromMs: 0,
    theme: makeTheme({ colour: false, ascii: true }),
  });
  if (table?.kind !== 'table') throw new Error('no table');
  const column = (id: string) => table.columns.find((one) => one.id === id)!;
  const order = column(table.sort.column).value as (row: IncidentRow) => number;
  const rows = (table.rows as readonly IncidentRow[]).toSorted((a, b) => order(a) - order(b));
  expect(rows.map(({ root }) => root.subject)).toEqual(RANKED);
  const since = column('since').text as (row: IncidentRow) => string;
  expect(rows.map((row) => since(row))).toEqual(['>3s', '>3s', '3m14', '1m32', '>3s', '—']);
});

test('a statement names its object once, whether its sentence names it or not', () => {
  expect(statement({ subject: 'eth0', sentence: '3 link changes in 1m00s' })).toBe('eth0: 3 link changes in 1m00s');
  expect(statement({ subject: 'oom', sentence: '1 OOM kill 9 s ago' })).toBe('1 OOM kill 9 s ago');
});

test('a tab counts all findings and has the colour of the one that ranks first', () => {
  expect(tabOf('hardware', 'Hardware', standing(ALL.slice(0, 5)), false)).toMatchObject({ worst: 'warn', findings: 5 });
  expect(tabOf('hardware', 'Hardware', standing(ALL), false)).toMatchObject({ worst: 'crit', findings: 6 });
});

test('a tab has no colour of a fault when all that leads to it is past', () => {
  expect(tabOf('hardware', 'Hardware', standing(ALL.slice(2, 3)), false)).toMatchObject({ worst: 'info', findings: 1 });
  expect(tabOf('hardware', 'Hardware', standing(ALL.slice(0, 4)), false)).toMatchObject({ worst: 'info', findings: 4 });
});

test('FOR counts from the onset, from the start of the finding, or with ≥ from the start of the session', () => {
  const [finding] = standing([found('crit', 'crit')]);
  if (!finding) throw new Error('no finding');
  const shown = (one: StandingFinding) => shownFor(one, { nowMs: 60_000, fromMs: 0, least: '≥' });
  expect(shown({ ...finding, sinceMs: 2000 })).toBe('≥58s');
  expect(shown({ ...finding, sinceMs: 40_000 })).toBe('20s');
  expect(shown({ ...finding, sinceMs: 2000, seenMs: 59_000, onset: { secondsAgo: 353, source: 'API server' } })).toBe(
    '5m54',
  );
});

test('explanation writes only ASCII with the ASCII theme when it cuts what it explains', () => {
  const [root, victim] = standing([found('root', 'crit'), found('victim', 'warn')]);
  if (!root || !victim) throw new Error('no finding');
  const long = { ...victim, sentence: 'x'.repeat(200) };
  const { draw } = explanation(root, { room: () => 0, victims: [{ finding: long }] });
  const text = unstyled(draw(60, 10, makeTheme({ colour: false, ascii: true })).join('\n'));
  expect(text).toContain('explains');
  expect(text).toMatch(/^[\n\u0020-\u007E]*$/);
});
