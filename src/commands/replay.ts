import { openSync } from 'node:fs';
import { join } from 'node:path';
import { ReadStream } from 'node:tty';
import { runApp } from '../app/run-app.tsx';
import { TOUR_START_MS } from '../app/tour-steps.ts';
import type { CutSlice } from '../app/slice-flow.ts';
import type { LoadedConfig } from '../config.ts';
import { sources } from '../subsystems/index.ts';
import { openRecording, recordingFromPipe } from '../recording/open-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import { alertsFor, takesQueries } from './alerts-for.ts';
import type { Command } from './arguments.ts';
import { cutFile } from './cut.ts';
import { shortReport } from './short-report.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { exitCodeOf, reportNames } from './console.ts';
import { holdStderr } from './hold-stderr.ts';
import { keepNames } from './keep-names.ts';
import { holdRepeatedSignals } from './lost-terminal.ts';
import { findingsWith, ownSettings } from './own-settings.ts';
import { print, warn } from './print.ts';
import { reportText } from './report.ts';
import { startSharing } from './start-sharing.ts';
import { themeFor } from './theme-for.ts';

type ReplayCommand = Extract<Command, { kind: 'replay' }>;

export interface ReplayOptions {
  /** Whether new notes may go beside the file. Default: beside. */
  readonly notes?: 'beside' | 'elsewhere';
  readonly tour?: boolean;
}

/** Plays a recording on the screen, or prints its last moment as a report without a terminal. Rejects with a RecordingError. */
export async function replayFile(
  command: ReplayCommand,
  config: LoadedConfig,
  options: ReplayOptions = {},
): Promise<number> {
  const fromPipe = command.file === '-';
  const recording = fromPipe
    ? await recordingFromPipe(process.stdin, sources)
    : await openRecording(command.file, sources, options.notes);
  const onScreen = process.stdout.isTTY && (fromPipe || process.stdin.isTTY) && !command.screen.plain;
  const clock = () => Date.now();
  if (options.tour && !onScreen) throw new RecordingError('the tour needs a terminal: crashcart demo --tour');
  const tourMs = options.tour ? (recording.segments[0]?.t ?? 0) + TOUR_START_MS : undefined;
  // A sosreport and a recorded host have few moments: rates stand at the last.
  const fromMs = onScreen && recording.head.kind !== 'recorded' ? tourMs : Infinity;
  const session = await ReplaySession.open({ recording, sources, findings: findingsWith(config), clock, fromMs });
  // Only a recording in a file has slices: no sosreport, and none from a pipe.
  const cutSlice = fromPipe || recording.head.kind === 'recorded' ? undefined : sliceOf(command.file);
  if (onScreen) return showReplay(session, command, config, { fromPipe, tour: options.tour, cutSlice });
  try {
    for (const problem of session.problems()) warn(problem);
    const nowMs = session.player.positionMs();
    await print(
      reportText(session, {
        ascii: command.screen.ascii ?? config.theme.ascii ?? false,
        full: command.screen.full,
        redact: command.screen.redact,
        nowMs,
      }),
    );
    return 0;
  } finally {
    await session.stop();
  }
}

/** Cuts slices of a file into the current folder: `slice-20260501T140210Z-140305Z.cc.zst`, without the name of a host. */
const sliceOf =
  (file: string): CutSlice =>
  async (slice, redact) => {
    const [from = '', to = ''] = [slice.fromMs, slice.toMs].map((ms) => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '')); // prettier-ignore
    const out = join(process.cwd(), `slice-${from}-${to.slice(to.indexOf('T') + 1)}.cc.zst`);
    await cutFile({ file, out, redact }, () => slice);
    return out;
  };

async function showReplay(
  session: ReplaySession,
  command: ReplayCommand,
  config: LoadedConfig,
  {
    fromPipe,
    tour,
    cutSlice,
  }: {
    readonly fromPipe: boolean;
    readonly tour: boolean | undefined;
    readonly cutSlice: CutSlice | undefined;
  },
): Promise<number> {
  if (fromPipe && process.platform === 'win32')
    throw new RecordingError('replay - needs /dev/tty for the keys: save the recording to a file');
  holdRepeatedSignals();
  using resources = new DisposableStack();
  resources.use(holdStderr(process.stderr));
  const veil = new ScreenRedaction();
  const isCovered = command.screen.redact || command.screen.present;
  if (isCovered) veil.set(true);
  // Pseudonym table for the engineer.
  resources.defer(() => reportNames(keepNames(veil.redactor, Date.now())));
  const end = await runApp({
    // The file is often named after the host.
    target: isCovered ? 'a recording' : command.file,
    veil,
    present: command.screen.present,
    tour,
    connect: async (prompter) => {
      for (const problem of session.problems()) prompter.notify(problem);
      return session;
    },
    theme: themeFor(command.screen, config, process.env),
    alerts: alertsFor(config.alerts, process.env),
    asksBackground: takesQueries(process.env),
    keymap: config.keymap,
    tab: config.defaults.tab,
    own: ownSettings(config),
    shortReport,
    cutSlice,
    startSharing,
    onWritten: (lines) => {
      for (const line of lines) warn(line);
    },
    clock: session.player.positionMs,
    // Standard input is the recording, so keys come from the controlling terminal.
    ...(fromPipe && { stdin: new ReadStream(openSync('/dev/tty', 'r')) }),
  });
  return exitCodeOf(end);
}
