import { runApp, type RunEnd } from '../app/run-app.tsx';
import type { LoadedConfig } from '../config.ts';
import { toolBox } from '../app/tool-box.ts';
import type { Command } from './arguments.ts';
import { alertsFor, takesQueries } from './alerts-for.ts';
import { handshakeLog } from './handshake-log.ts';
import { holdStderr } from './hold-stderr.ts';
import { reachHost, watch } from './reach.ts';
import { keepNames } from './keep-names.ts';
import { holdRepeatedSignals, ignoreLostStderr } from './lost-terminal.ts';
import { findingsWith, ownSettings } from './own-settings.ts';
import { warn } from './print.ts';
import { shortReport } from './short-report.ts';
import { themeFor } from './theme-for.ts';
import { startRecording, startRedacted } from './start-recording.ts';
import { startSharing } from './start-sharing.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';

type ConsoleCommand = Extract<Command, { kind: 'console' }>;

/** Full screen, from connect to quit. Resolves with the exit code; rejects when nothing could be shown. */
export async function startConsole(command: ConsoleCommand, config: LoadedConfig): Promise<number> {
  holdRepeatedSignals();
  ignoreLostStderr();
  using resources = new DisposableStack();
  // In a file it is not in the picture.
  if (process.stderr.isTTY) resources.use(holdStderr(process.stderr));
  const veil = new ScreenRedaction();
  if (command.screen.redact || command.screen.present) {
    // The host's name is on the screen before the first reading.
    if (command.reach.target !== undefined) veil.learnTarget(command.reach.target);
    veil.set(true);
  }
  resources.defer(() => reportNames(keepNames(veil.redactor, Date.now())));
  const end = await runApp({
    target: command.reach.target ?? 'this machine',
    connect: async (prompter) => {
      // A reconnect is below the screen of the host, where a log has no place.
      let connecting = true;
      const log = handshakeLog(command.reach, (line) => connecting && prompter.notify(line));
      const reached = await reachHost(command.reach, prompter, log).finally(() => {
        connecting = false;
      });
      return watch(reached, command.reach.budgetPct ?? config.budgetPct, findingsWith(config));
    },
    theme: themeFor(command.screen, config, process.env),
    alerts: alertsFor(config.alerts, process.env),
    asksBackground: takesQueries(process.env),
    keymap: config.keymap,
    tab: config.defaults.tab,
    tools: toolBox,
    own: ownSettings(config),
    shortReport,
    veil,
    present: command.screen.present,
    startSharing,
    startRecording: command.screen.redact
      ? (session, path, gaps) => startRedacted(session, veil, path, gaps)
      : startRecording,
    recordTo: command.recordTo,
    onWritten: (lines) => {
      for (const line of lines) warn(line);
    },
  });
  return exitCodeOf(end);
}

/** Line about the table of pseudonyms, the one file beside the audit log that is not in the current folder. */
export const reportNames = (path: string | undefined): void => {
  if (path !== undefined) warn(`pseudonyms: ${path}`);
};

export function exitCodeOf(end: RunEnd): number {
  switch (end.how) {
    case 'quit':
      return 0;
    case 'gave-up':
      return 1;
    case 'signal':
      return 128 + (end.signal === 'SIGHUP' ? 1 : end.signal === 'SIGINT' ? 2 : 15);
  }
}
