import { expect, test } from 'vitest';
import { recordTerminal, type RecordingControl } from '../../src/app/recording-flow.ts';
import type { Screen } from '../../src/app/screen.ts';
import { Emulator } from '../../src/ui/terminal/emulator.ts';
import type { TerminalSession } from '../../src/ui/terminal/terminal-session.ts';

function control() {
  const events: string[] = [];
  const recording: RecordingControl = {
    state: () => ({ path: 'f', sinceMs: 0, bytes: 0, problem: undefined, gaps: [] }),
    stop: async () => undefined,
    pause: () => undefined,
    resume: () => undefined,
    output: (terminal, data) => void events.push(`${terminal}: ${data}`),
    terminal: (terminal, title, columns, rows) => void events.push(`${terminal} ${title} ${columns}x${rows}`),
  };
  return { events, recording };
}

/** Part of a screen that recordTerminal uses. */
const fakeScreen = (recording?: RecordingControl) => ({ recording }) as unknown as Screen;
const toolIn = (emulator: Emulator, title = 'gdb') => ({ emulator, title }) as unknown as TerminalSession;
const bytes = (text: string) => new TextEncoder().encode(text);

test('recordTerminal records a tool as a separate terminal with its sizes and whole characters', () => {
  const { events, recording } = control();
  const emulator = new Emulator(78, 20);
  recordTerminal(fakeScreen(recording), toolIn(emulator));
  emulator.feed(bytes('(gdb) '));
  const cut = bytes('µs');
  emulator.feed(cut.subarray(0, 1));
  emulator.feed(cut.subarray(1));
  emulator.resize(78, 20);
  emulator.resize(100, 30);
  emulator.print('ended');
  expect(events).toEqual(['1 gdb 78x20', '1: (gdb) ', '1: µs', '1 gdb 100x30', '1: \r\nended\r\n']);
});

test('recordTerminal records the output during a recording, with its size', () => {
  const first = control();
  const second = control();
  const screen = fakeScreen();
  const emulator = new Emulator(78, 20);
  recordTerminal(screen, toolIn(emulator));
  emulator.feed(bytes('not recorded'));
  screen.recording = first.recording;
  emulator.feed(bytes('a'));
  screen.recording = undefined;
  emulator.feed(bytes('b'));
  screen.recording = second.recording;
  emulator.resize(90, 20);
  emulator.feed(bytes('c'));
  expect(first.events).toEqual(['1 gdb 78x20', '1: a']);
  expect(second.events).toEqual(['1 gdb 90x20', '1: c']);
});

test('recordTerminal numbers the tools of a session', () => {
  const { events, recording } = control();
  const screen = fakeScreen(recording);
  recordTerminal(screen, toolIn(new Emulator(78, 20)));
  recordTerminal(screen, toolIn(new Emulator(78, 20), 'strace'));
  expect(events).toEqual(['1 gdb 78x20', '2 strace 78x20']);
});
