import { expect, test } from 'vitest';
import type { ToolBox } from '../../src/app/tools-flow.ts';
import type { StandingFinding } from '../../src/collect/session.ts';
import { entityRef, processRef } from '../../src/findings/entity-ref.ts';
import { processes } from '../../src/sources/processes/processes.ts';
import { clipboardSequence } from '../../src/ui/copy.ts';
import { cannedSession, START_MS, type FakeSession } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

const found = (rule: string, more: Pick<StandingFinding, 'entity' | 'subject' | 'sentence'>): StandingFinding => ({
  rule,
  key: `${rule} ${more.subject}`,
  severity: 'crit',
  evidence: [],
  next: 'look at it',
  sinceMs: START_MS - 60_000,
  seenMs: START_MS,
  ...more,
});

const slowCard = found('nic-drops', { entity: entityRef('nic', 'eth; 0'), subject: 'eth; 0', sentence: '100 drops/s' });
const stopped = found('process-stopped', {
  entity: processRef({ pid: 900, startTicks: 1 }),
  subject: 'nfsd[900]',
  sentence: 'stopped (SIGSTOP) for ≥ 4 s',
});

/** Session with one finding, and the process that tools run on. */
function sessionWith(...standing: readonly StandingFinding[]): FakeSession {
  const session = cannedSession();
  session.standing = standing;
  session.give(processes.id, { processes: new Map([[900, { pid: 900, startTicks: 1, command: 'nfsd' }]]) });
  return session;
}

const foot = (screen: TestScreen): string => screen.line(-1);

test('next steps show the first one under the table with its key', async () => {
  const screen = await open({ session: sessionWith(slowCard), columns: 80, rows: 24 });
  expect(screen.text()).toContain("a steps   1 go Hardware, eth; 0 · 2 copy ethtool -S 'eth; 0' · ");
  expect(foot(screen)).toContain('a steps');
  await screen.quit();
});

test('a digit copies a quoted command, which is not run', async () => {
  const screen = await open({ session: sessionWith(slowCard) });
  await screen.press('a');
  expect(screen.text()).toContain('Next steps: eth; 0');
  expect(screen.text()).toContain('counters of the card by kind and queue');
  screen.takeOutput();
  await screen.press('2');
  expect(screen.takeOutput()).toContain(clipboardSequence("ethtool -S 'eth; 0'"));
  expect(foot(screen)).toContain("copied: ethtool -S 'eth; 0'");
  expect(screen.text()).not.toContain('Next steps:');
  expect(screen.session.looked).toEqual([]);
  await screen.quit();
});

test('the dialog has no name in its title while names are redacted', async () => {
  const session = sessionWith(
    found('nic-drops', { entity: entityRef('nic', 'eth0'), subject: 'x', sentence: 'drops' }),
  );
  const [finding] = session.standing;
  if (finding) session.standing = [{ ...finding, subject: session.host.name }];
  const screen = await open({ session });
  await screen.press('X');
  await screen.press('a');
  expect(screen.text()).toMatch(/Next steps: user-\d+@host-\d+/);
  expect(screen.text()).not.toContain(session.host.name);
  await screen.quit();
});

test('the dialog shows a command whole when the list cuts it', async () => {
  const log = found('kubelet-unhealthy', {
    entity: entityRef('daemon', 'kubelet'),
    subject: 'kubelet',
    sentence: 'unhealthy',
  });
  const screen = await open({ session: sessionWith(log), columns: 80, rows: 24 });
  await screen.press('a');
  const inside = screen
    .lines()
    .map((line) => line.replaceAll(/[│▸╭╮╰╯─]/g, '').trim())
    .join(' ');
  expect(inside.replaceAll(/ +/g, ' ')).toContain(
    "copy journalctl -u kubelet -u k3s -u snap.microk8s.daemon-kubelite --since '2026-03-14 12:00:51 UTC' --no-pager: log of the kubelet",
  );
  await screen.quit();
});

test('enter goes to the pane of a finding, esc returns', async () => {
  const screen = await open({ session: sessionWith(stopped) });
  await screen.press('a', 'enter');
  expect(screen.line(1)).toContain('[3 Processes');
  // Rows of this pane have other keys: the notice names what is not there.
  expect(foot(screen)).toContain('nfsd[900]: not in the list');
  await screen.press('esc');
  expect(screen.line(1)).toContain('[1 Overview');
  await screen.quit();
});

test('a tool step asks for its confirmation with the cost, then runs on the process', async () => {
  const opened: string[] = [];
  const tools: ToolBox = {
    list: async () => [
      {
        id: 'kernel-stacks',
        title: 'kernel stacks',
        cost: 'no stop (reads /proc)',
        confirm: { lines: ['It is a daemon.'] },
      },
    ],
    open: async (_, { pid }, tool) => {
      opened.push(`${tool} ${pid}`);
      return { detail: { id: 'stacks', title: 'Stacks', sources: {}, everySeconds: 0, sections: () => [] } };
    },
  };
  const screen = await open({ session: sessionWith(stopped), tools });
  await screen.press('a');
  expect(screen.text()).toContain('tool  kernel stacks, wait channels, system calls: nfsd[900]');
  await screen.press('4');
  expect(screen.text()).toContain('It is a daemon. ');
  expect(screen.text()).toContain('no stop (reads /proc)');
  expect(opened).toEqual([]);
  await screen.press('y');
  expect(opened).toEqual(['kernel-stacks 900']);
  await screen.quit();
});

test('a tool is not offered when the process has another start time', async () => {
  const session = sessionWith({ ...stopped, entity: processRef({ pid: 900, startTicks: 2 }) });
  const screen = await open({ session });
  await screen.press('a');
  expect(screen.text()).toContain('Next steps:');
  expect(screen.text()).not.toContain('tool  ');
  await screen.quit();
});

test('next steps are refused when the finding has ended', async () => {
  const session = sessionWith(stopped);
  const screen = await open({ session });
  session.standing = [];
  await screen.press('a');
  expect(screen.text()).not.toContain('Next steps:');
  await screen.quit();
});

test('next steps need a finding when a pane is open', async () => {
  const screen = await open({ session: sessionWith(stopped), tab: 'processes' });
  await screen.press('a');
  expect(foot(screen)).toContain('steps: needs a selected finding: open the Overview');
  await screen.quit();
});

test('next steps in the detail are those of its root', async () => {
  const screen = await open({ session: sessionWith(slowCard) });
  await screen.press('enter', 'a');
  expect(screen.text()).toContain('Next steps: eth; 0');
  await screen.quit();
});

test('a command is copied with redacted names when redaction is on', async () => {
  const named = found('nic-drops', { entity: entityRef('nic', 'node-7'), subject: 'node-7', sentence: 'drops' });
  const screen = await open({ session: sessionWith(named) });
  await screen.press('X', 'a');
  screen.takeOutput();
  await screen.press('2');
  expect(foot(screen)).toContain('(names redacted)');
  expect(screen.takeOutput()).not.toContain(clipboardSequence('ethtool -S node-7'));
  await screen.quit();
});
