import type { Session } from '../collect/session.ts';
import { plain } from '../lib/plain.ts';
import { bytes, duration } from '../lib/units.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { askConfirm, askSecret, tellMessage } from './dialogs.ts';
import type { Screen } from './screen.ts';

/** A recording that is being made; written by src/recording, shown here. */
export interface RecordingControl {
  readonly state: () => {
    readonly path: string;
    readonly sinceMs: number;
    readonly bytes: number;
    readonly problem: string | undefined;
    /** It could not be made fit to leave, and is no more. */
    readonly removed?: boolean | undefined;
  };
  readonly stop: () => Promise<unknown>;
  /** What was written to the engineer's terminal, and how large it is. */
  readonly output: (terminal: string, data: string) => void;
  readonly terminal: (terminal: string, title: string, columns: number, rows: number) => void;
}

/** Rejects when the file cannot be made. Without a path it chooses one. */
export type StartRecording = (session: Session, path?: string) => Promise<RecordingControl>;

/** Begins a recording, or ends it and tells where it lies. */
export async function toggleRecording(screen: Screen): Promise<void> {
  const { recording, startRecording, watch } = screen;
  if (recording) {
    await recording.stop();
    screen.recording = undefined;
    const { path, bytes: size, problem, removed } = recording.state();
    if (removed) {
      await tellMessage(screen.layers, { title: 'There is no recording', lines: [problem ?? ''] });
      return;
    }
    const ended = problem === undefined ? [] : [`It ended before: ${problem}. What it held until then is there.`];
    const lines = [`${path} (${bytes(size)})`, ...ended, '', `To watch it:  crashcart replay ${path}`];
    await tellMessage(screen.layers, { title: 'The recording has ended', lines });
  } else if (startRecording && watch) await beginRecording(screen);
}

export async function beginRecording(screen: Screen, path?: string): Promise<void> {
  const { startRecording, watch } = screen;
  if (!startRecording || !watch) return;
  screen.recording = await startRecording(watch.session, path);
  screen.recording.terminal('screen', 'crashcart', screen.size.columns, screen.size.rows);
  // A recording of the screen begins with all of it.
  screen.terminal.redraw();
  screen.say(`recording to ${screen.recording.state().path}`);
}

/** Leaves the program; asks first while a recording is being made, which leaving ends. */
export async function quitAsking(screen: Screen): Promise<void> {
  const state = screen.recording?.state();
  if (state !== undefined && state.problem === undefined) {
    const question = {
      title: 'Quit while recording',
      lines: [`Recording to ${state.path} (${extent(state, screen.clock())}). Quitting ends it.`],
      yes: 'end the recording and quit',
    };
    if (!(await askConfirm(screen.layers, question))) return;
  }
  screen.terminal.quit();
}

/** Ends a recording with the program; one line for each thing to know about the file. */
export async function endRecording(
  recording: RecordingControl,
  clock: () => number,
  limitMs: number,
): Promise<readonly string[]> {
  const timeout = Promise.withResolvers<string>();
  const timer = setTimeout(() => timeout.resolve(`not finished after ${limitMs / 1000} s`), limitMs);
  const stopped = recording.stop().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const failure = await Promise.race([stopped, timeout.promise]);
  clearTimeout(timer);
  const state = recording.state();
  const problem = failure ?? state.problem;
  if (state.removed) return [`no recording: ${plain(problem ?? 'removed')}`];
  return [
    `recording: ${plain(state.path)} (${extent(state, clock())})`,
    ...(problem === undefined ? [] : [`recording incomplete: ${plain(problem)}`]),
  ];
}

const extent = (state: ReturnType<RecordingControl['state']>, nowMs: number): string =>
  `${bytes(state.bytes)}, ${duration((nowMs - state.sinceMs) / 1000)}`;

/** Tools' terminals in each recording so far: they are numbered. */
const terminalsIn = new WeakMap<RecordingControl, number>();

/** What a tool's terminal shows goes into the recording too, as a terminal of its own, for as long as there is one. */
export function recordTerminal(screen: Screen, { emulator, title }: TerminalSession): void {
  let name = '';
  const decoder = new TextDecoder();
  let told: RecordingControl | undefined;
  const into = (): RecordingControl | undefined => {
    const { recording } = screen;
    // One that began while the tool was at work hears its size first.
    if (recording && recording !== told) {
      const number = (terminalsIn.get(recording) ?? 0) + 1;
      terminalsIn.set(recording, number);
      name = String(number);
      recording.terminal(name, title, emulator.columns, emulator.rows);
    }
    told = recording;
    return recording;
  };
  into();
  emulator.witness({
    // A character may be cut in two by the pieces: decoded in any case, so that the next one is whole.
    output: (bytes) => {
      const data = decoder.decode(bytes, { stream: true });
      if (data !== '') into()?.output(name, data);
    },
    size: (columns, rows) => {
      if (told === screen.recording) told?.terminal(name, title, columns, rows);
      else into();
    },
  });
}

/** A line of words at this moment. */
export async function takeNote(screen: Screen): Promise<void> {
  const question = { title: 'Note', prompt: 'What should the case notes say about this moment?', echo: true };
  const text = await askSecret(screen.layers, question, screen.changed);
  if (text === undefined || text.trim() === '') return;
  screen.watch?.session.mark?.(text.trim());
  screen.say('noted');
}
