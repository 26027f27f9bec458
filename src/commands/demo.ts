import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import type { LoadedConfig } from '../config.ts';
import { RecordingError } from '../recording/recording-error.ts';
import type { Command } from './arguments.ts';
import { replayFile } from './replay.ts';

type DemoCommand = Extract<Command, { kind: 'demo' }>;

/** Plays a bundled recording of a folder on the screen. Rejects with a RecordingError. */
export async function showDemo(folder: string, command: DemoCommand, config: LoadedConfig): Promise<number> {
  if (isSea()) return showAsset(command.demo.file, command, config);
  const file = join(folder, command.demo.file);
  if (!existsSync(file))
    throw new RecordingError(
      `${file}: not found, this install has no demo recording; play another one with crashcart replay FILE`,
    );
  return playDemo(file, command, config);
}

/** Without notes in the folder of the package. */
const playDemo = (file: string, { screen, configFile, tour }: DemoCommand, config: LoadedConfig): Promise<number> =>
  replayFile({ kind: 'replay', file, screen, configFile }, config, { notes: 'elsewhere', tour });

/** Plays a recording inside the single executable, which is opened as a file in a temporary folder. */
async function showAsset(name: string, command: DemoCommand, config: LoadedConfig): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'crashcart-demo-'));
  try {
    const file = join(folder, name);
    await writeFile(file, new Uint8Array(getRawAsset(name)));
    return await playDemo(file, command, config);
  } finally {
    await rm(folder, { recursive: true });
  }
}
