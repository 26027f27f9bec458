import { existsSync } from 'node:fs';
import type { LoadedConfig } from '../config.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { Command } from './arguments.ts';
import { replayFile } from './replay.ts';

/** Plays the bundled recording on the screen. Rejects with a RecordingError. */
export async function showDemo(
  file: string,
  { screen, configFile, tour }: Extract<Command, { kind: 'demo' }>,
  config: LoadedConfig,
): Promise<number> {
  if (!existsSync(file))
    throw new RecordingError(
      `${file}: not found, this install has no demo recording; play another one with crashcart replay FILE`,
    );
  // No notes in the folder of the package.
  return replayFile({ kind: 'replay', file, screen, configFile }, config, { notes: 'elsewhere', tour });
}
