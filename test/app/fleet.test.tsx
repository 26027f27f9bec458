import type { RecordingControl } from '../../src/app/recording-flow.ts';
import type { RecordingGap } from '../../src/lib/recording-gap.ts';
import { readFileSync, rmSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { fleet } from '../../src/fleet/fleet-source.ts';
import { hostsPane } from '../../src/fleet/pane.ts';
import type { HostRow } from '../../src/fleet/host-row.ts';
import { makeTheme } from '../../src/theme.ts';
import { fullDisk, hostRow, hostRows } from '../fleet/host-rows.ts';
import { FakeSession, START_MS } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

const faulty = {
  problems: [fullDisk],
  figures: { cpu: 12, disk: 100 },
  facts: ['kernel 6.1', 'package libfault 2.0-1'],
};
const hosts: readonly HostRow[] = [
  ...hostRows(40, { 7: faulty, 19: faulty, 33: { ...faulty, kernel: '6.5' }, 12: { state: 'stalled', why: 'no data from the host', sinceMs: START_MS - 12_000 } }), // prettier-ignore
  hostRow('db-1', { figures: { cpu: 97, disk: 40 } }),
];

/** Session of a fleet with these hosts. */
function fleetSession(rows: readonly HostRow[] = hosts): FakeSession {
  const session = new FakeSession();
  session.timeline.append(fleet.id, {
    sample: { hosts: rows, atMs: START_MS },
    at: 1,
    wallMs: START_MS,
    missing: {},
    tookMs: 0,
  });
  return session;
}

async function screenOf(
  columns: number,
  rows: number,
  background: 'dark' | 'light' = 'dark',
): Promise<{ readonly screen: TestScreen; readonly opened: string[]; readonly console: FakeSession }> {
  // prettier-ignore
  const opened: string[] = [];
  const console = new FakeSession();
  const screen = await open({
    session: fleetSession(),
    panes: [hostsPane],
    tab: 'hosts',
    columns,
    rows,
    theme: makeTheme({ colour: true, ascii: false, background }),
    openHost: async (name) => {
      opened.push(name);
      return console;
    },
  });
  return { screen, opened, console };
}

test.each([
  [80, 24, 'dark'],
  [120, 40, 'light'],
  [200, 60, 'dark'],
] as const)('the matrix of a fleet is drawn at %ix%i, %s', async (columns, rows, background) => {
  const { screen } = await screenOf(columns, rows, background);
  await expect(`${screen.text()}\n`).toMatchFileSnapshot(`../fleet/screens/hosts-${columns}x${rows}.txt`);
  await screen.quit();
});

const selected = (screen: TestScreen): string => screen.lines().find((line) => line.startsWith('│▸')) ?? '';

test('enter on a host opens its console, and esc returns to the same row', async () => {
  const { screen, opened, console } = await screenOf(120, 40);
  await screen.press('/', 'node33', 'enter', 'enter');
  expect(opened).toEqual(['node33']);
  expect(screen.line(1)).toContain('Overview');
  expect(screen.line(-1)).toMatch(/^ esc .*node-7/);
  // The open console is read at full rate, and at rest in the background.
  await screen.press('2');
  expect(console.shown.at(-1)).not.toEqual([]);
  await screen.press('1', 'esc');
  expect(screen.line(1)).toContain('Hosts');
  expect(console.shown.at(-1)).toEqual([]);
  expect(selected(screen)).toContain('node33');
  await screen.press('esc');
  expect(selected(screen)).toContain('node');
  await screen.quit();
});

test('enter on hosts that are alike lists them, and enter on one of them opens it', async () => {
  const { screen, opened } = await screenOf(120, 40);
  await screen.press('/', 'node[07', 'enter', 'enter');
  expect(screen.text()).toContain('2 hosts: 2 live');
  await screen.press('down', 'enter');
  expect(opened).toEqual(['node19']);
  await screen.press('esc');
  expect(screen.text()).toContain('1 of 5');
  await screen.quit();
});

test('the filter finds a host within a folded row', async () => {
  const { screen } = await screenOf(120, 40);
  await screen.press('/', 'node40', 'enter');
  expect(selected(screen)).toContain('node[01-06');
  await screen.quit();
});

test('hostile names and reasons are drawn without their escapes', async () => {
  const evil = hostRow('n\u001B[31m1', { state: 'failed', why: 'Permission\u001B]0;x\u0007 denied', os: 'x\u202Ey' });
  const screen = await open({ session: fleetSession([evil]), panes: [hostsPane], tab: 'hosts' });
  expect(screen.text()).toContain('Permission␛]0;x␇ denied');
  expect(screen.text()).not.toContain('\u202E');
  await screen.quit();
});

test('a note over one host is about it or all hosts, one over a folded row about all', async () => {
  const session = fleetSession();
  const screen = await open({ session, panes: [hostsPane], tab: 'hosts' });
  await screen.press('/', 'node33', 'enter', 'w');
  expect(screen.text()).toContain('Note about node33, or about all hosts?');
  await screen.press('h', ...Array.from('cable'), 'enter');
  await screen.press('w', 'a', ...Array.from('switch'), 'enter');
  await screen.press('w', 'n');
  await screen.press('esc', '/', 'node40', 'enter', 'w', ...Array.from('rack'), 'enter', 'm');
  const notes = session.marked.map(({ kind, host = 'all', text }) => `${kind} ${host} ${text}`);
  expect(notes).toEqual(['note node33 cable', 'note all switch', 'note all rack', 'marker all ']);
  await screen.quit();
});

test('notes of the matrix and of a console in the background are saved at the end, with the host', async () => {
  const written: string[] = [];
  const console = new FakeSession();
  const screen = await open({
    session: fleetSession(),
    panes: [hostsPane],
    tab: 'hosts',
    onWritten: (lines) => written.push(...lines),
    openHost: async () => console,
  });
  await screen.press('/', 'node33', 'enter', 'w', 'a', ...Array.from('switch'), 'enter', 'enter');
  await screen.press('w', ...Array.from('fan'), 'enter', 'esc', 'q');
  expect(screen.text()).toContain('Quit with unsaved notes');
  expect(screen.text()).toContain('2 markers and notes are in no recording.');
  await screen.press('y');
  await screen.quit();
  const path = /^saved: (.*)$/.exec(written[0] ?? '')?.[1] ?? '';
  onTestFinished(() => rmSync(path, { force: true }));
  expect(readFileSync(path, 'utf8')).toMatch(/Z switch\n.*Z node33: fan\n$/);
});

test('a note in a pause of a recording is asked for at quit, also when another host was recorded after it', async () => {
  const recordingOf = (session: FakeSession): RecordingControl => {
    let gaps: readonly RecordingGap[] = [];
    return {
      state: () => ({ path: 'f.cc.zst', sinceMs: 0, bytes: 1, problem: undefined, gaps }),
      stop: async () => undefined,
      pause: () => (gaps = [{ fromMs: session.nowMs, untilMs: undefined }]),
      resume: () => (gaps = gaps.map(({ fromMs }) => ({ fromMs, untilMs: session.nowMs }))),
      output: () => undefined,
      terminal: () => undefined,
    };
  };
  const consoles = new Map(['node33', 'db-1'].map((name) => [name, new FakeSession()] as const));
  let started: FakeSession | undefined;
  const session = fleetSession();
  const screen = await open({
    session,
    panes: [hostsPane],
    tab: 'hosts',
    openHost: async (name) => consoles.get(name) ?? new FakeSession(),
    startRecording: async (host) => {
      started = host as FakeSession;
      return recordingOf(started);
    },
  });
  await screen.press('/', 'node33', 'enter', 'enter', 'R', '_');
  const first = consoles.get('node33')!;
  first.nowMs += 1000;
  await screen.press('m');
  first.nowMs += 1000;
  session.nowMs += 5000;
  await screen.press('_', 'R', 'enter', 'esc');
  await screen.press('esc', '/', 'db-1', 'enter', 'enter', 'R');
  expect(started).toBe(consoles.get('db-1'));
  await screen.press('R', 'enter', 'q');
  expect(screen.text()).toContain('1 marker or note is in no recording');
  await screen.press('d');
  await screen.ended;
});
