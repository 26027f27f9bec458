import { expect, test } from 'vitest';
import type { StandingFinding } from '../../src/collect/session.ts';
import { ledgerTable } from '../../src/app/ledger-page.ts';
import { findingKey } from '../../src/findings/finding-key.ts';
import { judge } from '../../src/findings/judge.ts';
import { explainer, findings, ledger, sources } from '../../src/subsystems/index.ts';
import { unstyled } from '../../src/lib/text-width.ts';
import { makeTheme } from '../../src/theme.ts';
import { drawSections } from '../../src/ui/draw-pane.ts';
import { plainPaneView } from '../../src/ui/pane-view.ts';
import { hostMoments } from '../helpers/hosts.ts';
import { watched } from '../helpers/moments.ts';
import { fakePanes } from '../helpers/fake-panes.ts';
import { open } from '../helpers/screen.tsx';

async function tableOf(host: string) {
  const { timeline, nowMs } = await watched(sources, hostMoments(host));
  const momentOf: Parameters<typeof judge>[1] = (needs) => timeline.latestMoment(needs, nowMs);
  const found = judge(findings, momentOf).map((one): StandingFinding => ({
    ...one,
    key: findingKey(one),
    sinceMs: nowMs,
    seenMs: nowMs,
  }));
  return ledgerTable(ledger.lines(found, momentOf), explainer.rows(found, momentOf, nowMs));
}

test.each([
  ['ledger-dead-osd@80x24', 'ceph-dead-osd', 80, 24],
  ['ledger-dead-osd@120x40', 'ceph-dead-osd', 120, 40],
  ['ledger-dead-osd@200x60', 'ceph-dead-osd', 200, 60],
  ['ledger-containers@120x40', 'container-host', 120, 40],
  ['ledger-denied@80x24', 'denied', 80, 24],
])('ledger page draws %s of %s', async (picture, host, columns, rows) => {
  const theme = makeTheme({ colour: false, ascii: false });
  const { lines } = drawSections([await tableOf(host)], plainPaneView, { columns, rows: rows - 4 }, theme);
  const text = lines.map((line) => unstyled(line).trimEnd()).join('\n');
  await expect(`${text}\n`).toMatchFileSnapshot(`../screens/${picture}.txt`);
});

test('ledger table has the culprit first, its victims after it, and a link of every row', async () => {
  const table = await tableOf('ceph-dead-osd');
  const why = table.columns.find(({ id }) => id === 'why');
  const value = table.columns.find(({ id }) => id === 'resource');
  expect(table.rows.slice(0, 3).map((row) => `${value?.value(row)}: ${why?.value(row)}`)).toEqual([
    'osd.1: process gone, stale admin socket (crashed or killed)',
    'OSDs: osd.1: process gone, stale admin socket (crashed or killed)',
    'PGs: osd.1: process gone, stale admin socket (crashed or killed)',
  ]);
  expect(table.note).toBe('accused 3 · cleared 18 · not read 2 · not present 21');
  expect(table.rows.filter((row) => table.links?.(row).length !== 1)).toEqual([]);
  expect(table.rows.filter((row) => table.entity?.(row) === undefined)).toEqual([]);
  expect(table.rows.slice(0, 1).map((row) => table.entity?.(row))).toEqual([{ kind: 'osd', id: 'osd.1' }]);
});

test('E opens the ledger, enter goes to the pane of the row, esc closes it', async () => {
  const ledgerOpen = async () => {
    const screen = await open({ columns: 120, rows: 40, panes: fakePanes.filter(({ id }) => id !== 'hardware') });
    await screen.press('E');
    expect(screen.text()).toContain('VERDICT');
    return screen;
  };
  const closed = await ledgerOpen();
  await closed.press('esc');
  expect(closed.text()).not.toContain('VERDICT');
  await closed.quit();
  const left = await ledgerOpen();
  // Of the panes of the rows this session has the processes only.
  await left.press('/', 'o', 'p', 'e', 'n', ' ', 'f', 'enter', 'enter');
  expect(left.text()).toContain('no links from this row');
  await left.press('backspace', 'E', '/', 'd', 'a', 'e', 'm', 'o', 'n', 's', 'enter', 'enter');
  expect(left.text()).not.toContain('VERDICT');
  expect(left.text()).toContain('COMMAND');
  await left.quit();
});
