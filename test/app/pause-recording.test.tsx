import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RecordingControl } from '../../src/app/recording-flow.ts';
import type { RecordingGap } from '../../src/lib/recording-gap.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

/** Recording with gaps and what reached it of the screen. */
function gapped(nowMs: () => number) {
  const output: string[] = [];
  let gaps: readonly RecordingGap[] = [];
  const recording: RecordingControl = {
    state: () => ({ path: 'node-7.cc.zst', sinceMs: 0, bytes: 1, problem: undefined, gaps }),
    stop: async () => undefined,
    pause: () => (gaps = [...gaps, { fromMs: nowMs(), untilMs: undefined }]),
    resume: () => (gaps = gaps.map((gap) => ({ ...gap, untilMs: gap.untilMs ?? nowMs() }))),
    output: (_, data) => output.push(data),
    terminal: (terminal, _, columns, rows) => output.push(`${terminal} ${columns}x${rows}`),
  };
  return { recording, output };
}

test('record-pause shows the gap in the head, and a resumed recording begins with the whole screen', async () => {
  const session = cannedSession();
  const { recording, output } = gapped(() => session.nowMs);
  const screen = await open({ session, startRecording: async () => recording });
  await screen.press('_');
  expect(screen.text()).toContain('pause recording: needs a recording: R starts one');
  await screen.press('R', '_');
  session.nowMs += 42_000;
  await screen.press('down');
  expect(screen.line(0)).toContain('REC PAUSED 00:00:42');
  output.length = 0;
  await screen.press('_');
  expect(screen.text()).toContain('recording resumed: 42s are not in the file');
  expect(output[0]).toMatch(/^screen \d+x\d+$/);
  expect(output.join('')).toContain('\u001B[H\u001B[2J');
  expect(screen.line(0)).not.toContain('PAUSED');
  await screen.press('q', 'y');
  await screen.ended;
});

test.each([
  ['y', 'saves', 1],
  ['d', 'discards', 0],
])('quit answered with %s %s notes of a gap, which are in no recording', async (key, _, files) => {
  const folder = mkdtempSync(join(tmpdir(), 'crashcart-gap-notes-'));
  const workingFolder = vi.spyOn(process, 'cwd').mockReturnValue(folder);
  onTestFinished(() => {
    workingFolder.mockRestore();
    rmSync(folder, { recursive: true });
  });
  const session = cannedSession();
  const { recording } = gapped(() => session.nowMs);
  const screen = await open({ session, startRecording: async () => recording });
  await screen.press('R', '_');
  session.nowMs += 1000;
  await screen.press('m');
  expect(screen.text()).toContain('marker set, not in the recording: it is paused');
  session.nowMs += 1000;
  await screen.press('_', 'R', 'enter', 'q');
  expect(screen.text()).toContain('1 marker or note is in no recording');
  await screen.press(key);
  await screen.ended;
  const saved = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  expect(saved).toHaveLength(files);
  for (const text of saved) expect(text).toMatch(/^\S+Z marker\n$/);
});
