import { expect, test } from 'vitest';
import type { AnyPane } from '../../src/panes/pane.ts';
import { paneKeys } from '../../src/pane-keys.ts';
import { fakeAbsent, fakePanes } from '../helpers/fake-panes.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const [hardware] = fakePanes as readonly [AnyPane, ...AnyPane[]];

/** A pane of the given id for every key, each third one not present. */
const all: readonly AnyPane[] = paneKeys.slice(1).map(({ pane }, i) => {
  const known = fakePanes.find(({ id }) => id === pane);
  if (known && known.id !== fakeAbsent.id) return known;
  return { ...(i % 3 === 0 ? fakeAbsent : hardware), id: pane, title: `Pane ${pane}` };
});

test('a pane keeps its key and its place when another one is not present', async () => {
  const few = await open({ session: cannedSession(), panes: fakePanes.filter(({ id }) => id !== 'ceph') });
  const many = await open({ session: cannedSession(), panes: all });
  for (const screen of [few, many]) {
    await screen.press('3');
    expect(screen.line(1)).toContain('[3 Processes');
    await screen.press('2');
    expect(screen.line(1)).toContain('[2 Hardware');
    await screen.quit();
  }
});

test('the key of a pane that is not present shows why and leaves the screen as it is', async () => {
  const screen = await open({ session: cannedSession(), panes: [...fakePanes] });
  await screen.press('3', '6');
  expect(screen.line(-1)).toContain('Ceph: not present: no ceph.conf');
  expect(screen.line(1)).toContain('[3 Processes');
  await screen.press('K');
  expect(screen.line(-1)).toContain('kernel-log: no such pane in this version');
  await screen.quit();
});

test('] and [ walk the panes that are present', async () => {
  const screen = await open({ session: cannedSession(), panes: fakePanes });
  const titles: string[] = [];
  for (const key of [']', ']', ']', '[']) {
    await screen.press(key);
    titles.push(/\[\d (\w+)/.exec(screen.line(1))?.[1] ?? '');
  }
  expect(titles).toEqual(['Hardware', 'Processes', 'Overview', 'Processes']);
  await screen.quit();
});

test.each([60, 80, 120, 200])(
  'tabs show the key of every pane at %i columns, and a click opens one',
  async (columns) => {
    const screen = await open({ session: cannedSession(), panes: all, columns, rows: 24 });
    const line = screen.line(1);
    const shown = paneKeys.filter(({ key }) => new RegExp(`[[ ]${key}[\\]▲◆ ]`).test(`${line} `));
    // What does not fit is counted.
    const left = Number(/…(\d+) *$/.exec(line)?.[1] ?? 0);
    expect(shown.length + left).toBe(paneKeys.length);
    expect(left).toBeLessThan(columns === 60 ? 7 : 1);
    await screen.press('7');
    expect(screen.line(1)).toMatch(/\[7 Pane ovs/);
    await screen.click(screen.line(1).indexOf('3') + 1, 1);
    expect(screen.line(1)).toContain('[3 Processes');
    await screen.quit();
  },
);

test('a list takes the digits typed after /, which choose nothing', async () => {
  const screen = await open({ session: cannedSession(), panes: fakePanes });
  await screen.press('a', '/', '1');
  expect(screen.text()).toContain('> /1');
  await screen.press('esc', 'a', '/', ...Array.from('numastat'));
  expect(screen.text()).toMatch(/▸ \d copy +numastat/);
  await screen.quit();
});

test(': takes vocabulary of the subsystem and never turns redaction on', async () => {
  const screen = await open({ session: cannedSession(), panes: fakePanes });
  await screen.press(':', ...Array.from('pod'), 'enter');
  expect(screen.line(0)).not.toContain('REDACTED');
  await screen.press('esc', ':', ...Array.from('hardware'), 'enter');
  expect(screen.line(1)).toContain('[2 Hardware');
  await screen.press(':', 'q', 'enter');
  expect(await screen.ended).toEqual({ how: 'quit' });
});
