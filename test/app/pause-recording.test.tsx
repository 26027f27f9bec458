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

test('a recording has neither the text of a mark nor the screen of a gap after it was resumed', async () => {
  const session = cannedSession();
  const { recording, output } = gapped(() => session.nowMs);
  const screen = await open({ session, startRecording: async () => recording });
  session.nowMs += 10_000;
  session.mark('before the gap');
  session.nowMs += 10_000;
  await screen.press('R', '_');
  session.nowMs += 10_000;
  // At the end of the program a note would be saved in a file.
  session.marked.push({ wallMs: session.nowMs, kind: 'finding', severity: 'crit', text: 'planted in the gap' });
  session.nowMs += 10_000;
  await screen.press('_');
  session.nowMs += 10_000;
  output.length = 0;
  await screen.press('{');
  // The engineer sees the screen of the gap, the recording a blank one.
  expect(screen.text()).toContain('finding: in a pause of the recording');
  expect(screen.line(0)).toContain('12:04:21Z');
  expect(output).toEqual(['\u001B[0m\u001B[2J\u001B[H readings of a pause on the screen, not recorded']);
  await screen.press('down', 'up');
  expect(output).toHaveLength(1);
  await screen.press('{');
  expect(screen.text()).toContain('note: before the gap');
  expect(output.slice(1).join('')).toContain('\u001B[H\u001B[2J');
  expect(output.join('')).toContain('note: before the gap');
  expect(output.join('')).not.toContain('planted');
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
