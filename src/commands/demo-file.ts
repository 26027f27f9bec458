import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { getRawAsset, isSea } from 'node:sea';
import { RecordingError } from '../recording/recording-error.ts';

/**
 * Path of the demo recording; that of the single executable is written to a temporary folder, which is removed at disposal. Rejects with a
 * RecordingError.
 */
export async function demoFile(file: string): Promise<AsyncDisposable & { readonly path: string }> {
  if (!isSea()) {
    if (!existsSync(file))
      throw new RecordingError(
        `${file}: not found, this install has no demo recording; play another one with crashcart replay FILE`,
      );
    return { path: file, [Symbol.asyncDispose]: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'crashcart-demo-'));
  const path = join(folder, basename(file));
  await writeFile(path, new Uint8Array(getRawAsset(basename(file))));
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}
