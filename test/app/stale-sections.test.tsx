import { expect, test } from 'vitest';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

test('section shows the age of its reading when it is older than two periods', async () => {
  const session = cannedSession();
  const screen = await open({ session });
  await screen.press('3');
  expect(screen.text()).not.toContain('stale');
  session.nowMs += 4000;
  session.announce();
  await expect.poll(() => screen.text(), { timeout: 5000 }).toContain('stale 4 s');
  session.give('fake-processes', session.timeline.latest('fake-processes')?.sample);
  await expect.poll(() => screen.text(), { timeout: 5000 }).not.toContain('stale');
  await screen.quit();
});
