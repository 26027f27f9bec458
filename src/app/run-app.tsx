import { render } from 'ink';
import type { WriteStream } from 'node:tty';
import type { Session } from '../collect/session.ts';
import type { Prompter } from '../host/prompter.ts';
import { labelOf, resolveKeymap, type Keymap } from '../keymap.ts';
import { plain } from '../lib/plain.ts';
import { maskSecrets } from '../lib/secrets.ts';
import { changeLog, explainer, panes as allPanes } from '../subsystems/index.ts';
import type { AnyPane } from '../panes/pane.ts';
import type { ScreenRedaction } from '../redact/screen-redaction.ts';
import { makeTheme, type Theme } from '../theme.ts';
import { clipboardSequence } from '../ui/copy.ts';
import { Alerts, type AlertChannels } from './alerts.ts';
import { App } from './App.tsx';
import { BodyPainter } from './body-painter.ts';
import type { FleetControl } from './fleet-flow.ts';
import { HostConsoles, type OpenHost } from './host-consoles.ts';
import { InputRouter, type Keyboard } from './input-router.ts';
import { announceChanges } from './link-notices.ts';
import { tapped } from './output-tap.ts';
import type { OwnSettings } from './own-settings.ts';
import { beginRecording, endRecording, saveNotes, type StartRecording } from './recording-flow.ts';
import { followGaps, recordScreen } from './recorded-screen.ts';
import { startPresenting } from './presenting.ts';
import { saveCopy } from './save-copy.ts';
import { Screen, type ShortReport } from './screen.ts';
import { endSharing, QUIT, type StartSharing } from './share-flow.ts';
import type { CutSlice } from './slice-flow.ts';
import type { ToolBox } from './tools-flow.ts';
import { Tour } from './tour.ts';
import { Watch } from './watch.ts';

export interface RunOptions {
  /** Host as named by the engineer, shown while connecting. */
  readonly target: string;
  /** Opens the session; its questions open dialogs. */
  readonly connect: (prompter: Prompter) => Promise<Session>;
  readonly theme: Theme;
  /** Asks the terminal for its background before the first frame. */
  readonly asksBackground?: boolean | undefined;
  /** Signs of new critical incidents outside of the screen. Default: none. */
  readonly alerts?: AlertChannels | undefined;
  readonly keymap?: Keymap;
  /** Id of the first pane. */
  readonly tab?: string | undefined;
  /** Settings of the person: views, commands, rules. Default: none. */
  readonly own?: OwnSettings | undefined;
  /** Tools for the selected process. */
  readonly tools?: ToolBox | undefined;
  /** Report of 15 lines or fewer for a comment in a case. */
  readonly shortReport?: ShortReport | undefined;
  /** Starts recordings of the session. */
  readonly startRecording?: StartRecording | undefined;
  /** Listens for viewers of the screen. */
  readonly startSharing?: StartSharing | undefined;
  /** Cuts slices of the recording that is replayed. */
  readonly cutSlice?: CutSlice | undefined;
  /** Path of a recording that starts with the first reading. */
  readonly recordTo?: string | undefined;
  /** Called with the files that were written, after the terminal is restored. */
  readonly onWritten?: ((lines: readonly string[]) => void) | undefined;
  /** Redaction of the screen, from its first line. */
  readonly veil?: ScreenRedaction | undefined;
  /** Presents from the first line. */
  readonly present?: boolean | undefined;
  /** Starts with the guided tour of the demo. */
  readonly tour?: boolean | undefined;
  readonly panes?: readonly AnyPane[];
  /** Opens the session of a host of the fleet that `connect` gives; its console has all panes. */
  readonly openHost?: OpenHost | undefined;
  /** Adds and drops hosts of the fleet. */
  readonly fleet?: FleetControl | undefined;
  readonly stdin?: Keyboard;
  readonly stdout?: WriteStream;
  readonly clock?: () => number;
}

/** Reason of the end. */
export type RunEnd =
  | { readonly how: 'quit' }
  /** Quit before the session opened. */
  | { readonly how: 'gave-up' }
  | { readonly how: 'signal'; readonly signal: NodeJS.Signals };

/** Mouse presses and wheel as SGR reports (xterm modes 1000, 1006), pastes in brackets (2004). */
const MODES_ON = '\u001B[?1000h\u001B[?1006h\u001B[?2004h';
const MODES_OFF = '\u001B[?2004l\u001B[?1006l\u001B[?1000l';
/** Query of the background (OSC 11), then of the attributes (DA1), which every terminal answers. */
const BACKGROUND_QUERY = '\u001B]11;?\u0007\u001B[c';
/** Limit of the wait for it. */
const BACKGROUND_MS = 100;
const HOME_AND_CLEAR = '\u001B[H\u001B[2J';
/** Restores the terminal without Ink: leaves the alternate screen, shows the cursor, resets styles and modes. */
const RESTORE = `${MODES_OFF}\u001B[?1049l\u001B[?25h\u001B[0m`;

/** Delay that joins samples of many sources into one drawing. */
const COALESCE_MS = 200;
const SECOND_MS = 1000;
/** Period of drawing while presenting, often over video of low rate; keys redraw at once. */
const CALM_SECONDS = 3;
/** Seconds after connecting without that period: all readings are new. */
const FIRST_SECONDS = 5;
/** Delay after a resize: terminals report many sizes while a window is dragged. */
const RESIZE_MS = 40;
/** Limit of the stop: a tool detaches within 3.5 s, a dead connection never reports. */
const STOP_MS = 4000;
/** Limit of the stop of a recording; the check of a redacted one is local work. */
const RECORDING_MS = 120_000;

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGINT'];

/**
 * Full-screen program, from connecting to quitting. Resolves after the terminal is restored; rejects, after that, with
 * the error of `connect` or of the program.
 */
export async function runApp(options: RunOptions): Promise<RunEnd> {
  /** Terminal for what a recording must not repeat: titles, notifications, queries. */
  const terminal = options.stdout ?? process.stdout;
  const stdout = tapped(terminal, (text) => recordScreen(screen, text));
  /** Text for the clipboard or a file, redacted like the screen. */
  const exported = (text: string) => {
    if (!screen.redaction.on) return maskSecrets(text);
    // Names of readings that no frame has drawn yet.
    screen.watch?.learn(screen.redaction);
    return screen.redaction.redactor.text(text);
  };
  const stdin: Keyboard = options.stdin ?? process.stdin;
  // A recording of a fleet has its own time.
  const clock = (): number => screen.watch?.session.replay?.positionMs() ?? (options.clock ?? Date.now)();
  const left = Promise.withResolvers<RunEnd>();
  // It may settle without a listener.
  left.promise.catch(() => undefined);
  const screen: Screen = new Screen({
    theme: options.theme,
    keymap: options.keymap ?? resolveKeymap().keymap,
    clock,
    tools: options.tools,
    shortReport: options.shortReport,
    startRecording: options.startRecording,
    startSharing: options.startSharing,
    cutSlice: options.cutSlice,
    redaction: options.veil,
    own: options.own,
    terminal: {
      copy: (text) => stdout.write(clipboardSequence(exported(text))),
      save: (name, content, extension) => {
        const text = typeof content === 'string' ? `${exported(content).trimEnd()}\n` : content;
        const path = saveCopy(exported(name), text, clock(), { extension });
        screen.written.push(`saved: ${plain(path)}`);
        return path;
      },
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
  screen.connecting = { target: options.target, sinceMs: clock(), messages: [] };
  if (options.present) startPresenting(screen);
  if (options.tour) screen.tour = new Tour();

  const alerts = new Alerts(
    options.alerts ?? { bell: false, notify: undefined, title: false, tmux: false },
    (text) => terminal.write(text),
    exported,
  );
  const replied = Promise.withResolvers<void>();
  const router = new InputRouter(
    stdin,
    (event) => screen.handle(event),
    (reply) => {
      if (reply.kind === 'attributes') replied.resolve();
      else screen.useTheme(makeTheme({ ...screen.theme.options, background: reply.background }));
    },
  );
  router.start();
  if (options.asksBackground) {
    router.expectReply();
    terminal.write(BACKGROUND_QUERY);
    await within(replied.promise, BACKGROUND_MS);
  }
  let drawing = 0;
  const painter = new BodyPainter(stdout);
  const ink = render(<App screen={screen} drawing={drawing} painter={painter} />, {
    stdout: painter.forInk(),
    // The router reads the keyboard: Ink knows neither mouse nor function keys.
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

  // Disposed after `cleanup`, when the recording is complete and the connection closed.
  using untilTheEnd = new DisposableStack();
  untilTheEnd.adopt(
    onTerminalLoss(stdin, stdout, () => left.resolve({ how: 'signal', signal: 'SIGHUP' })),
    (off) => off(),
  );
  using cleanup = new DisposableStack();
  const restore = () => {
    alerts.restore();
    stdout.write(RESTORE);
  };
  process.on('exit', restore);
  cleanup.defer(() => process.off('exit', restore));
  cleanup.defer(() => stdout.write(MODES_OFF));
  cleanup.defer(() => ink.unmount());
  cleanup.defer(() => painter.stop());
  // A component that throws makes Ink exit.
  ink.waitUntilExit().catch((error: unknown) => left.reject(error));
  stdout.write(MODES_ON);
  cleanup.defer(() => alerts.restore());
  cleanup.adopt(
    screen.subscribe(() => alerts.update(screen)),
    (off) => off(),
  );
  cleanup.adopt(
    screen.subscribe(() => followGaps(screen)),
    (off) => off(),
  );
  cleanup.defer(() => router.stop());
  cleanup.defer(() => endSharing(screen, QUIT));
  cleanup.defer(() => screen.redaction.set(false));
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

  // Ages and clocks change once a second; while paused nothing does.
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
    // A connection that opens later is closed.
    void connected.then((late) => late.stop()).catch(() => undefined);
    return session;
  }
  let timer: NodeJS.Timeout | undefined;
  const redrawSoon = (): void => {
    if (isCalm()) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      screen.changed();
    }, COALESCE_MS);
  };
  const unsubscribe = session.subscribe(redrawSoon);
  const watchOf = (of: Session, panes: readonly AnyPane[], tab?: string): Watch =>
    new Watch({
      session: of,
      panes,
      // The terminal may have replied meanwhile.
      theme: screen.theme,
      clock,
      explainer,
      changeLog,
      tab,
      views: options.own?.views,
      stepsKey: labelOf(screen.keymap, 'steps', options.theme.ascii),
    });
  try {
    screen.watch = watchOf(session, options.panes ?? allPanes, options.tab);
    if (options.openHost)
      screen.consoles = new HostConsoles(screen, options.openHost, (of) => {
        // It ends with the session, which the fleet stops.
        of.subscribe(redrawSoon);
        return watchOf(of, allPanes);
      });
    screen.fleet = options.fleet;
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
    // First the tool detaches from its process, then the connection closes, each within a limit.
    await within(stopped);
    saveNotes(screen);
    const recorded = screen.recording ? await endRecording(screen.recording, clock, RECORDING_MS) : [];
    if (screen.written.length + recorded.length > 0) options.onWritten?.([...screen.written, ...recorded]);
    await within(session.stop());
  }
}

const within = (task: Promise<unknown> | undefined, limitMs = STOP_MS): Promise<unknown> =>
  Promise.race([task, new Promise((resolve) => setTimeout(resolve, limitMs).unref())]);

/** Calls `resized` after the last of several sizes. Ink 8 leaves remains of a frame when columns shrink while rows grow. */
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

/** Calls `lost` for a closed terminal: reads end or fail (EIO), writes fail (EIO, EPIPE), with or without a SIGHUP. */
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

/** Calls `end` for an uncaught error: it must not leave a raw terminal. */
function onCrash(end: (error: unknown) => void): () => void {
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
  return () => {
    process.off('uncaughtException', end);
    process.off('unhandledRejection', end);
  };
}
