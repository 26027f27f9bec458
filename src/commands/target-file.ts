import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { placeOf } from '../recording/open-recording.ts';
import { RecordingError } from '../recording/recording-error.ts';

/** Path of a recording or sosreport (a file, or a folder with sos_commands); undefined: the target is a host. */
export async function targetFile(target: string | undefined): Promise<string | undefined> {
  if (target === undefined) return undefined;
  const found = await stat(target).catch(() => undefined);
  // Also a report within an archive of several.
  if (found?.isFile() || (await placeOf(target)).member !== undefined) return target;
  // A folder with the name of a host does not hide the host.
  if (found?.isDirectory() && (target.includes('/') || existsSync(join(target, 'sos_commands')))) return target;
  if (/[/\\]|\.zst$/.test(target)) throw new RecordingError(`${target}: no such file`);
  return undefined;
}
