import { once } from 'node:events';
import { asciicast } from '../recording/asciicast.ts';
import { Recording } from '../recording/recording.ts';
import { leftInCast } from '../recording/cast-search.ts';
import { RecordingError } from '../recording/recording-error.ts';
import { Redactor } from '../redact/redactor.ts';
import type { Command } from './arguments.ts';

/** Writes a terminal of a recording to standard output as an asciicast. Rejects with a RecordingError. */
export async function writeCast(command: Extract<Command, { kind: 'cast' }>): Promise<void> {
  const recording =
    command.file === '-' ? await Recording.from(process.stdin, 'standard input') : await Recording.open(command.file);
  try {
    const lines = () => asciicast(recording, command.version, command.terminal);
    if (recording.head.redacted) {
      const redactor = new Redactor();
      const left = await leftInCast(lines(), (line) => redactor.leftInLine(line));
      if (left.size > 0) throw new RecordingError(`cast not written: ${left.size} identifiers left by their form`);
    }
    for await (const line of lines()) if (!process.stdout.write(line)) await once(process.stdout, 'drain');
  } finally {
    await recording.close();
  }
}
