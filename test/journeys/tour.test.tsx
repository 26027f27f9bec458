import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { wrap } from '../../src/app/box.ts';
import { TOUR, TOUR_START_MS } from '../../src/app/tour-steps.ts';
import { TOUR_ROWS } from '../../src/app/tour.ts';
import { openRecording } from '../../src/recording/open-recording.ts';
import { ReplaySession } from '../../src/recording/replay-session.ts';
import { findings, panes, sources } from '../../src/subsystems/index.ts';
import { FakeSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

const DEMO = join(import.meta.dirname, '../../assets/demo.cc.zst');

/** What the screen shows after the key of each step: the claim of its text. */
const AFTER: readonly { readonly key: string; readonly shows: RegExp }[] = [
  { key: 'p', shows: /replay paused/ },
  { key: 'enter', shows: /▸ CRIT osd\.1 +esc back.*Explains.*OSD_DOWN/s },
  { key: 'q', shows: /\[1 Overview.*▸.*osd\.1/s },
  { key: 'a', shows: /Next steps: osd\.1/ },
  { key: 'enter', shows: /\[6 Ceph.*▸ +1 +down/s },
  { key: 'r', shows: /▸ Raw: OSDs.*ceph-osd\.1\.asok/s },
  { key: 'q', shows: /\[6 Ceph/ },
  { key: '2', shows: /\[2 (?:HW|Hardware)/ },
  { key: '}', shows: /^ finding: /m },
  { key: '?', shows: /▸ Keys/ },
];

async function tour(columns: number, rows: number) {
  const recording = await openRecording(DEMO, sources, 'elsewhere');
  const fromMs = (recording.segments[0]?.t ?? 0) + TOUR_START_MS;
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => 0, fromMs });
  const clock = Object.assign(new FakeSession(), { nowMs: fromMs });
  const screen = await open({ session: clock, connect: async () => session, panes, columns, rows, tour: true });
  onTestFinished(async () => void (await screen.quit()));
  return screen;
}

describe('tour of the demo', () => {
  test('has 10 steps or fewer, each in two lines at 80 columns', () => {
    expect(TOUR.length).toBeLessThanOrEqual(10);
    expect(TOUR.length).toBe(AFTER.length);
    expect(TOUR.filter(({ text }) => wrap(text, 64).length > TOUR_ROWS)).toEqual([]);
  });

  test.each([
    [80, 24],
    [120, 40],
  ])('leads through one incident by its keys at %ix%i', { timeout: 90_000 }, async (columns, rows) => {
    const screen = await tour(columns, rows);
    for (const [at, { key, shows }] of AFTER.entries()) {
      expect(screen.text()).toContain(`${at + 1}/${TOUR.length}`);
      await screen.press(key);
      expect(screen.text()).toMatch(shows);
    }
    expect(screen.text()).not.toContain('leave the tour');
  });

  test('has each step done by Enter', { timeout: 90_000 }, async () => {
    const screen = await tour(80, 24);
    for (const { shows } of AFTER) {
      await screen.press('enter');
      expect(screen.text()).toMatch(shows);
    }
  });

  test('refuses other keys and names the one of the step', async () => {
    const screen = await tour(80, 24);
    await screen.press('3');
    expect(screen.text()).toContain('[1 Overview');
    expect(screen.line(-1)).toContain('tour: press p, or Enter to run the step; esc leaves');
  });

  test('ends when esc is pressed; keys then act as ever', async () => {
    const screen = await tour(80, 24);
    await screen.press('esc', '3');
    expect(screen.text()).toContain('[3 Proc');
    expect(screen.text()).not.toContain(`1/${TOUR.length}`);
  });
});
