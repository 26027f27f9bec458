import { afterEach, expect, test } from 'vitest';
import { setRedact } from '../../src/lib/plain.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

afterEach(() => setRedact(undefined));

test('redact replaces names at once, on the screen and in copies, until it is turned off', async () => {
  const screen = await open({ session: cannedSession(), columns: 80, rows: 24 });
  expect(screen.line(0)).toContain('support@node-7');
  await screen.press('3', 'X');
  expect(screen.line(0)).toContain('REDACTED');
  expect(screen.text()).not.toMatch(/node-7|support/);
  screen.takeOutput();
  await screen.press('A', 'c');
  expect(screen.text()).not.toMatch(/node-7/);
  await screen.press('esc', 'esc', 'X');
  expect(screen.line(0)).toContain('support@node-7');
  expect(screen.text()).not.toContain('REDACTED');
  await screen.quit();
});
