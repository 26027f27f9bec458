import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stateFolder } from '../host/audit.ts';
import type { Redactor } from '../redact/redactor.ts';

/** Writes the pseudonym table beside the audit log, mode 0600: for the engineer only, in no recording. */
export function keepNames({ pseudonyms }: Redactor, nowMs: number, folder: string = stateFolder()): string | undefined {
  if (pseudonyms.all.length === 0) return undefined;
  const day = new Date(nowMs).toISOString().slice(0, 19).replaceAll(':', '');
  const path = join(folder, `${day}-names-${process.pid}.json`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, `${JSON.stringify(pseudonyms.all, undefined, 1)}\n`, { mode: 0o600 });
  return path;
}
