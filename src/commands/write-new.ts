import { open } from 'node:fs/promises';
import { RecordingError } from '../recording/recording-error.ts';

/** Creates a file, mode 0600; an existing one is never overwritten. */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await using file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
  } catch (error) {
    const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    const reason = exists ? 'file exists, not overwritten' : error instanceof Error ? error.message : String(error);
    throw new RecordingError(`${path}: ${reason}`, { cause: error });
  }
}
