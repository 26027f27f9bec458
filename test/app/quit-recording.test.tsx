import { expect, test } from 'vitest';
import { endRecording, type RecordingControl } from '../../src/app/recording-flow.ts';
import { cannedSession } from '../helpers/fake-session.ts';
import { open } from '../helpers/screen.tsx';

interface Fault {
  readonly problem?: string;
  readonly removed?: boolean;
}

/** A recording that grows by 2 KiB when it ends. */
function control(sinceMs: number, fault: Fault = {}, stop?: () => Promise<unknown>) {
  let size = 4096;
  const recording: RecordingControl = {
    state: () => ({
      path: 'node-7.cc.zst',
      sinceMs,
      bytes: size,
      problem: fault.problem,
      gaps: [],
      removed: fault.removed,
    }),
    stop:
      stop ??
      (async () => {
        size += 2048;
      }),
    pause: () => undefined,
    resume: () => undefined,
    output: () => undefined,
    terminal: () => undefined,
  };
  return recording;
}

async function recordingScreen(fault?: Fault) {
  const session = cannedSession();
  const lines: string[] = [];
  const restored: boolean[] = [];
  const screen = await open({
    session,
    startRecording: async () => control(session.nowMs, fault),
    onWritten: (all) => {
      lines.push(...all);
      restored.push(screen.takeOutput().includes('\u001B[?1049l'));
    },
  });
  await screen.press('R');
  session.nowMs += 65_000;
  return { screen, lines, restored };
}

test('quit asks during a recording and stays when answered with no', async () => {
  const { screen, lines } = await recordingScreen();
  await screen.press('q');
  expect(screen.text()).toContain('Quit while recording');
  expect(screen.text()).toContain('Recording to node-7.cc.zst (4.0K, 1m05). Quitting stops it.');
  await screen.press('n');
  expect(screen.text()).not.toContain('Quit while recording');
  expect(screen.line(1)).toContain('[1 Overview');
  expect(lines).toEqual([]);
  await screen.quit();
});

test('quit reports path, size and duration after the screen is restored when answered with yes', async () => {
  const { screen, lines, restored } = await recordingScreen();
  await screen.press('q', 'y');
  expect(await screen.ended).toEqual({ how: 'quit' });
  expect(lines).toEqual(['recording: node-7.cc.zst (6.0K, 1m05)']);
  expect(restored).toEqual([true]);
});

test('leave asks during a recording; a second one stops it and reports it', async () => {
  const { screen, lines } = await recordingScreen();
  await screen.press('ctrl-c');
  expect(screen.text()).toContain('Quit while recording');
  await screen.press('ctrl-c');
  expect(await screen.ended).toEqual({ how: 'quit' });
  expect(lines).toEqual(['recording: node-7.cc.zst (6.0K, 1m05)']);
});

test('quit does not ask when the recording has failed before, and reports why', async () => {
  const { screen, lines } = await recordingScreen({ problem: 'no space left on device' });
  await screen.press('q');
  expect(await screen.ended).toEqual({ how: 'quit' });
  expect(lines).toEqual(['recording: node-7.cc.zst (6.0K, 1m05)', 'recording incomplete: no space left on device']);
});

test('endRecording reports why a file is incomplete', async () => {
  const end = (recording: RecordingControl) => endRecording(recording, () => 65_000, 20);
  const failing = control(0, {}, () => Promise.reject(new Error('EIO \u001B[2J')));
  expect((await end(failing))[1]).toBe('recording incomplete: EIO ␛[2J');
  const hanging = control(0, {}, () => new Promise(() => undefined));
  expect((await end(hanging))[1]).toBe('recording incomplete: not finished after 0.02 s');
  const removed = control(0, { problem: 'a name was left', removed: true });
  expect(await end(removed)).toEqual(['no recording: a name was left']);
});
