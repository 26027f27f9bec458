import { expect, test } from 'vitest';
import { recordTerminal, type RecordingControl } from '../../src/app/recording-flow.ts';
import type { Screen } from '../../src/app/screen.ts';
import { Emulator } from '../../src/ui/terminal/emulator.ts';
import type { TerminalSession } from '../../src/ui/terminal/terminal-session.ts';

function control() {
  const told: string[] = [];
  const recording: RecordingControl = {
    state: () => ({ path: 'f', sinceMs: 0, bytes: 0, problem: undefined }),
    stop: async () => undefined,
    output: (terminal, data) => void told.push(`${terminal}: ${data}`),
    terminal: (terminal, title, columns, rows) => void told.push(`${terminal} ${title} ${columns}x${rows}`),
  };
  return { told, recording };
}

/** A screen as far as a recording of terminals meets it. */
const fakeScreen = (recording?: RecordingControl) => ({ recording }) as unknown as Screen;
const toolIn = (emulator: Emulator, title = 'gdb') => ({ emulator, title }) as unknown as TerminalSession;
const bytes = (text: string) => new TextEncoder().encode(text);

test('a tool is a terminal of its own, with its sizes; characters that were cut in two are whole', () => {
  const { told, recording } = control();
  const emulator = new Emulator(78, 20);
  recordTerminal(fakeScreen(recording), toolIn(emulator));
  emulator.feed(bytes('(gdb) '));
  const cut = bytes('µs');
  emulator.feed(cut.subarray(0, 1));
  emulator.feed(cut.subarray(1));
  emulator.resize(78, 20);
  emulator.resize(100, 30);
  emulator.say('ended');
  expect(told).toEqual(['1 gdb 78x20', '1: (gdb) ', '1: µs', '1 gdb 100x30', '1: \r\nended\r\n']);
});

test('a recording that begins or ends meanwhile has what fell into it, and knows the size', () => {
  const first = control();
  const second = control();
  const screen = fakeScreen();
  const emulator = new Emulator(78, 20);
  recordTerminal(screen, toolIn(emulator));
  emulator.feed(bytes('nobody records'));
  screen.recording = first.recording;
  emulator.feed(bytes('a'));
  screen.recording = undefined;
  emulator.feed(bytes('b'));
  screen.recording = second.recording;
  emulator.resize(90, 20);
  emulator.feed(bytes('c'));
  expect(first.told).toEqual(['1 gdb 78x20', '1: a']);
  expect(second.told).toEqual(['1 gdb 90x20', '1: c']);
});

test('each tool of a session has another name', () => {
  const { told, recording } = control();
  const screen = fakeScreen(recording);
  recordTerminal(screen, toolIn(new Emulator(78, 20)));
  recordTerminal(screen, toolIn(new Emulator(78, 20), 'strace'));
  expect(told).toEqual(['1 gdb 78x20', '2 strace 78x20']);
});
