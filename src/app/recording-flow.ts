import type { Mark, Session } from '../collect/session.ts';
import { plain } from '../lib/plain.ts';
import { bytes, duration } from '../lib/units.ts';
import { isInGap, type RecordingGap } from '../lib/recording-gap.ts';
import type { TerminalSession } from '../ui/terminal/terminal-session.ts';
import { labelOf } from '../keymap.ts';
import { askKeys, askSecret, showMessage } from './dialogs.ts';
import type { Screen } from './screen.ts';

/** Running recording; src/recording writes it. */
export interface RecordingControl {
  readonly state: () => {
    readonly path: string;
    readonly sinceMs: number;
    readonly bytes: number;
    readonly problem: string | undefined;
    /** Times left out; the last one lasts while it has no end. */
    readonly gaps: readonly RecordingGap[];
    /** Removed, since its redaction failed. */
    readonly removed?: boolean | undefined;
  };
  readonly stop: () => Promise<unknown>;
  /** Begins a gap: nothing until `resume` is recorded. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Records output of a terminal. */
  readonly output: (terminal: string, data: string) => void;
  /** Records a new terminal or its new size. */
  readonly terminal: (terminal: string, title: string, columns: number, rows: number) => void;
}

/**
 * Starts a recording, in a file with a default name without a path, that leaves out gaps of earlier recordings; rejects when the file cannot
 * be created.
 */
export type StartRecording = (
  session: Session,
  path?: string,
  earlierGaps?: readonly RecordingGap[],
) => Promise<RecordingControl>;

/** Starts a recording, or stops it and shows its path. */
export async function toggleRecording(screen: Screen): Promise<void> {
  const { recording, startRecording, watch } = screen;
  if (recording) {
    await recording.stop();
    screen.recording = undefined;
    const { path, bytes: size, problem, removed, gaps } = recording.state();
    // A recording has all markers and notes up to its end, without those of its gaps.
    if (screen.recordedSession) screen.notesSavedMs.set(screen.recordedSession, screen.clock());
    screen.recordingGaps = [...screen.recordingGaps, ...gaps];
    if (removed) {
      await showMessage(screen.layers, { title: 'Recording removed', lines: [problem ?? ''] });
      return;
    }
    screen.written.push(`recording: ${plain(path)} (${bytes(size)})`);
    const early = problem === undefined ? [] : [`Ended early: ${problem}. Readings until then are in the file.`];
    const lines = [`${path} (${bytes(size)})`, ...early, '', `Replay:  crashcart replay ${path}`];
    await showMessage(screen.layers, { title: 'Recording stopped', lines });
  } else if (startRecording && watch) await beginRecording(screen);
}

export async function beginRecording(screen: Screen, path?: string): Promise<void> {
  const { startRecording, watch } = screen;
  if (!startRecording || !watch) return;
  screen.recording = await startRecording(watch.session, path, screen.recordingGaps);
  screen.recordedSession = watch.session;
  screen.recording.terminal('screen', 'crashcart', screen.size.columns, screen.size.rows);
  // A recording of the screen starts with a full frame.
  screen.terminal.redraw();
  screen.notify(`recording to ${screen.recording.state().path}`);
}

/** Pauses the recording or resumes it; a resumed one begins with the whole screen. */
export function pauseRecording(screen: Screen): void {
  const { recording, size } = screen;
  if (!recording) return;
  if (gapOf(recording) === undefined) {
    recording.pause();
    screen.notify(`recording paused: nothing is recorded until ${labelOf(screen.keymap, 'record-pause')}`);
    return;
  }
  recording.resume();
  recording.terminal('screen', 'crashcart', size.columns, size.rows);
  screen.terminal.redraw();
  const { fromMs = 0, untilMs = fromMs } = recording.state().gaps.at(-1) ?? {};
  screen.notify(`recording resumed: ${duration((untilMs - fromMs) / 1000)} are not in the file`);
}

/** Gap that lasts. */
const gapOf = (recording: RecordingControl): RecordingGap | undefined =>
  recording.state().gaps.findLast(({ untilMs }) => untilMs === undefined);

/** Quits; asks first where something ends with the program: a recording, or notes that are in no file. */
export async function quitAsking(screen: Screen): Promise<void> {
  const state = screen.recording?.state();
  const notes = unsavedNotes(screen);
  if (state !== undefined && state.problem === undefined) {
    const answer = await askKeys(screen.layers, {
      title: 'Quit while recording',
      lines: [`Recording to ${state.path} (${extent(state, screen.clock())}). Quitting stops it.`],
      answers: [{ key: 'y', title: 'stop the recording and quit', value: true }],
      leave: true,
    });
    if (answer === undefined) return;
  } else if (notes.length > 0) {
    const answer = await askKeys(screen.layers, {
      title: 'Quit with unsaved notes',
      lines: [`${notes.length} ${notes.length === 1 ? 'marker or note is' : 'markers and notes are'} in no recording.`],
      answers: [
        { key: 'y', title: 'save to a file and quit', value: 'save' },
        { key: 'd', title: 'discard and quit', value: 'discard' },
      ],
      leave: 'save',
    });
    if (answer === undefined) return;
    if (answer === 'discard') {
      for (const session of sessionsOf(screen)) screen.notesSavedMs.set(session, screen.clock());
      screen.recordingGaps = [];
    }
  }
  screen.terminal.quit();
}

/** Markers and notes that are in no recording. */
function unsavedNotes(screen: Screen): readonly Mark[] {
  return sessionsOf(screen)
    .flatMap((session) => unsavedOf(session, screen))
    .toSorted((one, other) => one.wallMs - other.wallMs);
}

/** The session, or that of a fleet and of each console that was opened. */
const sessionsOf = ({ watch, consoles }: Screen): readonly Session[] => [
  ...new Set([...(watch ? [watch.session] : []), ...(consoles?.sessions() ?? [])]),
];

function unsavedOf(session: Session, screen: Screen): readonly Mark[] {
  if (session.replay || session.keepsMarks) return [];
  const isOfRecording = session === screen.recordedSession;
  const state = isOfRecording ? screen.recording?.state() : undefined;
  const isRecorded = state !== undefined && state.problem === undefined;
  // A gap is one of the screen: later recordings, of other hosts too, leave it out.
  const gaps = [...screen.recordingGaps, ...(state?.gaps ?? [])];
  const savedMs = screen.notesSavedMs.get(session) ?? -Infinity;
  // In the file of a fleet's notes each has its host.
  const host = screen.consoles?.nameOf(session);
  return session
    .marks()
    .filter(
      ({ kind, wallMs }) =>
        kind !== 'finding' && ((!isRecorded && wallMs > savedMs) || gaps.some((gap) => isInGap(gap, wallMs))),
    )
    .map((mark) => (host === undefined ? mark : { ...mark, host }));
}

/** Saves markers and notes that are in no recording in a file, at any end of the program. */
export function saveNotes(screen: Screen): void {
  const notes = unsavedNotes(screen);
  if (notes.length === 0) return;
  const lines = notes.map(
    ({ wallMs, kind, host, text }) =>
      `${new Date(wallMs).toISOString()} ${host === undefined ? '' : `${host}: `}${text === '' ? kind : text}`,
  );
  try {
    screen.terminal.save('notes', lines.join('\n'));
  } catch (error) {
    screen.written.push(`notes not saved: ${error instanceof Error ? error.message : String(error)}`, ...lines);
  }
}

/** Stops a recording at the end of the program; the result are lines for stderr: path, size, problems. */
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

/** Number of tools' terminals in each recording. */
const terminalsIn = new WeakMap<RecordingControl, number>();

/** Records the output of a tool's terminal, as a separate terminal, while a recording runs. */
export function recordTerminal(screen: Screen, { emulator, title }: TerminalSession): void {
  let name = '';
  const decoder = new TextDecoder();
  let known: RecordingControl | undefined;
  const current = (): RecordingControl | undefined => {
    const { recording } = screen;
    // A recording that starts while the tool runs needs its size first.
    if (recording && recording !== known) {
      const number = (terminalsIn.get(recording) ?? 0) + 1;
      terminalsIn.set(recording, number);
      name = String(number);
      recording.terminal(name, title, emulator.columns, emulator.rows);
    }
    known = recording;
    return recording;
  };
  current();
  emulator.tap({
    // Decoded without a recording too: a chunk may end within a character.
    output: (bytes) => {
      const data = decoder.decode(bytes, { stream: true });
      if (data !== '') current()?.output(name, data);
    },
    size: (columns, rows) => {
      if (known === screen.recording) known?.terminal(name, title, columns, rows);
      else current();
    },
  });
}

/** Adds a note at the present time. */
export async function takeNote(screen: Screen): Promise<void> {
  const question = { title: 'Note', prompt: 'Text for the case notes at this time:', echo: true };
  const host = selectedHost(screen);
  const about = host === undefined ? 'fleet' : await askNoteOf(screen, host);
  if (about === undefined) return;
  const text = await askSecret(screen.layers, question, screen.changed);
  if (text === undefined || text.trim() === '') return;
  setMark(screen, text.trim(), about === 'host' ? host : undefined);
}

/** Host of the selected row of a fleet's matrix, if that is of one host. */
function selectedHost({ surface, theme }: Screen): string | undefined {
  const selected = surface?.selected(theme);
  return selected?.section.host?.(selected.row);
}

/** Whether a note is about the selected host or the fleet; undefined when cancelled. */
const askNoteOf = (screen: Screen, host: string): Promise<'host' | 'fleet' | undefined> =>
  askKeys<'host' | 'fleet'>(screen.layers, {
    title: 'Note',
    lines: [`Note about ${plain(host)}, or about all hosts?`],
    answers: [
      { key: 'h', title: plain(host), value: 'host' },
      { key: 'a', title: 'all hosts', value: 'fleet' },
    ],
  });

/** Sets a marker, or a note with a text, in a fleet about one host or all; in a replay its file is named. */
export function setMark(screen: Screen, text: string, host?: string): void {
  const path = screen.watch?.session.mark?.(text, host);
  const what = text === '' ? 'marker set' : 'note added';
  if (path === undefined) {
    const isLeftOut = screen.recording !== undefined && gapOf(screen.recording) !== undefined;
    screen.notify(isLeftOut ? `${what}, not in the recording: it is paused` : what);
    return;
  }
  const written = `notes: ${plain(path)}`;
  if (!screen.written.includes(written)) screen.written.push(written);
  screen.notify(`${what}: ${path}`);
}
