import { unstyled } from '../../src/lib/text-width.ts';
import { explanation, shownFor } from '../../src/app/finding-lines.ts';
import { describe, expect, test } from 'vitest';
import type { IncidentRow } from '../../src/app/incident-table.ts';
import { rowsOf } from '../helpers/no-influence.ts';
import { drawTabs, overviewTab, tabOf } from '../../src/app/tabs.ts';
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

test('judge and explainer rank an event of minutes ago below what is measured now with the same severity', () => {
  const event = (subject: string, severity: Found['severity'], lastSecondsAgo: number) => ({ ...found(subject, severity), lastSecondsAgo }); // prettier-ignore
  const all = [event('aged crit', 'crit', 105), event('aged warn', 'warn', 61), found('warn', 'warn'), event('new crit', 'crit', 60), found('crit', 'crit')]; // prettier-ignore
  const ranked = ['new crit', 'crit', 'aged crit', 'warn', 'aged warn'];
  const rule = defineFinding({ id: 'r', title: 'R', needs: {}, authority: 'test', judge: () => all });
  expect(judge([rule], () => ({}) as never).map(({ subject }) => subject)).toEqual(ranked);
  expect(rowsOf(standing(all)).findIndex(({ root }) => root.subject === 'aged crit')).toBe(2);
  expect(rowsOf(standing(all)).at(-1)?.root.subject).toBe('aged warn');
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

describe('a tab', () => {
  const tab = (some: readonly Found[]) => tabOf('hardware', 'Hardware', rowsOf(standing(some)));

  test('counts the incidents of its pane and has the colour of the one that ranks first', () => {
    expect(tab(ALL.slice(0, 5))).toMatchObject({ worst: 'warn', roots: 5, victims: 0 });
    expect(tab(ALL)).toMatchObject({ worst: 'crit', roots: 6 });
  });

  test('has no colour of a fault when all that leads to it is past', () => {
    expect(tab(ALL.slice(2, 3))).toMatchObject({ worst: 'info', roots: 1 });
    expect(tab(ALL.slice(0, 4))).toMatchObject({ worst: 'info', roots: 4 });
  });

  const [cause, effect] = standing([{ ...found('osd.1', 'warn'), pane: 'ceph' }, found('sdb', 'crit')]);
  const [row] = rowsOf([cause as StandingFinding]);
  const explained = { finding: effect as StandingFinding, explained: {} as never };
  const incident = { ...(row as IncidentRow), victims: [explained] };
  incident.incident = { ...incident.incident, severity: 'crit' };

  test('has a weak count without colour when its findings follow from a root in another pane', () => {
    const victim = tabOf('hardware', 'Hardware', [incident]);
    expect(victim).toMatchObject({ worst: undefined, roots: 0, victims: 1 });
    const options = { note: '', columns: 40, keyOf: () => '2' };
    expect(unstyled(drawTabs([victim], '', options, makeTheme({ colour: true, ascii: false })).line)).toContain(
      'Hardware+1',
    );
  });

  test('has the colour of the incident when its root is in the pane and a victim elsewhere is worse', () => {
    expect(tabOf('ceph', 'Ceph', [incident])).toMatchObject({ worst: 'crit', roots: 1, victims: 0 });
    expect(overviewTab('overview', 'Overview', [incident])).toMatchObject({ worst: 'crit', roots: 1 });
  });
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
