import { existsSync } from 'node:fs';
import type { Config } from '../config.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { Command } from './arguments.ts';
import { replayFile } from './replay.ts';

/** The recording that comes with the program, on the screen. Rejects with a RecordingError. */
export async function showDemo(
  file: string,
  { screen, configFile }: Extract<Command, { kind: 'demo' }>,
  config: Config,
): Promise<number> {
  if (!existsSync(file))
    throw new RecordingError(
      `${file}: this copy of crashcart came without its demo. Any recording plays: crashcart replay FILE`,
    );
  return replayFile({ kind: 'replay', file, screen, configFile }, config);
}
