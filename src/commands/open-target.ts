import { join } from 'node:path';
import type { LiveSession } from '../collect/live-session.ts';
import type { Session } from '../collect/session.ts';
import type { Config } from '../config.ts';
import type { Prompter } from '../host/prompter.ts';
import { openRecording, recordingFromPipe } from '../recording/open-recording.ts';
import { ReplaySession } from '../recording/replay-session.ts';
import { sources } from '../subsystems/index.ts';
import type { Reach } from './arguments.ts';
import { demoFile } from './demo-file.ts';
import { demos } from './demos.ts';
import { findingsWith } from './own-settings.ts';
import { reachHost, watch } from './reach.ts';
import { settle } from './report.ts';
import { targetFile } from './target-file.ts';

/** Session of a target of the command line, with readings on its timeline. */
export interface OpenTarget extends AsyncDisposable {
  readonly session: Session;
  /** Undefined for a recording, whose time stands still at its end. */
  readonly live: LiveSession | undefined;
  /** Start of what is known: of the recording, or of the session. */
  readonly fromMs: number;
  readonly nowMs: () => number;
  /** Sentences about unreadable parts of a file. */
  readonly problems: readonly string[];
}

export interface TargetOptions {
  readonly reach: Reach;
  readonly config: Config;
  readonly prompter: Prompter;
  /** Folder of the demo recordings, of the target `demo`. */
  readonly assets: string;
}

/**
 * Opens a host, a recording, a sosreport, a recorded host, `demo`, or `-` (a recording on standard input); without a target this
 * machine. Rejects with a RecordingError or a TransportError.
 */
export async function openTarget(target: string | undefined, options: TargetOptions): Promise<OpenTarget> {
  const { config } = options;
  if (target === '-') return replayOf(await recordingFromPipe(process.stdin, sources), config);
  if (target === 'demo') {
    const demo = await demoFile(join(options.assets, demos[0].file));
    return replayOf(await openRecording(demo.path, sources, 'elsewhere'), config, demo);
  }
  const file = await targetFile(target);
  return file === undefined ? liveOf(target, options) : replayOf(await openRecording(file, sources), config);
}

async function replayOf(
  recording: Awaited<ReturnType<typeof openRecording>>,
  config: Config,
  file?: AsyncDisposable,
): Promise<OpenTarget> {
  const findings = findingsWith(config);
  const session = await ReplaySession.open({ recording, sources, findings, clock: () => Date.now(), fromMs: Infinity });
  session.player.pause();
  return {
    session,
    live: undefined,
    fromMs: session.player.startMs,
    nowMs: session.player.positionMs,
    problems: session.problems(),
    [Symbol.asyncDispose]: async () => {
      await session.stop();
      await file?.[Symbol.asyncDispose]();
    },
  };
}

async function liveOf(target: string | undefined, { reach, config, prompter }: TargetOptions): Promise<OpenTarget> {
  const backend = reach.backend ?? config.defaults.transport;
  const reached = await reachHost({ ...reach, target, backend }, prompter);
  const fromMs = Date.now();
  const session = watch(reached, reach.budgetPct ?? config.budgetPct, findingsWith(config));
  await settle(session);
  return {
    session,
    live: session,
    fromMs,
    nowMs: () => Date.now(),
    problems: [],
    [Symbol.asyncDispose]: () => session.stop(),
  };
}
