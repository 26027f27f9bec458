import { expect, test, vi } from 'vitest';
import { alertsFor } from '../../src/commands/alerts-for.ts';
import type { AlertChannels } from '../../src/app/alerts.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { thisHost } from '../../src/findings/entity-ref.ts';
import { commitPaneOf, osdsOf } from '../helpers/commit-pane.ts';
import { cannedSession, START_MS, type FakeSession } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

/** Control strings of an operating system command, with their ends. */
const OSC = /\u001B\][^\u0007\u001B]*(?:\u0007|\u001B\\)/g;
const channels: AlertChannels = { bell: true, notify: 'osc9', title: true, tmux: false };

const crit = (id: string, sinceMs: number, sentence = 'disk gone'): StandingFinding => ({
  rule: id,
  key: id,
  severity: 'crit',
  entity: thisHost,
  subject: `sd${id}`,
  sentence,
  evidence: [],
  next: 'look',
  sinceMs,
  seenMs: sinceMs,
});

/** Sets the findings and the clock of the session, and waits for the next second. */
async function at(screen: TestScreen, session: FakeSession, seconds: number, standing: readonly StandingFinding[]) {
  session.nowMs = START_MS + seconds * 1000;
  session.standing = standing;
  await new Promise((resolve) => {
    setTimeout(resolve, 1100);
  });
  await screen.settle();
  return screen.takeOutput();
}

const bells = (output: string): number => output.replaceAll(OSC, '').match(/\u0007/g)?.length ?? 0;
const notifications = (output: string): readonly string[] =>
  [...output.matchAll(/\u001B\]9;([^\u0007]*)\u0007/g)].map(([, text = '']) => text);

test('alerts ring once in 10 s and notify with the count when critical incidents begin', async () => {
  const session = cannedSession();
  session.standing = [];
  const screen = await open({ session, alerts: channels });
  expect(screen.takeOutput()).toContain('\u001B[22;2t\u001B]2;crashcart: 0 crit · support@node-7\u001B\\');
  const old = crit('a', START_MS + 1000);
  // What stood at the start does not alert.
  const first = await at(screen, session, 20, [old]);
  expect([bells(first), notifications(first)]).toEqual([0, []]);
  expect(first).toContain('\u001B]2;crashcart: 1 crit · support@node-7\u001B\\');
  const one = crit('b', START_MS + 30_000, 'gone\u001B]0;x\u0007; \u202Ebad');
  const second = await at(screen, session, 31, [old, one]);
  expect(bells(second)).toBe(1);
  expect(notifications(second)).toEqual([expect.stringMatching(/^crashcart: sdb: gone␛\]0;x␇; \P{Cf}*$/u)]);
  const third = await at(screen, session, 35, [old, one, crit('c', START_MS + 34_000), crit('d', START_MS + 35_000)]);
  expect([bells(third), notifications(third)]).toEqual([0, []]);
  const fourth = await at(screen, session, 42, [old, one, crit('c', START_MS + 34_000), crit('d', START_MS + 35_000)]);
  expect([bells(fourth), notifications(fourth)]).toEqual([1, ['crashcart: sdc: disk gone (+1 crit)']]);
  await screen.quit();
  expect(screen.takeOutput()).toContain('\u001B]2;\u001B\\\u001B[23;2t');
});

test('alerts are off, with a title without figures, when presenting', async () => {
  const session = cannedSession();
  session.standing = [];
  const screen = await open({ session, alerts: channels });
  await screen.press('P');
  const output = await at(screen, session, 30, [crit('b', START_MS + 29_000)]);
  expect([bells(output), notifications(output)]).toEqual([0, []]);
  expect(output).toContain('\u001B]2;crashcart\u001B\\');
  expect(output).not.toContain('1 crit');
  await screen.quit();
});

test('alerts redact names when redaction is on', async () => {
  const session = cannedSession();
  session.standing = [];
  const screen = await open({ session, alerts: { ...channels, notify: 'osc777', tmux: true } });
  await screen.press('X');
  // The title changes with the frame.
  expect(screen.takeOutput()).toMatch(/\u001B\]2;crashcart: 0 crit · (?!support@node-7)[^\u001B]+\u001B\\/);
  const output = await at(screen, session, 30, [crit('b', START_MS + 29_000, 'no reply from support@node-7; gone')]);
  const [, text] = /\u001BPtmux;\u001B\u001B\]777;notify;crashcart;([^\u0007]*)\u0007\u001B\\/.exec(output) ?? [];
  expect(text).toMatch(/^sdb: no reply from .*, gone$/);
  expect(output.match(/\u001B\]2;[^\u001B]*/g)?.join(' ')).not.toContain('node-7');
  expect(text).not.toContain('node-7');
  await screen.quit();
});

test('alerts redact a name of a reading that no frame has drawn yet', async () => {
  const session = cannedSession();
  session.standing = [];
  const named = { ...osdsOf, identifiers: () => [{ kind: 'host', value: 'db-primary' } as const] };
  const screen = await open({ session, panes: [commitPaneOf(named)], alerts: channels });
  await screen.press('X');
  screen.takeOutput();
  session.nowMs = START_MS + 30_000;
  session.standing = [crit('b', START_MS + 29_000, 'no reply from db-primary')];
  session.give(osdsOf.id, [{ name: 'osd.1', commitMs: 1 }]);
  let output = '';
  await vi.waitFor(() => {
    output += screen.takeOutput();
    expect(notifications(output)).toHaveLength(1);
  });
  expect(notifications(output)[0]).toMatch(/^crashcart: sdb: no reply from (?!db-primary)/);
  await screen.quit();
});

test('runApp writes neither title nor bell when it has no channels', async () => {
  const session = cannedSession();
  session.standing = [];
  const screen = await open({ session });
  const output = await at(screen, session, 30, [crit('b', START_MS + 29_000)]);
  expect(output).not.toMatch(/\u0007|\u001B\]/);
  await screen.quit();
  expect(screen.takeOutput()).not.toMatch(/\u0007|\u001B\]|\u001B\[23/);
});

test('alertsFor takes the sequence of the terminal, and none where it would be printed', () => {
  const on = { bell: true, notify: true, title: true };
  const { notify } = alertsFor(on, { TERM: 'xterm-256color', VTE_VERSION: '7600' });
  expect(notify).toBe('osc777');
  expect(alertsFor(on, { TERM: 'xterm-kitty', TMUX: '/tmp/t' })).toEqual({ ...channels, tmux: true });
  expect(alertsFor(on, { TERM: 'linux' })).toEqual({ bell: true, notify: undefined, title: false, tmux: false });
  expect(alertsFor({ ...on, notify: false }, { TERM: 'foot' }).notify).toBeUndefined();
});
