import { expect, test } from 'vitest';
import { shortReport } from '../../src/commands/short-report.ts';
import { clipboardSequence } from '../../src/ui/copy.ts';
import { cannedSession, START_MS } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

test('copy on the Overview gives the short report after what is on the screen', async () => {
  const session = cannedSession();
  const screen = await open({ session, shortReport });
  await screen.press('c');
  const choices = screen
    .lines()
    .flatMap((line) => /│[ ▸]+(On the screen|Short report|Table as text)/.exec(line)?.[1] ?? []);
  expect(choices).toEqual(['On the screen', 'Short report', 'Table as text']);
  screen.takeOutput();
  await screen.press('down', 'enter');
  const fromMs = session.timeline.startMs ?? 0;
  const text = shortReport(session, fromMs, session.nowMs).trimEnd();
  expect(screen.takeOutput()).toContain(clipboardSequence(text));
  expect(screen.line(-1)).toContain(`copied ${text.split('\n').length} lines`);
  await screen.quit();
});

test('short report of a session names host, incidents and next steps in 15 lines or fewer', () => {
  const text = shortReport(cannedSession(), START_MS - 2000, START_MS);
  expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(15);
  expect(text).toContain('support@node-7, Debian GNU/Linux 12 (bookworm)');
  expect(text).toContain('2 incidents (2 findings), culprit first:');
  expect(text).toMatch(/^1\. CRITICAL node1 has 0\.4 %/m);
  expect(text).toContain('   next: Look at its kernel stack.');
});

test('copy gives the short report in the detail of an incident, and not in a pane', async () => {
  const screen = await open({ session: cannedSession(), shortReport });
  await screen.press('enter', 'c');
  expect(screen.text()).toContain('Short report');
  await screen.press('esc', 'esc', '3', 'c');
  expect(screen.text()).toContain('Table as text');
  expect(screen.text()).not.toContain('Short report');
  await screen.quit();
});

test('copied short report has redacted names when redaction is on', async () => {
  const screen = await open({ session: cannedSession(), shortReport });
  await screen.press('X', 'c');
  screen.takeOutput();
  await screen.press('down', 'enter');
  const [, encoded = ''] = /\u001B\]52;c;([A-Za-z0-9+/=]+)/.exec(screen.takeOutput()) ?? [];
  const copied = Buffer.from(encoded, 'base64').toString();
  expect(copied).toContain('culprit first');
  expect(copied).not.toContain('node-7');
  await screen.quit();
});
