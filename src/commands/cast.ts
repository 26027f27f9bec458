import { once } from 'node:events';
import { asciicast } from '../recording/asciicast.ts';
import { Recording } from '../recording/recording.ts';
import type { Command } from './arguments.ts';

/** Writes a terminal of a recording to standard output as an asciicast. Rejects with a RecordingError. */
export async function writeCast(command: Extract<Command, { kind: 'cast' }>): Promise<void> {
  const recording =
    command.file === '-' ? await Recording.from(process.stdin, 'standard input') : await Recording.open(command.file);
  try {
    for await (const line of asciicast(recording, command.version, command.terminal))
      if (!process.stdout.write(line)) await once(process.stdout, 'drain');
  } finally {
    await recording.close();
  }
}
