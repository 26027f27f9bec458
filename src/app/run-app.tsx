import { render } from 'ink';
import type { WriteStream } from 'node:tty';
import type { Session } from '../collect/session.ts';
import type { Prompter } from '../host/prompter.ts';
import { resolveKeymap, type Keymap } from '../keymap.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { panes as allPanes } from '../subsystems/index.ts';
import type { AnyPane } from '../panes/pane.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import type { Theme } from '../theme.ts';
import { clipboardSequence } from '../ui/copy.ts';
import { App } from './App.tsx';
import { BodyPainter } from './body-painter.ts';
import { InputRouter, type Keyboard } from './input-router.ts';
import { announceChanges } from './link-notices.ts';
import { tapped } from './output-tap.ts';
import { beginRecording, endRecording, type StartRecording } from './recording-flow.ts';
import { startPresenting } from './presenting.ts';
import { saveCopy } from './save-copy.ts';
import { Screen } from './screen.ts';
import type { ToolBox } from './tools-flow.ts';
import { Watch } from './watch.ts';

export interface RunOptions {
  /** As the engineer named the host; shown while connecting. */
  readonly target: string;
  /** Makes the session; its questions and notes come up as dialogs. */
  readonly connect: (prompter: Prompter) => Promise<Session>;
  readonly theme: Theme;
  readonly keymap?: Keymap;
  /** Id of the pane to start on. */
  readonly tab?: string | undefined;
  /** Tools for the selected process. */
  readonly tools?: ToolBox | undefined;
  /** Makes recordings of the session. */
  readonly startRecording?: StartRecording | undefined;
  /** Records from the first reading on, into this file. */
  readonly recordTo?: string | undefined;
  /** Called for a recording that leaving ended, when the terminal is as it was before: one line for each thing to know. */
  readonly onRecorded?: ((lines: readonly string[]) => void) | undefined;
  /** Over the screen from the first line on when it is on. */
  readonly veil?: ScreenRedaction | undefined;
  /** Others see the screen from the first line on. */
  readonly present?: boolean | undefined;
  readonly panes?: readonly AnyPane[];
  readonly stdin?: Keyboard;
  readonly stdout?: WriteStream;
  readonly clock?: () => number;
}

/** Why the screen was left. */
export type RunEnd =
  | { readonly how: 'quit' }
  /** Left before there was anything to show. */
  | { readonly how: 'gave-up' }
  | { readonly how: 'signal'; readonly signal: NodeJS.Signals };

/** Mouse presses and wheel as SGR reports (xterm modes 1000, 1006), pastes in brackets (2004). */
const MODES_ON = '\u001B[?1000h\u001B[?1006h\u001B[?2004h';
const MODES_OFF = '\u001B[?2004l\u001B[?1006l\u001B[?1000l';
const HOME_AND_CLEAR = '\u001B[H\u001B[2J';
/** For an end that gives Ink no chance: leaves the alternate screen, shows the cursor, drops styles and modes. */
const RESTORE = `${MODES_OFF}\u001B[?1049l\u001B[?25h\u001B[0m`;

/** Samples of many sources come within moments of each other: one drawing for all. */
const COALESCE_MS = 200;
const SECOND_MS = 1000;
/** What others watch, often through a video of small rate, moves every few seconds; keys are followed at once. */
const CALM_SECONDS = 3;
/** A host that was just connected has something new to show all the time. */
const FIRST_SECONDS = 5;
/** Terminals send a row of sizes while a window is dragged. */
const RESIZE_MS = 40;
/** A tool lets go within 3.5 s; a line that is dead never says so. */
const STOP_MS = 4000;
/** A redacted recording is looked through once more before it may stay; that is work of this machine alone. */
const RECORDING_MS = 120_000;

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

/**
 * The full-screen program, from connecting to leaving. Resolves when the terminal is as it was before; rejects, after
 * that, with what `connect` threw or with an error of ours.
 */
export async function runApp(options: RunOptions): Promise<RunEnd> {
  const stdout = tapped(options.stdout ?? process.stdout, (text) => screen.recording?.output('screen', text));
  /** What leaves the screen is as clean as what is on it. */
  const leaving = (text: string) => (screen.veil.on ? screen.veil.redactor.text(text) : maskSecrets(text));
  const stdin: Keyboard = options.stdin ?? process.stdin;
  const clock = options.clock ?? Date.now;
  const left = Promise.withResolvers<RunEnd>();
  // It may be settled when nobody waits any more.
  left.promise.catch(() => undefined);
  const screen: Screen = new Screen({
    theme: options.theme,
    keymap: options.keymap ?? resolveKeymap().keymap,
    clock,
    tools: options.tools,
    startRecording: options.startRecording,
    veil: options.veil,
    terminal: {
      copy: (text) => stdout.write(clipboardSequence(leaving(text))),
      save: (name, text) => saveCopy(leaving(name), `${leaving(text)}\n`, clock()),
      redraw: () => redraw(),
      quit: () => left.resolve({ how: screen.watch ? 'quit' : 'gave-up' }),
      capture: (input, onLeader) => {
        stdout.write(MODES_OFF);
        router.capture(input, onLeader);
      },
      release: () => {
        router.release();
        stdout.write(MODES_ON);
      },
    },
  });
  screen.connecting = { target: options.target, sinceMs: clock(), told: [] };
  if (options.present) startPresenting(screen);

  const router = new InputRouter(stdin, (event) => screen.handle(event));
  let drawing = 0;
  const painter = new BodyPainter(stdout);
  const ink = render(<App screen={screen} drawing={drawing} painter={painter} />, {
    stdout: painter.forInk(),
    // The keyboard is the router's: Ink knows neither mouse nor function keys.
    stdin: process.stdin,
    // A CI variable in the environment, even an empty one, would turn the screen into a log.
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    exitOnCtrlC: false,
    patchConsole: false,
    maxFps: 60,
  });
  const redraw = () => {
    ink.clear();
    stdout.write(HOME_AND_CLEAR);
    drawing++;
    ink.rerender(<App screen={screen} drawing={drawing} painter={painter} />);
    painter.repaint();
  };

  // Disposed after `cleanup`, when a recording is whole and the line is down.
  using untilTheEnd = new DisposableStack();
  untilTheEnd.adopt(
    onTerminalLoss(stdin, stdout, () => left.resolve({ how: 'signal', signal: 'SIGHUP' })),
    (off) => off(),
  );
  using cleanup = new DisposableStack();
  const restore = () => stdout.write(RESTORE);
  process.on('exit', restore);
  cleanup.defer(() => process.off('exit', restore));
  cleanup.defer(() => stdout.write(MODES_OFF));
  cleanup.defer(() => ink.unmount());
  cleanup.defer(() => painter.stop());
  // A component that throws makes Ink leave.
  ink.waitUntilExit().catch((error: unknown) => left.reject(error));
  stdout.write(MODES_ON);
  router.start();
  cleanup.defer(() => router.stop());
  cleanup.defer(() => screen.veil.set(false));
  let stopped: Promise<void> | undefined;
  cleanup.defer(() => (stopped = screen.stop()));
  cleanup.adopt(
    onResize(stdout, () => {
      screen.recording?.terminal('screen', 'crashcart', stdout.columns, stdout.rows);
      redraw();
    }),
    (off) => off(),
  );
  cleanup.adopt(
    onSignals((signal) => left.resolve({ how: 'signal', signal })),
    (off) => off(),
  );
  cleanup.adopt(
    onCrash((error) => left.reject(error)),
    (off) => off(),
  );

  // Ages and clocks move once a second; while time stands still nothing does.
  let second = 0;
  let connectedSecond = Infinity;
  const isCalm = () => screen.presenting !== undefined && second > connectedSecond + FIRST_SECONDS;
  const seconds = setInterval(() => {
    second++;
    if (isCalm() && second % CALM_SECONDS !== 0) return;
    const still =
      screen.watch?.session.timeline.cursorMs !== undefined && screen.watch.session.status().link.state === 'live';
    if (!still) screen.changed();
  }, SECOND_MS);
  cleanup.defer(() => clearInterval(seconds));

  const connected = options.connect(screen.prompter);
  const session = await Promise.race([connected, left.promise]);
  if ('how' in session) {
    // A connection that comes up after all is not wanted any more.
    void connected.then((late) => late.stop()).catch(() => undefined);
    return session;
  }
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = session.subscribe(() => {
    if (isCalm()) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      screen.changed();
    }, COALESCE_MS);
  });
  try {
    screen.watch = new Watch({
      session,
      panes: options.panes ?? allPanes,
      theme: options.theme,
      clock,
      tab: options.tab,
    });
    screen.connecting = undefined;
    if (session.live) cleanup.defer(announceChanges(screen, session.live));
    connectedSecond = second;
    screen.changed();
    if (options.recordTo !== undefined) await beginRecording(screen, options.recordTo);
    return await left.promise;
  } finally {
    unsubscribe();
    clearTimeout(timer);
    cleanup.dispose();
    // First the tool lets go of its process, then the line may go; neither may keep the person waiting for long.
    await within(stopped);
    if (screen.recording) options.onRecorded?.(await endRecording(screen.recording, clock, RECORDING_MS));
    await within(session.stop());
  }
}

const within = (task: Promise<unknown> | undefined, limitMs = STOP_MS): Promise<unknown> =>
  Promise.race([task, new Promise((resolve) => setTimeout(resolve, limitMs).unref())]);

/** Ink 8 leaves a frame behind when columns shrink while rows grow: after the last of a row of sizes all is drawn afresh. */
function onResize(stdout: WriteStream, resized: () => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(resized, RESIZE_MS);
  };
  stdout.on('resize', listen);
  return () => {
    clearTimeout(timer);
    stdout.off('resize', listen);
  };
}

function onSignals(end: (signal: NodeJS.Signals) => void): () => void {
  for (const signal of SIGNALS) process.on(signal, end);
  return () => {
    for (const signal of SIGNALS) process.off(signal, end);
  };
}

/** A closed terminal: reads end or fail (EIO), writes fail (EIO, EPIPE), whether or not a SIGHUP comes with that. */
function onTerminalLoss(stdin: Keyboard, stdout: WriteStream, lost: () => void): () => void {
  stdin.on('error', lost);
  stdin.on('end', lost);
  stdout.on('error', lost);
  return () => {
    stdin.off('error', lost);
    stdin.off('end', lost);
    stdout.off('error', lost);
  };
}

/** A throw that nobody caught must not leave a person before a raw terminal. */
function onCrash(end: (error: unknown) => void): () => void {
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  return () => {
    process.off('uncaughtException', end);
    process.off('unhandledRejection', end);
  };
}
