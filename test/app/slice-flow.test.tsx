import { expect, test } from 'vitest';
import type { SliceTimes } from '../../src/app/slice-flow.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const SLICE = Array.from('slice');

/** Session with markers at these seconds. */
function marked(...seconds: readonly number[]): FakeSession {
  const session = new FakeSession();
  const startMs = session.nowMs;
  for (const one of seconds) {
    session.nowMs = startMs + one * 1000;
    session.mark('');
  }
  session.nowMs = startMs + 60_000;
  return session;
}

test('palette cuts a slice between the two newest markers, redacted like the screen', async () => {
  const session = marked(20, 5, 12);
  const startMs = session.nowMs - 60_000;
  const cuts: [SliceTimes, boolean][] = [];
  const written: string[] = [];
  const screen = await open({
    session,
    cutSlice: async (times, redact) => {
      cuts.push([times, redact]);
      return '/tmp/slice.cc.zst';
    },
    onWritten: (lines) => written.push(...lines),
  });
  await screen.press(':', ...SLICE);
  expect(screen.text()).toContain('cut a slice between the two newest markers');
  await screen.press('enter');
  expect(cuts).toEqual([[{ fromMs: startMs + 12_000, toMs: startMs + 20_000 }, false]]);
  expect(screen.text()).toContain('slice: /tmp/slice.cc.zst');
  await screen.quit();
  expect(written).toContain('slice: /tmp/slice.cc.zst');
});

test('palette offers no slice before there are two markers, and none of a live host', async () => {
  const one = await open({ session: marked(5), cutSlice: async () => '' });
  await one.press(':', ...SLICE);
  expect(one.text()).not.toContain('cut a slice');
  await one.press('esc');
  await one.quit();
  const live = await open({ session: marked(5, 9) });
  await live.press(':', ...SLICE);
  expect(live.text()).not.toContain('cut a slice');
  await live.press('esc');
  await live.quit();
});
