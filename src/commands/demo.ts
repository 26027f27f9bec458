import { join } from 'node:path';
import type { LoadedConfig } from '../config.ts';
import type { Command } from './arguments.ts';
import { demoFile } from './demo-file.ts';
import { replayFile } from './replay.ts';

type DemoCommand = Extract<Command, { kind: 'demo' }>;

/** Plays a bundled recording of a folder on the screen, without notes in the folder of the package. Rejects with a RecordingError. */
export async function showDemo(folder: string, command: DemoCommand, config: LoadedConfig): Promise<number> {
  await using demo = await demoFile(join(folder, command.demo.file));
  const { screen, configFile, tour } = command;
  return await replayFile({ kind: 'replay', file: demo.path, screen, configFile }, config, {
    notes: 'elsewhere',
    tour,
  });
}
