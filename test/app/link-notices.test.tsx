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
  test('screen shows that root is lost and retried, and that it is restored', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, {
      root: { state: 'lost', sinceMs: START_MS, detail: KILLED, retryAtMs: START_MS + 5000 },
    });
    expect(screen.line(0)).toContain('root lost');
    expect(screen.line(-1)).toContain(`root lost: ${KILLED}; sudo -n again in 5 s`);
    await change(screen, { root: { state: 'root' } });
    expect(screen.line(0)).not.toContain('root lost');
    expect(screen.line(-1)).toContain('root collector restarted');
    await screen.quit();
  });

  test('screen names the password key when root is lost', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, { root: { state: 'lost', sinceMs: START_MS, detail: KILLED } });
    expect(screen.line(-1)).toContain(`root lost: ${KILLED}; enter the password with s`);
    await screen.press('s', 'r', 'i', 'g', 'h', 't', 'enter');
    expect(session.passwords).toEqual(['right']);
    expect(session.reopened).toBe(0);
    expect(screen.line(0)).not.toContain('root lost');
    await screen.quit();
  });

  test('screen shows lost root when the connection is restored without it', async () => {
    const session = cannedSession();
    session.root = { state: 'root' };
    const screen = await open({ session });
    await change(screen, { link: { state: 'lost', sinceMs: START_MS - 3000, detail: 'read ECONNRESET' } });
    await change(screen, { root: { state: 'lost', sinceMs: START_MS, detail: 'ended with the connection' } });
    await change(screen, { link: { state: 'live' } });
    expect(screen.line(-1)).toContain(
      'reconnected after 3s; root lost: ended with the connection; enter the password with s',
    );
    await screen.quit();
  });

  test('screen counts down to the retry of a connection and of a collector', async () => {
    const screen = await open({ session: cannedSession() });
    const lost = { state: 'lost', sinceMs: START_MS - 4000, retryAtMs: START_MS + 10_000 } as const;
    await change(screen, { link: { ...lost, detail: 'read ECONNRESET' } });
    expect(screen.line(0)).toContain('LOST 4s  retry in 10s');
    expect(screen.line(-1)).toContain('read ECONNRESET; reconnect in 10 s');
    await change(screen, { link: { ...lost, detail: KILLED, collectorOnly: true } });
    expect(screen.line(0)).toContain('COLLECTOR DOWN 4s  retry in 10s');
    expect(screen.line(-1)).toContain(`${KILLED}; collector restart in 10 s`);
    await change(screen, { link: { state: 'live' } });
    expect(screen.line(-1)).toContain('collector restarted after 4s');
    await screen.quit();
  });
});

describe('the sudo key', () => {
  const LOST = { state: 'lost', sinceMs: START_MS, detail: 'unable to fork', retryAtMs: START_MS + 60_000 } as const;

  test('unlock runs sudo -n when that worked before', async () => {
    const session = cannedSession();
    session.root = LOST;
    const screen = await open({ session });
    await screen.press('s');
    expect([session.reopened, session.passwords]).toEqual([1, []]);
    expect(screen.line(-1)).toContain('reads that need root');
    await screen.quit();
  });

  test('unlock shows the reason when sudo -n fails again', async () => {
    const session = cannedSession();
    session.root = LOST;
    session.afterReopen = LOST;
    const screen = await open({ session });
    await screen.press('s');
    expect(screen.text()).toContain('sudo -n failed: unable to fork');
    await screen.quit();
  });

  test('unlock asks for the password when sudo -n needs one', async () => {
    const session = cannedSession();
    session.root = LOST;
    session.afterReopen = { state: 'password', detail: 'sudo: a password is required' };
    const screen = await open({ session });
    await screen.press('s', 'r', 'i', 'g', 'h', 't', 'enter');
    expect([session.reopened, session.passwords]).toEqual([1, ['right']]);
    await screen.quit();
  });

  test('unlock works when sudo refused before, and not while disconnected', async () => {
    const session = cannedSession();
    session.root = { state: 'none', detail: 'no root: sudo: unable to fork' };
    const screen = await open({ session });
    await screen.press('s');
    expect(screen.text()).toContain('no root: sudo: unable to fork. The password is passed to sudo');
    await screen.press('esc');
    await change(screen, { link: { state: 'lost', sinceMs: START_MS, detail: 'gone' } });
    await screen.press('s');
    expect(screen.line(-1)).toContain('sudo: not connected');
    await screen.quit();
  });
});
