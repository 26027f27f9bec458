import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { runApp } from '../app/run-app.tsx';
import type { Config } from '../config.ts';
import { findings, sources } from '../subsystems/index.ts';
import { openRecording, recordingFromPipe } from '../recording/open-recording.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import { alertsFor, takesQueries } from './alerts-for.ts';
import type { Command } from './arguments.ts';
import { shortReport } from './short-report.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';
import { exitCodeOf, reportNames } from './console.ts';
import { holdStderr } from './hold-stderr.ts';
import { keepNames } from './keep-names.ts';
import { holdRepeatedSignals } from './lost-terminal.ts';
import { print, warn } from './print.ts';
import { reportText } from './report.ts';
import { themeFor } from './theme-for.ts';

type ReplayCommand = Extract<Command, { kind: 'replay' }>;

/** Plays a recording on the screen, or prints its last moment as a report without a terminal. Rejects with a RecordingError. */
export async function replayFile(command: ReplayCommand, config: Config): Promise<number> {
  const fromPipe = command.file === '-';
  const recording = fromPipe
    ? await recordingFromPipe(process.stdin, sources)
    : await openRecording(command.file, sources);
  const onScreen = process.stdout.isTTY && (fromPipe || process.stdin.isTTY) && !command.screen.plain;
  const clock = () => Date.now();
  // A sosreport and a recorded host have few moments: rates stand at the last.
  const fromMs = onScreen && recording.head.kind !== 'recorded' ? undefined : Infinity;
  const session = await ReplaySession.open({ recording, sources, findings, clock, fromMs });
  if (onScreen) return showReplay(session, command, config, fromPipe);
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

async function showReplay(
  session: ReplaySession,
  command: ReplayCommand,
  config: Config,
  fromPipe: boolean,
): Promise<number> {
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
    connect: async (prompter) => {
      for (const problem of session.problems()) prompter.notify(problem);
      return session;
    },
    theme: themeFor(command.screen, config, process.env),
    alerts: alertsFor(config.alerts, process.env),
    asksBackground: takesQueries(process.env),
    keymap: config.keymap,
    tab: config.defaults.tab,
    shortReport,
    onWritten: (lines) => {
      for (const line of lines) warn(line);
    },
    clock: session.player.positionMs,
    // Standard input is the recording, so keys come from the controlling terminal.
    ...(fromPipe && { stdin: new ReadStream(openSync('/dev/tty', 'r')) }),
  });
  return exitCodeOf(end);
}
