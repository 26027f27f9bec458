import { expect, test, vi } from 'vitest';
import type { RecordingControl } from '../../src/app/recording-flow.ts';
import { commitPane, osdsOf } from '../helpers/commit-pane.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const letters = (text: string) => Array.from(text, (letter) => (letter === ' ' ? 'space' : letter));

/** Recording that keeps nothing. */
const recording = (): RecordingControl => ({
  state: () => ({ path: '/tmp/osd.cc.zst', sinceMs: 0, bytes: 10, problem: undefined, gaps: [] }),
  stop: async () => undefined,
  pause: () => undefined,
  resume: () => undefined,
  output: () => undefined,
  terminal: () => undefined,
});

function give(session: FakeSession, commitMs: number): void {
  session.nowMs += 1000;
  session.give(osdsOf.id, [{ name: 'osd.1', commitMs }]);
}

test('wait marks, records and reads stacks once its condition is met, and keeps readings until then', async () => {
  const session = new FakeSession();
  give(session, 10);
  const started: unknown[] = [];
  const startRecording = async () => {
    started.push(session.kept);
    return recording();
  };
  const screen = await open({ session, panes: [commitPane], startRecording });
  await screen.press(':', ...letters('wait osd.1 commit > 200 ms for 2 s'));
  expect(screen.text()).toContain('wait for osd.1 commit > 200 ms for 2 s');
  await screen.press('enter');
  expect(session.kept).toEqual({ sources: ['test-osds'], forMs: 60_000 });
  expect(screen.line(0)).toContain('WAITING');
  for (const value of [300, 310, 320]) give(session, value);
  await vi.waitFor(() => expect(session.marked).toHaveLength(1), { timeout: 5000 });
  expect(session.marked[0]?.text).toContain('osd.1 commit 320ms: osd.1 commit > 200 ms for 2 s');
  await vi.waitFor(() => expect(session.kept).toBeUndefined(), { timeout: 5000 });
  // The recording began while the readings were kept.
  expect(started).toEqual([{ sources: ['test-osds'], forMs: 60_000 }]);
  expect(session.looked).toEqual(['process-stacks']);
  await screen.settle();
  expect(screen.line(0)).not.toContain('WAITING');
  await screen.quit();
});

test('wait keeps its readings when the one before is still starting its recording', async () => {
  const session = new FakeSession();
  give(session, 10);
  const started = Promise.withResolvers<RecordingControl>();
  const screen = await open({ session, panes: [commitPane], startRecording: () => started.promise });
  await screen.press(':', ...letters('wait osd.1 commit > 200 ms'), 'enter');
  give(session, 300);
  await vi.waitFor(() => expect(session.marked).toHaveLength(1), { timeout: 5000 });
  await screen.press(':', ...letters('wait osd.1 commit > 900 ms'), 'enter');
  started.resolve(recording());
  await vi.waitFor(() => expect(session.looked).toEqual(['process-stacks']), { timeout: 5000 });
  await screen.settle();
  expect(session.kept).toEqual({ sources: ['test-osds'], forMs: 60_000 });
  await screen.quit();
});

test('wait ends by :wait, and names what of a condition cannot be read', async () => {
  const session = new FakeSession();
  give(session, 10);
  const screen = await open({ session, panes: [commitPane] });
  await screen.press(':', ...letters('wait osd.1 commit > x'));
  expect(screen.text()).toContain('no number after ">"');
  await screen.press('esc', ':', ...letters('wait osd.1 commit > 200 ms'), 'enter');
  expect(screen.line(0)).toContain('WAITING');
  await screen.press(':', ...letters('wait'));
  expect(screen.text()).toContain('stop waiting for osd.1 commit > 200 ms');
  await screen.press('enter');
  expect(screen.line(0)).not.toContain('WAITING');
  expect(session.kept).toBeUndefined();
  await screen.quit();
});
