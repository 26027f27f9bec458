import { describe, expect, test } from 'vitest';
import type { LinkState, RootState } from '../../src/host/host.ts';
import { cannedSession, START_MS } from '../helpers/fake-session.ts';
import { open, type TestScreen } from '../helpers/screen.tsx';

async function change(
  screen: TestScreen,
  { link, root }: { readonly link?: LinkState; readonly root?: RootState },
): Promise<void> {
  if (link) screen.session.link = link;
  if (root) screen.session.root = root;
  screen.session.announce();
  await screen.settle();
}

const KILLED = 'collector killed or session ended';

describe('the screen', () => {
  test('shows that root was lost and is tried again, and that it came back', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, {
      root: { state: 'lost', sinceMs: START_MS, detail: KILLED, retryAtMs: START_MS + 5000 },
    });
    expect(screen.line(0)).toContain('root lost');
    expect(screen.line(-1)).toContain(`root lost: ${KILLED}; sudo -n again in 5s`);
    await change(screen, { root: { state: 'root' } });
    expect(screen.line(0)).not.toContain('root lost');
    expect(screen.line(-1)).toContain('root collector restarted');
    await screen.quit();
  });

  test('names the key that asks for a password which was not kept', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, { root: { state: 'lost', sinceMs: START_MS, detail: KILLED } });
    expect(screen.line(-1)).toContain(`root lost: ${KILLED}; password not kept, s asks for it`);
    await screen.press('s', 'r', 'i', 'g', 'h', 't', 'enter');
    expect(session.passwords).toEqual(['right']);
    expect(session.reopened).toBe(0);
    expect(screen.line(0)).not.toContain('root lost');
    await screen.quit();
  });

  test('shows lost root beside the connection that came back without it', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, { link: { state: 'lost', sinceMs: START_MS - 3000, detail: 'read ECONNRESET' } });
    await change(screen, { root: { state: 'lost', sinceMs: START_MS, detail: 'ended with the connection' } });
    await change(screen, { link: { state: 'live' } });
    expect(screen.line(-1)).toContain(
      'reconnected after 3s; root lost: ended with the connection; password not kept, s asks for it',
    );
    await screen.quit();
  });

  test('counts down to the next try, of a connection and of a collector', async () => {
    const screen = await open({ session: cannedSession() });
    const lost = { state: 'lost', sinceMs: START_MS - 4000, retryAtMs: START_MS + 10_000 } as const;
    await change(screen, { link: { ...lost, detail: 'read ECONNRESET' } });
    expect(screen.line(0)).toContain('LOST 4s  retry in 10s');
    expect(screen.line(-1)).toContain('read ECONNRESET; reconnect in 10s');
    await change(screen, { link: { ...lost, detail: KILLED, collectorOnly: true } });
    expect(screen.line(0)).toContain('COLLECTOR DOWN 4s  retry in 10s');
    expect(screen.line(-1)).toContain(`${KILLED}; collector restart in 10s`);
    await change(screen, { link: { state: 'live' } });
    expect(screen.line(-1)).toContain('collector restarted after 4s');
    await screen.quit();
  });
});

describe('the sudo key', () => {
  const LOST = { state: 'lost', sinceMs: START_MS, detail: 'unable to fork', retryAtMs: START_MS + 60_000 } as const;

  test('asks sudo -n at once where that worked before, without a password', async () => {
    const session = cannedSession();
    session.root = LOST;
    const screen = await open({ session });
    await screen.press('s');
    expect([session.reopened, session.passwords]).toEqual([1, []]);
    expect(screen.line(-1)).toContain('root rights');
    await screen.quit();
  });

  test('shows why when sudo -n fails again', async () => {
    const session = cannedSession();
    session.root = LOST;
    session.afterReopen = LOST;
    const screen = await open({ session });
    await screen.press('s');
    expect(screen.text()).toContain('sudo -n failed: unable to fork');
    await screen.quit();
  });

  test('asks for the password when sudo -n now wants one', async () => {
    const session = cannedSession();
    session.root = LOST;
    session.afterReopen = { state: 'password', detail: 'sudo: a password is required' };
    const screen = await open({ session });
    await screen.press('s', 'r', 'i', 'g', 'h', 't', 'enter');
    expect([session.reopened, session.passwords]).toEqual([1, ['right']]);
    await screen.quit();
  });

  test('works when sudo refused before, and not while disconnected', async () => {
    const session = cannedSession();
    session.root = { state: 'none', detail: 'no root: sudo: unable to fork' };
    const screen = await open({ session });
    await screen.press('s');
    expect(screen.text()).toContain('no root: sudo: unable to fork. The password goes to sudo');
    await screen.press('esc');
    await change(screen, { link: { state: 'lost', sinceMs: START_MS, detail: 'gone' } });
    await screen.press('s');
    expect(screen.line(-1)).toContain('sudo: not connected');
    await screen.quit();
  });
});
