import type { Config } from '../config.ts';
import { bytes, duration, span } from '../lib/units.ts';
import type { Command } from './arguments.ts';
import { linePrompter } from './line-prompter.ts';
import { findingsWith } from './own-settings.ts';
import { print, warn } from './print.ts';
import { reachHost, watch } from './reach.ts';
import { startRecording, startRedacted } from './start-recording.ts';
import { ScreenRedaction } from '../redact/screen-redaction.ts';

type RecordCommand = Extract<Command, { kind: 'record' }>;

const PROGRESS_MS = 1000;
/** SIGHUP: the terminal was closed. */
const ENDS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
const BAR_COLUMNS = 24;

/** Records without a screen until the time is over or a signal comes. Rejects when it cannot start. */
export async function recordHost(command: RecordCommand, config: Config): Promise<number> {
  const { forMs, reach } = command;
  const backend = reach.backend ?? config.defaults.transport;
  const reached = await reachHost({ ...reach, backend }, linePrompter(process.stdin, process.stderr));
  const session = watch(reached, reach.budgetPct ?? config.budgetPct, findingsWith(config));
  const over = Promise.withResolvers<void>();
  const end = () => over.resolve();
  for (const signal of ENDS) process.on(signal, end);
  try {
    const recording = command.redact
      ? await startRedacted(session, new ScreenRedaction(), command.recordTo)
      : await startRecording(session, command.recordTo);
    const startMs = Date.now();
    const showProgress = () => {
      if (process.stderr.isTTY)
        process.stderr.write(`\r\u001B[K${progress(Date.now() - startMs, forMs, recording.state().bytes)}`);
      if (recording.state().problem !== undefined) end();
    };
    const interval = setInterval(showProgress, PROGRESS_MS);
    const timer = forMs === undefined ? undefined : setTimeout(end, forMs);
    await over.promise;
    clearInterval(interval);
    clearTimeout(timer);
    await recording.stop();
    const { path, bytes: size, problem } = recording.state();
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[K');
    await print(`${path}\n`);
    warn(`${duration((Date.now() - startMs) / 1000)} recorded, ${bytes(size)}`);
    if (problem === undefined) return 0;
    warn(command.redact ? problem : `recording ended early: ${problem}; the part until then is kept`);
    return 1;
  } finally {
    for (const signal of ENDS) process.off(signal, end);
    await session.stop();
  }
}

function progress(doneMs: number, forMs: number | undefined, size: number): string {
  const done = `${duration(doneMs / 1000)}, ${bytes(size)}`;
  if (forMs === undefined) return `recording: ${done}; ^C stops`;
  const filled = Math.min(BAR_COLUMNS, Math.round((doneMs / forMs) * BAR_COLUMNS));
  return `recording: [${'#'.repeat(filled)}${'.'.repeat(BAR_COLUMNS - filled)}] ${done} of ${span(forMs / 1000)}; ^C stops now`;
}
